"""A graph of operators as ONNX writes it, put together operator by operator.

The format is that of onnx.proto3 (github.com/onnx/onnx), a few of whose messages and fields are written here, on the
wire as protocol buffers are (protobuf.dev/programming-guides/encoding). So neither `onnx` nor a tracer of torch is
needed, and no graph is ever read from a file.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence
from functools import cache
from itertools import count
from typing import Any

import numpy as np
from numpy.typing import NDArray

OPSET = 18  # of operators, December 2022: the first whose Split is told the number of its parts
IR_VERSION = 8  # of the format, the one that came with that
TYPES = {"float32": 1, "int64": 7, "bool": 9}  # TensorProto.DataType
FLOAT, INT, STRING, INTS = 1, 2, 3, 7  # AttributeProto.AttributeType

Attribute = float | int | str | Sequence[int]


class Graph:
    """Operators and constants, in the order in which they were put in; every value has a name."""

    def __init__(self) -> None:
        self._fields: list[bytes] = []  # of GraphProto
        self._numbers = count()

    def input(self, name: str, dtype: str, shape: Sequence[int | str]) -> str:
        """A value that is handed in; letters in the shape stand for any number. The name."""
        self._fields.append(_field(11, _value_info(name, dtype, shape)))
        return name

    def output(self, name: str, value: str, shape: Sequence[int | str]) -> None:
        """A float32 value that is handed out."""
        self._fields.append(_node("Identity", [value], [name], {}))
        self._fields.append(_field(12, _value_info(name, "float32", shape)))

    def constant(self, numbers: NDArray[Any] | np.float32 | Sequence[int]) -> str:
        """float32 or int64; the name of the value."""
        array, name = np.ascontiguousarray(numbers), f"c{next(self._numbers)}"
        tensor = b"".join(_field(1, size) for size in array.shape)
        content = array.astype(array.dtype.newbyteorder("<")).tobytes()
        tensor += _field(2, TYPES[array.dtype.name]) + _field(8, name) + _field(9, content)
        self._fields.append(_field(5, tensor))
        return name

    def add(self, operator: str, *inputs: str, **attributes: Attribute) -> str:
        """Put in an operator; the name of its output."""
        return self._add(operator, inputs, 1, attributes)[0]

    def split(self, *inputs: str, parts: int, **attributes: Attribute) -> list[str]:
        """Put in a Split; the names of its parts."""
        return self._add("Split", inputs, parts, attributes)

    def _add(self, operator: str, inputs: Sequence[str], outputs: int, attributes: dict[str, Attribute]) -> list[str]:
        names = [f"v{next(self._numbers)}" for _ in range(outputs)]
        self._fields.append(_node(operator, inputs, names, attributes))
        return names

    def to_bytes(self) -> bytes:
        """The graph as a ModelProto."""
        opset = _field(1, "") + _field(2, OPSET)
        graph = b"".join(self._fields) + _field(2, "network")
        return _field(1, IR_VERSION) + _field(2, "PixelForge") + _field(8, opset) + _field(7, graph)


def _node(operator: str, inputs: Sequence[str], outputs: Sequence[str], attributes: dict[str, Attribute]) -> bytes:
    """A field of GraphProto that holds a NodeProto."""
    names = [_field(1, name) for name in inputs] + [_field(2, name) for name in outputs]
    told = [_field(5, _attribute(name, value)) for name, value in attributes.items()]
    return _field(1, b"".join([*names, _field(4, operator), *told]))


def _attribute(name: str, value: Attribute) -> bytes:
    """AttributeProto."""
    start = _field(1, name)
    if isinstance(value, float):
        return start + _key(2, 5) + struct.pack("<f", value) + _field(20, FLOAT)
    if isinstance(value, int):
        return start + _field(3, value) + _field(20, INT)
    if isinstance(value, str):
        return start + _field(4, value) + _field(20, STRING)
    return start + b"".join(_field(8, number) for number in value) + _field(20, INTS)


def _value_info(name: str, dtype: str, shape: Iterable[int | str]) -> bytes:
    """ValueInfoProto of a tensor."""
    sizes = [_field(1, _field(1 if isinstance(size, int) else 2, size)) for size in shape]
    tensor = _field(1, TYPES[dtype]) + _field(2, b"".join(sizes))
    return _field(1, name) + _field(2, _field(1, tensor))


def _field(number: int, value: int | str | bytes) -> bytes:
    """A field of a message: a whole number, or anything with its length before it."""
    if isinstance(value, int):
        return _key(number, 0) + _varint(value)
    content = value.encode() if isinstance(value, str) else value
    return _key(number, 2) + _varint(len(content)) + content


@cache  # there are a dozen, and a network asks for them seven thousand times
def _key(number: int, wire_type: int) -> bytes:
    return _varint(number << 3 | wire_type)


def _varint(value: int) -> bytes:
    """Seven bits a byte, the lowest first; a negative number as its 64-bit complement."""
    value %= 2**64
    digits = bytearray()
    while value > 127:
        digits.append(value & 127 | 128)
        value >>= 7
    digits.append(value)
    return bytes(digits)
