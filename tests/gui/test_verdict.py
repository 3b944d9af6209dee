"""How a run stands, by a table of what can be seen of it."""

from __future__ import annotations

import subprocess
import sys

import pytest

from pixelforge.gui.training.verdict import GRACE, Seen, Standing, judge

FAILED = "Its process was ended from outside."
AGAIN = " It can be resumed: New training…"


@pytest.mark.parametrize(
    ("seen", "standing", "note"),
    [
        (
            Seen(alive=None, phase="training", waited=1, trouble="The lock is shut."),
            Standing.UNSURE,
            "The lock is shut.",
        ),
        (Seen(alive=None, phase="finished", waited=999, complaint="x"), Standing.UNSURE, ""),
        (Seen(alive=True, phase="preparing", waited=999), Standing.TRAINED, ""),
        (Seen(alive=True, phase="paused", waited=999), Standing.TRAINED, ""),
        (Seen(alive=True, phase="halted", waited=1, complaint="of before"), Standing.TRAINED, ""),  # on its way out
        (Seen(alive=False, phase="preparing", waited=0), Standing.AWAITED, ""),
        (Seen(alive=False, phase="preparing", waited=GRACE - 1, resumable=True), Standing.AWAITED, ""),
        (Seen(alive=False, phase="preparing", waited=GRACE), Standing.FAILED, FAILED),
        (Seen(alive=False, taken=True, phase="preparing", waited=1), Standing.FAILED, FAILED),
        (Seen(alive=False, phase="preparing", waited=1, complaint="No room."), Standing.FAILED, "No room."),
        (Seen(alive=False, phase="training", waited=1), Standing.FAILED, FAILED),
        (Seen(alive=False, phase="training", waited=1, resumable=True), Standing.FAILED, FAILED + AGAIN),
        (Seen(alive=False, phase="paused", waited=1, complaint="No.", resumable=True), Standing.FAILED, "No." + AGAIN),
        (Seen(alive=False, phase="halted", waited=1), Standing.HALTED, "Stopped. It can be resumed at any time."),
        (Seen(alive=False, phase="ended", waited=1), Standing.OVER, ""),
        (Seen(alive=False, phase="turned", waited=1), Standing.OVER, ""),
        (Seen(alive=False, phase="finished", waited=1, complaint="of before"), Standing.OVER, ""),
    ],
)
def test_how_a_run_stands(seen: Seen, standing: Standing, note: str) -> None:
    verdict = judge(seen)
    assert (verdict.standing, verdict.note) == (standing, note)
    assert verdict.running is (standing in (Standing.UNSURE, Standing.AWAITED, Standing.TRAINED))


def test_the_verdict_needs_no_window() -> None:
    code = "import sys, pixelforge.gui.training.verdict; sys.exit('PySide6' in sys.modules or 'torch' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)
