"""Names as the formats can hold them."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import msgspec

PLAIN_YAML = re.compile(r"[A-Za-z_](?:[A-Za-z0-9_ .()-]*[A-Za-z0-9_.()-])?")  # YAML 1.1, section 9.1.3, and narrower
YAML_WORDS = {"true", "false", "yes", "no", "on", "off", "null", "y", "n"}  # that stand for something else
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


def yaml_value(text: str) -> str:
    """Text as YAML reads it, in quotes only where it must: Phaser reads the quotes of a .meta as a part of the name."""
    is_plain = PLAIN_YAML.fullmatch(text) and text.lower() not in YAML_WORDS
    return text if is_plain else quoted(text)


def json_text(content: object) -> str:
    """A JSON document with a line a value."""
    return msgspec.json.format(msgspec.json.encode(content), indent=1).decode() + "\n"


def unlike(name: str, taken: set[str]) -> str:
    """A name that is not taken: itself, or with _2, _3, … behind it; it is taken from then on."""
    found, number = name, 2
    while found in taken:
        found = f"{name}_{number}"
        number += 1
    taken.add(found)
    return found
