"""ContextUNet and PointerUNet as graphs of ONNX: `run` of core/unet.py and core/pointer_unet.py, operator by operator.

Written down rather than traced: a trace carries along what torch does for its own engine's sake (core/exact.py). What
each block is conditioned on comes in ready, from core/embedding.py, with the scales and shifts of the blocks' second
normalisation in it.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from pixelforge.core.config import GROUPS, ModelConfig
from pixelforge.core.onnx_file import Graph
from pixelforge.core.weights import Weights

EPSILON = 1e-5  # torch's, of nn.GroupNorm
NEVER = -1e9  # core.pointer_unet's, of a colour that the palette does not have


def blocks_of(weights: Weights) -> list[str]:
    """The residual blocks by name, in the order in which they are run."""
    downs, ups = ([f"{stage}.block" for stage in _stages(weights, way)] for way in ("downs", "ups"))
    return [*downs, "mid.0", "mid.2", *ups]


def unet_graph(config: ModelConfig, weights: Weights) -> bytes:
    """A model of ONNX: x (B, C, H, W) and modulation (B, M, 1, 1) to output (B, out_channels, H, W).

    modulation: a scale and a shift a channel of each of `blocks_of`, one block after the other. A `pointer` network
    takes keys (B, 1 + K, D) and absent (B, 1 + K, 1, 1) as well, and puts out (B, 1 + K, H, W).
    """
    side = config.image_size
    writer = _Writer(weights, config)
    graph = writer.graph
    x = graph.input("x", "float32", ["B", config.channels, side, side])
    vectors = writer.network(x)
    if config.prediction != "pointer":
        graph.output("output", vectors, ["B", config.out_channels, side, side])
        return graph.to_bytes()
    width = config.pointer_width
    keys = graph.input("keys", "float32", ["B", "K", width])
    absent = graph.input("absent", "bool", ["B", "K", 1, 1])
    flat = graph.add("Reshape", vectors, graph.constant([0, width, side * side]))
    products = graph.add("Reshape", graph.add("MatMul", keys, flat), graph.constant([0, -1, side, side]))
    logits = graph.add("Mul", products, graph.constant(np.float32(width**-0.5)))
    graph.output(
        "output", graph.add("Where", absent, graph.constant(np.float32(NEVER)), logits), ["B", "K", side, side]
    )
    return graph.to_bytes()


class _Writer:
    """Writes a network's parts, each after the part of core/unet.py that has its name."""

    def __init__(self, weights: Weights, config: ModelConfig) -> None:
        self.graph = Graph()
        self._weights = weights
        self._heads = config.num_heads
        self._side = config.image_size  # of the pictures where the writer is
        self._modulations = self._split_modulation()

    def network(self, x: str) -> str:
        """All of ContextUNet.run."""
        add, weights = self.graph.add, self._weights
        h = self._conv(x, "init_conv")
        skips = [h]
        for part in _parts(weights, "downs"):
            if _is_stage(weights, part):
                h = self._stage(h, part)
            else:
                h = self._conv(h, part, stride=2)
                self._side //= 2
            skips.append(h)
        h = self._block(self._attention(self._block(h, "mid.0"), "mid.1"), "mid.2")
        for part in _parts(weights, "ups"):
            if _is_stage(weights, part):
                h = self._stage(add("Concat", h, skips.pop(), axis=1), part)
            else:
                h = self._conv(self._doubled(h), part)
        return self._conv(self._silu(self._norm(h, "out_norm")), "out_conv")

    def _split_modulation(self) -> Iterator[str]:
        """The scale and the shift of one block after the other, (B, width, 1, 1) each."""
        widths = [len(self._weights[f"{block}.norm2.weight"]) for block in blocks_of(self._weights)]
        sizes = np.repeat(np.array(widths, np.int64), 2)
        whole = self.graph.input("modulation", "float32", ["B", int(sizes.sum()), 1, 1])
        return iter(self.graph.split(whole, self.graph.constant(sizes), parts=len(sizes), axis=1))

    def _stage(self, x: str, name: str) -> str:
        h = self._block(x, f"{name}.block")
        return self._attention(h, f"{name}.attention") if f"{name}.attention.qkv.weight" in self._weights else h

    def _block(self, x: str, name: str) -> str:
        add = self.graph.add
        h = self._conv(self._silu(self._norm(x, f"{name}.norm1")), f"{name}.conv1")
        scale, shift = next(self._modulations), next(self._modulations)
        width = len(self._weights[f"{name}.norm2.weight"])
        h = add("Add", add("Mul", self._normalised(h, width), scale), shift)
        h = self._conv(self._silu(h), f"{name}.conv2")
        return add("Add", h, self._conv(x, f"{name}.skip") if f"{name}.skip.weight" in self._weights else x)

    def _attention(self, x: str, name: str) -> str:
        add, constant, heads = self.graph.add, self.graph.constant, self._heads
        width = len(self._weights[f"{name}.norm.weight"])
        qkv = self._conv(self._norm(x, f"{name}.norm"), f"{name}.qkv")
        qkv = add("Reshape", qkv, constant([0, 3 * heads, width // heads, self._side**2]))
        q, k, v = self.graph.split(qkv, parts=3, axis=1, num_outputs=3)  # (B, heads, width / heads, HW)
        q = add("Transpose", add("Mul", q, constant(np.float32((width // heads) ** -0.5))), perm=[0, 1, 3, 2])
        attended = add("Softmax", add("MatMul", q, k), axis=-1)  # (B, heads, HW, HW)
        out = add("MatMul", v, add("Transpose", attended, perm=[0, 1, 3, 2]))
        out = add("Reshape", out, constant([0, width, self._side, self._side]))
        return add("Add", x, self._conv(out, f"{name}.proj_out"))

    def _conv(self, x: str, name: str, stride: int = 1) -> str:
        weight, bias = self._weights.pair(name)
        kernel = weight.shape[2]
        inputs = x, self.graph.constant(weight), self.graph.constant(bias)
        pads, strides = [kernel // 2] * 4, [stride] * 2
        return self.graph.add("Conv", *inputs, kernel_shape=[kernel] * 2, pads=pads, strides=strides)

    def _norm(self, x: str, name: str) -> str:
        weight, bias = (self.graph.constant(array[:, None, None]) for array in self._weights.pair(name))
        normalised = self._normalised(x, len(self._weights[f"{name}.weight"]))
        return self.graph.add("Add", self.graph.add("Mul", normalised, weight), bias)

    def _normalised(self, x: str, width: int) -> str:
        """Group normalisation without scale and shift, by the operator that has a kernel of its own on CPUs."""
        add, constant = self.graph.add, self.graph.constant
        groups = add("Reshape", x, constant([0, GROUPS, -1]))
        one, zero = constant(np.ones(GROUPS, np.float32)), constant(np.zeros(GROUPS, np.float32))
        groups = add("InstanceNormalization", groups, one, zero, epsilon=EPSILON)
        return add("Reshape", groups, constant([0, width, self._side, self._side]))

    def _silu(self, x: str) -> str:
        return self.graph.add("Mul", x, self.graph.add("Sigmoid", x))

    def _doubled(self, x: str) -> str:
        """Every pixel as a square of four."""
        self._side *= 2
        inputs = x, "", self.graph.constant(np.array([1, 1, 2, 2], np.float32))
        return self.graph.add(
            "Resize", *inputs, mode="nearest", nearest_mode="floor", coordinate_transformation_mode="asymmetric"
        )


def _stages(weights: Weights, way: str) -> list[str]:
    return [part for part in _parts(weights, way) if _is_stage(weights, part)]


def _parts(weights: Weights, way: str) -> Iterator[str]:
    """The stages and convolutions of the way down or up, by name."""
    index = 0
    while _is_stage(weights, f"{way}.{index}") or f"{way}.{index}.weight" in weights:
        yield f"{way}.{index}"
        index += 1


def _is_stage(weights: Weights, part: str) -> bool:
    return f"{part}.block.conv1.weight" in weights
