"""What of a .safetensors file the library has no words for in numpy: its header as it stands, and bfloat16.

The format (https://github.com/huggingface/safetensors#format): eight bytes, the little-endian length of the header; a
JSON of each tensor's dtype, shape and data_offsets, which count from the header's end, and of `__metadata__`; the data.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from typing import Any

import msgspec
import numpy as np

from pixelforge.core.weights import Floats

LENGTH = struct.Struct("<Q")
ALIGNED = 8  # bytes, to which the header is filled up with spaces
METADATA = "__metadata__"


def split_file(content: bytes) -> tuple[dict[str, Any], memoryview]:
    """The header and the data of a file that safetensors has opened before, which checks its layout."""
    (length,) = LENGTH.unpack_from(content)
    end = LENGTH.size + length
    return msgspec.json.decode(content[LENGTH.size : end], type=dict[str, Any]), memoryview(content)[end:]


def with_metadata(content: bytes, metadata: Mapping[str, str]) -> bytes:
    """The same tensors under other metadata."""
    header, data = split_file(content)
    text = msgspec.json.encode({**header, METADATA: dict(metadata)})
    text += b" " * (-len(text) % ALIGNED)
    return b"".join([LENGTH.pack(len(text)), text, data])


def bfloat16(content: bytes, name: str) -> Floats:
    """A tensor that is stored as bfloat16: the upper halves of float32."""
    header, data = split_file(content)
    begin, end = header[name]["data_offsets"]
    halves = np.frombuffer(data[begin:end], "<u2").astype(np.uint32)
    return (halves << 16).view(np.float32).reshape(header[name]["shape"])
