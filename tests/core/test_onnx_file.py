from __future__ import annotations

import numpy as np
import onnx
import onnxruntime
from onnx import numpy_helper

from pixelforge.core.onnx_file import IR_VERSION, OPSET, Graph


def test_onnx_reads_what_was_written() -> None:
    """By the format's own library: names, shapes, numbers, every kind of attribute, each in its place."""
    graph = Graph()
    x = graph.input("x", "float32", ["B", 300, 2, 2])
    numbers = np.linspace(-3, 3, 300, dtype=np.float32)
    y = graph.add("LeakyRelu", graph.add("Mul", x, graph.constant(numbers[:, None, None])), alpha=0.25)
    y = graph.add("Reshape", y, graph.constant([0, -1, 2]))
    low, high = graph.split(graph.add("Transpose", y, perm=[0, 2, 1]), parts=2, axis=-1, num_outputs=2)
    graph.output("output", graph.add("Add", low, high), ["B", 2, 300])

    model = onnx.load_from_string(graph.to_bytes())
    onnx.checker.check_model(model, full_check=True)
    assert (model.ir_version, model.opset_import[0].version) == (IR_VERSION, OPSET)
    assert [node.op_type for node in model.graph.node][:3] == ["Mul", "LeakyRelu", "Reshape"]
    np.testing.assert_array_equal(numpy_helper.to_array(model.graph.initializer[0]).ravel(), numbers)
    np.testing.assert_array_equal(numpy_helper.to_array(model.graph.initializer[1]), [0, -1, 2])
    shape = model.graph.input[0].type.tensor_type.shape.dim
    assert [size.dim_param or size.dim_value for size in shape] == ["B", 300, 2, 2]
    attributes = {a.name: onnx.helper.get_attribute_value(a) for node in model.graph.node for a in node.attribute}
    assert attributes == {"alpha": 0.25, "perm": [0, 2, 1], "axis": -1, "num_outputs": 2}


def test_the_graph_computes() -> None:
    graph = Graph()
    total = graph.add("Add", graph.input("x", "float32", ["B"]), graph.constant(np.float32(0.5)))
    graph.output("output", total, ["B"])
    session = onnxruntime.InferenceSession(graph.to_bytes(), providers=["CPUExecutionProvider"])
    (output,) = session.run(None, {"x": np.array([1, 2], np.float32)})
    np.testing.assert_array_equal(output, [1.5, 2.5])
