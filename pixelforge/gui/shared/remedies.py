"""What helps against an error, in the words of the window: its fields and buttons."""

from __future__ import annotations

from pixelforge.errors import PixelForgeError, Remedy

REMEDIES = {
    Remedy.OTHER_FOLDER: "choose another folder",
    Remedy.OTHER_RUN: "give the training another name",
    Remedy.RESUME: "resume it",
    Remedy.NAME_SPRITES: "choose the folder of your sprites",
    Remedy.FROM_NOTHING: "let it begin from nothing",
    Remedy.OTHER_MODEL: "import that one",
    Remedy.DISTIL: "choose another quality",
    Remedy.CRITIC: "choose another model",
    Remedy.WITH_TRAINING: "install PixelForge with training, whose models open here too",
}
"""What the window has no way for is left out: the message says what is wrong all the same."""


def worded(error: PixelForgeError) -> str:
    """The line that the window shows."""
    return error.told(REMEDIES)
