"""status.json follows the events of a run."""

from __future__ import annotations

from pathlib import Path

from training.runs.events import Begun, Continued, Ended, Noted, Paused, Stepped
from training.runs.folder import RunFolder, RunProgress, StatsRow
from training.runs.status import StatusFile

ROW = StatsRow(step=3, loss=1, heldout_loss=1, images_per_second=80, learning_rate=1, seconds=1)


def stepped(step: int, stats: StatsRow | None = None) -> Stepped:
    return Stepped(step, None, step / 10, 1.0, 9.0, 2 if step > 2 else 0, stats)


def test_every_event_but_most_steps_is_written(tmp_path: Path) -> None:
    folder, now = RunFolder(tmp_path), [0.0]
    folder.write_status(RunProgress(phase="halted", step=7, total=9, best_step=5))
    status = StatusFile(folder, clock=lambda: now[0])
    assert folder.read_status() == RunProgress(phase="preparing", step=7, total=9, best_step=5)
    status.follow(Noted(("Begins from nothing.",)))
    status.follow(Begun("9 sprites", "palette", 0, None, 0.0, ("orcs",)))
    assert folder.read_status() == RunProgress(phase="training", fraction=0.0, about="9 sprites", classes=("orcs",))
    seen = []
    for step, seconds, stats in ((1, 0.0, None), (2, 0.1, None), (3, 0.1, ROW), (4, 0.1, None), (5, 0.5, None)):
        now[0] += seconds
        status.follow(stepped(step, stats))
        seen.append(folder.read_status().step)
    assert seen == [1, 1, 3, 3, 5]
    status.follow(Paused(5))
    paused = folder.read_status()
    assert paused == RunProgress(
        phase="paused",
        step=5,
        fraction=0.5,
        best_step=2,
        images_per_second=80,
        about="9 sprites",
        classes=("orcs",),
    )
    status.follow(Continued(5))
    assert folder.read_status().phase == "training"
    status.follow(Ended("turned", 5, 2, tmp_path))
    assert folder.read_status().phase == "turned"
    status.leave()
    assert folder.read_status().phase == "halted"
