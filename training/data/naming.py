"""What is told of a picture: by its folder and its name, where nothing else tells it."""

from __future__ import annotations

import re
from dataclasses import dataclass

FRAME_SUFFIX = re.compile(r"[_-]f\d+$")
FIRST_WORD = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True)
class Told:
    """What is told of a picture."""

    class_name: str
    group: str  # equal for the pictures of one figure
    kind: str  # empty where none is told
    style: str = ""  # empty where none is told


def by_name(class_name: str, stem: str) -> Told:
    """What the folder and the name (without its ending) of a picture tell."""
    group = f"{class_name}/{figure_of(stem)}"
    return Told(class_name, group, kind_of(group))


def figure_of(stem: str) -> str:
    """The name without the number of a frame."""
    return FRAME_SUFFIX.sub("", stem)


def kind_of(group: str) -> str:
    """The first word of a name behind its folders, in small letters; empty where it begins with none."""
    found = FIRST_WORD.match(group.rpartition("/")[2])
    return found.group().lower() if found else ""
