"""What is told of a picture: by its folder and its name, where nothing else tells it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import PurePath

FRAME_SUFFIX = re.compile(r"[_-]f\d+$")
FIRST_WORD = re.compile(r"[^\W\d_]+")
OWN_STYLE = "own"  # where not even the folder has a name
CONTAINERS = (".zip", ".npy")  # endings that are no part of a source's name


@dataclass(frozen=True)
class Told:
    """What is told of a picture."""

    class_name: str
    group: str  # equal for the pictures of one figure
    kind: str  # empty where none is told
    style: str = ""  # empty where none is told
    facing: str = ""  # likewise


def by_name(class_name: str, stem: str) -> Told:
    """What the folder and the name (without its ending) of a picture tell."""
    group = f"{class_name}/{figure_of(stem)}"
    return Told(class_name, group, kind_of(group))


def style_of(source: str) -> str:
    """The style of sprites that are told none: the name of the folder or file that they were read from."""
    path = PurePath(source)
    name = path.stem if path.suffix.lower() in CONTAINERS else path.name
    printable = "".join(letter if letter.isprintable() else " " for letter in name)
    return " ".join(printable.lower().split()) or OWN_STYLE


def figure_of(stem: str) -> str:
    """The name without the number of a frame."""
    return FRAME_SUFFIX.sub("", stem)


def kind_of(group: str) -> str:
    """The first word of a name behind its folders, in small letters; empty where it begins with none."""
    found = FIRST_WORD.match(group.rpartition("/")[2])
    return found.group().lower() if found else ""
