"""The window words what helps, also against what went wrong in another process."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image
from pytestqt.qtbot import QtBot

from pixelforge.errors import Remedy, TrainingError
from pixelforge.gui.shared.child import ChildCommand
from pixelforge.gui.shared.remedies import worded


def test_what_the_window_has_no_way_for_is_left_out() -> None:
    error = TrainingError("It holds a run already.", Remedy.OTHER_BATCH, Remedy.RESUME)
    assert worded(error) == "It holds a run already: resume it."
    assert worded(TrainingError("No.", Remedy.OTHER_BATCH)) == "No."


def test_a_command_of_the_window_names_no_flags(qtbot: QtBot, tmp_path: Path) -> None:
    Image.fromarray(np.random.default_rng(0).integers(0, 255, (8, 8, 4), np.uint8)).save(tmp_path / "s.png")
    (tmp_path / "out" / "a").mkdir(parents=True)
    (tmp_path / "out" / "a" / "s_r00c00.png").touch()
    command = ChildCommand()
    with qtbot.waitSignal(command.finished, timeout=60_000) as told:
        where = ["--class", "a", "--tile", "8", "--out", str(tmp_path / "out")]
        command.run(["dataset", "slice", str(tmp_path / "s.png"), *where])
    assert told.args is not None
    assert told.args[1].endswith("s_r00c00.png is there already: choose another folder.")
