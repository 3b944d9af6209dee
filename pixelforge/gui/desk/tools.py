"""The tools of the desk, their keys and their glyphs."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from pixelforge.gui.shared.pixel_button import Glyph


@dataclass(frozen=True)
class ToolFacts:
    """What a tool is called, and its key, which is Aseprite's where that has the tool."""

    name: str
    key: str
    help: str
    glyph: Glyph


class Tool(Enum):
    """What the left mouse button does; the right one erases, and Alt picks a colour."""

    PENCIL = ToolFacts(
        "Pencil",
        "B",
        "Draws pixels.",
        (
            "         ## ",
            "        ####",
            "       #### ",
            "      ####  ",
            "     ####   ",
            "    ####    ",
            "   ####     ",
            "  ####      ",
            " ####       ",
            " ###        ",
            "###         ",
            "#           ",
        ),
    )
    ERASER = ToolFacts(
        "Eraser",
        "E",
        "Makes pixels transparent.",
        (
            "            ",
            "      ####  ",
            "     ##  ## ",
            "    ##    ##",
            "   ###    ##",
            "  #####  ## ",
            " ########   ",
            "########    ",
            "#######     ",
            " #####      ",
            "  ########  ",
            "            ",
        ),
    )
    PICKER = ToolFacts(
        "Colour picker",
        "I",
        "Takes the colour of a pixel; Alt does so with every tool.",
        (
            "         ## ",
            "        ####",
            "     ## ####",
            "      ##### ",
            "      ####  ",
            "     ##  ## ",
            "    ## ##   ",
            "   ## ##    ",
            "  ## ##     ",
            " ## ##      ",
            " ####       ",
            "##          ",
        ),
    )
    FILL = ToolFacts(
        "Fill",
        "G",
        "Fills what has one colour and hangs together.",
        (
            "     ##     ",
            "    ####    ",
            "   ##  ##   ",
            "  ##    ##  ",
            " ########## ",
            "  ######## #",
            "   ###### ##",
            "    ####  ##",
            "     ##   ##",
            "           #",
            "############",
            "############",
        ),
    )
    LINE = ToolFacts(
        "Line",
        "L",
        "Draws a straight line.",
        (
            "          ##",
            "         ###",
            "        ### ",
            "       ###  ",
            "      ###   ",
            "     ###    ",
            "    ###     ",
            "   ###      ",
            "  ###       ",
            " ###        ",
            "###         ",
            "##          ",
        ),
    )
    REPLACE = ToolFacts(
        "Replace colour",
        "R",
        "Changes every pixel of a colour.",
        (
            " #####      ",
            " #   #   #  ",
            " #   #  ### ",
            " #   # #####",
            " #####   #  ",
            "         #  ",
            "  #         ",
            "  #   ##### ",
            "##### ##### ",
            " ###  ##### ",
            "  #   ##### ",
            "      ##### ",
        ),
    )
    MOVE = ToolFacts(
        "Move",
        "M",
        "Marks a box when dragged, then moves what is in it; the arrows move it by a pixel.",
        (
            "     ##     ",
            "    ####    ",
            "   ##  ##   ",
            "     ##     ",
            "  #  ##  #  ",
            " ########## ",
            " ########## ",
            "  #  ##  #  ",
            "     ##     ",
            "   ##  ##   ",
            "    ####    ",
            "     ##     ",
        ),
    )
