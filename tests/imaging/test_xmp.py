"""XMP in a PNG, read as its specification has it: by the chunk's bytes and an RDF reader that is not ours."""

from __future__ import annotations

import io
import struct
import xml.etree.ElementTree as ET
import zlib

import numpy as np
import pytest
from PIL import Image

from pixelforge.imaging.png import encode_indexed_png, encode_png
from pixelforge.imaging.xmp import SourceType, xmp_text

RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
IPTC = "{http://iptc.org/std/Iptc4xmpExt/2008-02-29/}"


def chunks(data: bytes) -> list[tuple[bytes, bytes]]:
    found, at = [], 8
    while at < len(data):
        length, kind = struct.unpack(">I4s", data[at : at + 8])
        body = data[at + 8 : at + 8 + length]
        assert struct.unpack(">I", data[at + 8 + length : at + 12 + length])[0] == zlib.crc32(kind + body)
        found.append((kind, body))
        at += 12 + length
    return found


@pytest.mark.parametrize("indexed", [False, True])
@pytest.mark.parametrize("source", SourceType)
def test_a_png_has_its_packet_in_the_chunk_that_the_specification_names(source: SourceType, indexed: bool) -> None:
    texts = xmp_text(source)
    pixels = np.zeros((4, 4, 4), np.uint8)
    data = encode_indexed_png(pixels[..., 0], [(1, 2, 3)], texts) if indexed else encode_png(pixels, texts)
    names = [kind for kind, _ in chunks(data)]
    (body,) = (body for kind, body in chunks(data) if kind == b"iTXt")
    assert names.index(b"iTXt") < names.index(b"IDAT")  # where readers look that stop at the pixels
    # Keyword, NUL, compression flag 0, method 0, no language, no translated keyword: XMP part 3, table 9.
    head, packet = body[:22], body[22:].decode()
    assert head == b"XML:com.adobe.xmp\0\0\0\0\0"
    assert packet.startswith('<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>')
    assert packet.endswith('<?xpacket end="r"?>')
    root = ET.fromstring(packet)
    (told,) = root.findall(f"{RDF}RDF/{RDF}Description/{IPTC}DigitalSourceType")
    assert told.text == f"http://cv.iptc.org/newscodes/digitalsourcetype/{source.value}"


def test_pillow_finds_it_where_it_looks_for_xmp() -> None:
    with Image.open(io.BytesIO(encode_png(np.zeros((4, 4, 4), np.uint8), xmp_text(SourceType.MODEL)))) as picture:
        assert b"trainedAlgorithmicMedia" in picture.info["xmp"]
