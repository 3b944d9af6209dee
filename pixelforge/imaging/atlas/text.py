"""Names as the formats can hold them."""

from __future__ import annotations

import re
from xml.etree import ElementTree

NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # XML 1.0, section 2.2


def xml_value(value: object) -> str:
    """Text for an attribute, with what XML cannot hold replaced."""
    return NOT_XML.sub("\ufffd", str(value))


def xml_text(root: ElementTree.Element) -> str:
    """A document with its declaration first, a line an element."""
    ElementTree.indent(root, " ")
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(root, encoding="unicode") + "\n"


def quoted(text: str) -> str:
    """Text in double quotes as Godot and YAML read it, on one line."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + re.sub(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]", " ", escaped) + '"'
