"""Actions that a model has learnt, beside those by rule: which there are, and what a sprite does by them."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

import numpy as np

from pixelforge.core.frame_model import FrameModel
from pixelforge.core.header import FRAMES
from pixelforge.errors import RequestError
from pixelforge.imaging.actions import ACTIONS, act, check_picture
from pixelforge.imaging.frames import Frames
from pixelforge.imaging.pixels import Pixels
from pixelforge.services.model_library import list_models

FRAME = 400  # milliseconds, as those of the bob by rule
HELP = "Learnt from hand-drawn frames: moves by a pixel, and mends what that leaves"


def actions() -> dict[str, str]:
    """What sprites can do, in a sentence each, by name: by rule, then by the models that are there."""
    return {name: action.help for name, action in ACTIONS.items()} | dict.fromkeys(learnt(), HELP)


def learnt() -> dict[str, Path]:
    """The model file of each action that is learnt; the bundled one where the user has another."""
    found: dict[str, Path] = {}
    for entry in list_models(FRAMES):
        for name in entry.header.class_names if entry.header is not None else ():
            if name not in ACTIONS:
                found.setdefault(name, entry.path)
    return found


def check_action(action: str) -> None:
    """Raises RequestError if there is no such action."""
    if action not in (known := actions()):
        raise _unknown(action, known)


def do(picture: Pixels, action: str) -> Frames:
    """What a sprite (H, W, 4) does. Raises RequestError for one that cannot do it, CheckpointError for a bad model."""
    if action in ACTIONS:
        return act(picture, action)
    models = learnt()
    if action not in models:
        raise _unknown(action, (*ACTIONS, *models))
    check_picture(picture)
    following = _model(models[action]).next_frame(picture, action)
    if np.array_equal(following, picture):
        raise RequestError(f"Nothing of it moves in {action}: bob moves every sprite.")
    return Frames.of(action, [(picture.copy(), FRAME), (following, FRAME)])


def _unknown(action: str, known: Iterable[str]) -> RequestError:
    return RequestError(f"There is no action {action!r}; there are {', '.join(known)}.")


def _model(path: Path) -> FrameModel:
    try:
        changed = path.stat().st_mtime_ns
    except OSError:  # whoever reads it says what is wrong
        changed = 0
    return _read(path, changed)


@lru_cache(maxsize=4)
def _read(path: Path, _changed: int) -> FrameModel:
    """A menu tries its actions on under the pointer: the file is read once for all of them."""
    return FrameModel(path)
