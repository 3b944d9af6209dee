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
from pixelforge.services.motions import MOTIONS, WALK, WALK_HELP, Step, motion_of, walk_of


def actions() -> dict[str, str]:
    """What sprites can do, in a sentence each, by name: by rule, then by the models that are there."""
    found = {name: motion_of(name).help for name in learnt()}
    walk = {WALK: WALK_HELP} if walk_of(None) in found else {}
    return {name: action.help for name, action in ACTIONS.items()} | walk | found


def learnt() -> dict[str, Path]:
    """The model file of each action that is learnt; the user's own where there is a bundled one as well."""
    found: dict[str, Path] = {}
    for entry in sorted(list_models(FRAMES), key=lambda entry: entry.bundled):
        names = entry.header.class_names if entry.header is not None else ()
        known = [name for name, motion in MOTIONS.items() if motion.is_in(names)]
        of_known = {step.name for name in known for step in MOTIONS[name].steps}
        for name in (*known, *(name for name in names if name not in of_known)):
            if name not in ACTIONS:
                found.setdefault(name, entry.path)
    return found


def check_action(action: str) -> None:
    """Raises RequestError if there is no such action."""
    if action not in (known := actions()):
        raise _unknown(action, known)


def do(picture: Pixels, action: str, facing: str | None = None) -> Frames:
    """What a sprite (H, W, 4) does. facing: the way it looks, for a walk; None: it is not known.

    Raises RequestError for one that cannot do it, CheckpointError for a bad model.
    """
    if action in ACTIONS:
        return act(picture, action)
    models, name = learnt(), walk_of(facing) if action == WALK else action
    if name not in models:
        raise _unknown(action, actions())
    check_picture(picture)
    model, motion = _model(models[name]), motion_of(name)
    following = [_after(picture, step, model) for step in motion.steps]
    if all(np.array_equal(frame, picture) for frame in following):
        raise RequestError(f"Nothing of it moves in {action}: bob moves every sprite.")
    shown = [(frame, motion.duration) for after in following for frame in (picture.copy(), after)]
    return Frames.of(action, shown)


def _after(picture: Pixels, step: Step, model: FrameModel) -> Pixels:
    if not step.mirrored:
        return model.next_frame(picture, step.name)
    return np.ascontiguousarray(model.next_frame(np.ascontiguousarray(picture[:, ::-1]), step.name)[:, ::-1])


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
