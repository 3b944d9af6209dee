"""A run from its beginning to its end, pulled event by event without a terminal."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from pixelforge.core.checkpoint import Checkpoint, load_checkpoint, save_checkpoint
from pixelforge.core.config import ModelConfig
from pixelforge.core.header import ModelHeader
from pixelforge.core.unet import ContextUNet
from pixelforge.errors import PixelForgeError, Remedy, RequestError, TrainingError
from pixelforge.imaging.pixels import read_sprite
from pixelforge.imaging.sheet import lay_out
from tests.training.making import begin_run, config_of, finish
from training.data.sprites import SpriteDataset
from training.learning.config import TrainConfig
from training.learning.loop import Trainer
from training.learning.samples import SAMPLES_A_CLASS
from training.runs import plan as plan_module
from training.runs import run as run_module
from training.runs.clock import SECOND
from training.runs.events import Begun, Continued, Ended, Noted, Paused, RunEvent, Stepped
from training.runs.folder import SAMPLE_SCALE, RunFolder
from training.runs.request import TrainingRequest
from training.runs.session import carry
from training.runs.state import RunStorage

TOY = TrainingRequest(size=8, width=8, batch=8, parent="nothing", device="cpu", precision="float32", early_stop=False)
ON = TrainingRequest(device="cpu")  # what is asked for in resuming
OLD = Path(__file__).parents[2] / "data" / "v0.1"


@pytest.fixture(autouse=True)
def little_work(monkeypatch: pytest.MonkeyPatch) -> None:
    """A small network, and no pictures, which take longer than all else here: `test_run` looks at them."""
    small = partial(ModelConfig, multipliers=(1,), blocks_per_level=1, attention_levels=())
    monkeypatch.setattr(plan_module, "ModelConfig", small)
    monkeypatch.setattr(run_module, "draw_samples", lambda *_: np.zeros((8, 8, 4), np.uint8))


def pull(
    folder: Path | None, out: Path, request: TrainingRequest, stop_at: int | None = None, **more
) -> list[RunEvent]:
    """Everything that a run tells; it is told to stop after so many steps."""
    seen: list[RunEvent] = []
    for event in carry(folder, out, request, stopped=lambda: getattr(seen[-1], "step", None) == stop_at, **more):
        seen.append(event)  # noqa: PERF402 - it is looked at meanwhile
    return seen


def resume(out: Path, request: TrainingRequest = ON, stop_at: int | None = None, **more: Any) -> Ended:
    """Resume a run until its end or that step."""
    ended = pull(None, out, request, stop_at, resume=True, **more)[-1]
    assert isinstance(ended, Ended)
    return ended


def weights_of(out: Path) -> dict[str, torch.Tensor]:
    state = RunStorage(out).read_state()
    assert state is not None
    return {**state["model"], **{f"ema.{name}": value for name, value in state["ema"].items()}}


def assert_same_weights(one: Path, other: Path) -> None:
    first, second = weights_of(one), weights_of(other)
    assert first.keys() == second.keys()
    assert all(torch.equal(first[name], second[name]) for name in first)


def rows_of(out: Path) -> list[tuple[object, ...]]:
    return [(row.step, row.loss, row.heldout_loss, row.learning_rate) for row in RunStorage(out).read_stats()]


def test_a_run_tells_what_happens_in_order(folder: Path, tmp_path: Path) -> None:
    (folder / "tools" / "broken.png").write_bytes(b"no picture")
    seen = pull(folder, tmp_path / "run", replace(TOY, steps=6))
    notes, begun, steps, ended = seen[:2], seen[2], seen[3:-1], seen[-1]
    assert [type(note) for note in notes] == [Noted, Noted]
    assert "broken.png" in notes[0].lines[0]
    assert notes[1] == Noted(("Begins from nothing.",))
    assert begun == Begun("56 sprites, 8 held out, 2 classes", "palette, float32, on cpu", 0, 6, 0, ("beasts", "tools"))
    assert [(step.step, step.total, step.fraction) for step in steps] == [(n, 6, n / 6) for n in range(1, 7)]
    assert steps[-1].stats is not None
    assert ended == Ended("finished", 6, steps[-1].best_step, tmp_path / "run" / "best.safetensors")


def test_sprites_that_are_left_out_by_name_stay_so_in_its_record_and_when_it_is_resumed(
    folder: Path, tmp_path: Path
) -> None:
    (tmp_path / "list.txt").write_text("tools/tool_03.png\n\nbeasts/beast_01_f1.png\ntools/none.png\n")
    notes, _, begun, *_ = pull(folder, tmp_path / "run", replace(TOY, steps=4, leave_out=tmp_path / "list.txt"), 2)
    assert notes.lines == ("Left out by name: 2 sprites.", "Not there to be left out: tools/none.png.")
    assert begun.about == "54 sprites, 8 held out, 2 classes"
    names = ("tools/tool_03.png", "beasts/beast_01_f1.png", "tools/none.png")
    assert RunFolder(tmp_path / "run").read_source().leave_out == names
    (tmp_path / "list.txt").unlink()
    assert resume(tmp_path / "run").phase == "finished"


def test_sprites_of_its_own_are_drawn_as_the_samples_are(folder: Path, data: SpriteDataset, tmp_path: Path) -> None:
    (tmp_path / "list.txt").write_text("".join(f"tools/tool_{number:02}.png\n" for number in range(3, 16)))
    pull(folder, tmp_path / "run", replace(TOY, steps=2, leave_out=tmp_path / "list.txt", holdout=0.0))
    own = read_sprite(RunFolder(tmp_path / "run").own_path)[::SAMPLE_SCALE, ::SAMPLE_SCALE]
    assert own.shape == (16, 8 * SAMPLES_A_CLASS, 4)
    beasts, tools = data.sprites[:48], data.sprites[48:51]
    np.testing.assert_array_equal(own[:8], lay_out(beasts[::6], 8))
    np.testing.assert_array_equal(own[8:, :24], lay_out(tools, 3))
    assert not own[8:, 24:].any()


def test_closing_it_saves_all_and_leaves_a_run_that_can_be_resumed(folder: Path, tmp_path: Path) -> None:
    pull(folder, tmp_path / "whole", replace(TOY, steps=8))
    events = carry(folder, tmp_path / "run", replace(TOY, steps=8))
    for event in events:
        if isinstance(event, Stepped) and event.step == 3:
            break
    events.close()
    files = RunFolder(tmp_path / "run")
    status = files.read_status()
    assert status is not None
    assert (status.phase, status.step, files.is_alive()) == ("halted", 3, False)
    assert resume(tmp_path / "run") == Ended("finished", 8, 8, tmp_path / "run" / "best.safetensors")
    assert_same_weights(tmp_path / "whole", tmp_path / "run")


def test_a_pause_ends_when_it_is_told_to_and_is_not_part_of_the_time(folder: Path, tmp_path: Path, monkeypatch) -> None:
    files, time = RunFolder(tmp_path / "run"), [0]
    seen: list[RunEvent] = []

    def nap(_: float) -> None:
        time[0] += 1000 * SECOND
        files.send("end")

    monkeypatch.setattr("time.sleep", nap)
    for event in carry(folder, tmp_path / "run", replace(TOY, minutes=5), clock=lambda: time[0]):
        seen.append(event)
        if isinstance(event, Stepped):
            time[0] += SECOND
            if event.step == 4:
                files.send("pause")
    assert [type(event) for event in seen[-4:]] == [Stepped, Paused, Continued, Ended]
    assert (seen[-1].phase, seen[-2].step) == ("ended", 4)
    assert RunStorage(files.root).had(RunStorage(files.root).read_state()) == (4, 4 * SECOND)


def test_moved_sprites_are_found_where_they_are_said_to_be_and_changed_ones_refused(
    folder: Path, tmp_path: Path
) -> None:
    pull(folder, tmp_path / "run", replace(TOY, steps=8), stop_at=2)
    folder.rename(tmp_path / "moved")
    pull(tmp_path / "moved", tmp_path / "run", ON, stop_at=4, resume=True)
    (tmp_path / "moved" / "tools" / "tool_00.png").unlink()
    with pytest.raises(TrainingError, match="moved have changed"):
        pull(tmp_path / "moved", tmp_path / "run", ON, resume=True)


def test_a_run_begins_from_the_model_that_is_named(folder: Path, tmp_path: Path, model_config: ModelConfig) -> None:
    parent = Checkpoint.of(ModelHeader(model=model_config, class_names=("beasts", "food")), ContextUNet(model_config))
    save_checkpoint(tmp_path / "base.safetensors", parent.header, parent.network.state_dict())
    request = replace(TOY, width=None, steps=3, parent=str(tmp_path / "base.safetensors"), learning_rate=1e-9)
    seen = pull(folder, tmp_path / "run", request, stop_at=1)
    assert seen[0] == Noted(("Begins from base.",))
    begun = load_checkpoint(tmp_path / "run" / "snapshot.safetensors")
    torch.testing.assert_close(begun.network.init_conv.weight, parent.network.init_conv.weight, atol=2e-3, rtol=2e-3)
    assert begun.header.class_names == ("beasts", "tools")
    assert "begun from base" in begun.header.provenance.credits
    with pytest.raises(TrainingError, match="has its width") as refused:
        pull(folder, tmp_path / "other", replace(request, width=8))
    assert refused.value.remedies == (Remedy.PARENTS_WIDTH,)
    assert not (tmp_path / "other").exists()


def test_the_bundled_model_is_the_beginning_where_it_fits(folder: Path, tmp_path: Path) -> None:
    fits = TrainingRequest(size=16, steps=1, device="cpu")
    asked = {"fits": fits, "size": replace(fits, size=8), "width": replace(fits, size=8, width=8)}
    said = {}
    for name, request in asked.items():
        events = carry(folder, tmp_path / name, request)
        said[name] = next(event.lines for event in events if isinstance(event, Noted) and "Begins" in event.lines[0])
        events.close()
    assert said["fits"] == ("Begins from pixelforge16.",)
    assert said["size"] == said["width"] == ("Begins from nothing.",)


@pytest.fixture
def old(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A run that version 0.1 halted after 13 of 24 steps."""
    shutil.copytree(OLD / "run", tmp_path / "run")
    shutil.copytree(OLD / "sprites", tmp_path / "sprites")
    monkeypatch.chdir(tmp_path)  # its config.json names the sprites by where they lay beside it
    return tmp_path / "run"


def test_a_run_of_version_0_1_ends_as_that_would_have_ended_it(old: Path) -> None:
    ended = resume(old)
    assert (ended.phase, ended.step) == ("finished", 24)
    one, other = (load_checkpoint(path).network.state_dict() for path in (ended.model, OLD / "whole.safetensors"))
    snapshot = load_checkpoint(old / "snapshot.safetensors").network.state_dict()
    for name, weight in other.items():
        torch.testing.assert_close(snapshot[name], weight, atol=2e-3, rtol=2e-3)  # to the bit on the CPU that made it
    assert one.keys() == other.keys()
    assert [row.step for row in RunStorage(old).read_stats()][-2:] == [22, 24]


def test_a_run_of_version_0_1_can_become_longer_in_steps_and_in_minutes(
    old: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Ticking(monkeypatch)
    assert resume(old, replace(ON, steps=30), clock=clock).step == 30
    config = RunStorage(old).read_config()
    assert (config.training.steps, config.training.evaluate_every, config.training.flip) == (30, 1, 0.5)
    minutes = RunStorage(old).had(RunStorage(old).read_state())[1] / SECOND / 60 + 0.15
    ended = resume(old, replace(ON, minutes=minutes), clock=clock)
    assert (ended.phase, ended.step > 30) == ("finished", True)
    assert RunStorage(old).read_config().training.minutes == minutes


def test_a_later_config_is_refused_by_name(old: Path) -> None:
    text = (old / "config.json").read_text()
    (old / "config.json").write_text(text.replace('"precision"', '"schedule": "tide", "precision"'))
    with pytest.raises(TrainingError, match=r"config\.json cannot be read: Invalid enum value 'tide'"):
        resume(old)


class Ticking:
    """A clock that moves with the work alone: the same readings for the same work."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 0
        monkeypatch.setattr(run_module, "PASSES", 1)
        self._with(monkeypatch, Trainer, "step", lambda trainer: 2.5 + trainer.step_count % 3)
        self._with(monkeypatch, Trainer, "heldout_loss", lambda _: 0.5)
        self._with(monkeypatch, run_module, "draw_samples", lambda _: 1.2)

    def __call__(self) -> int:
        return self.now

    def _with(self, monkeypatch: pytest.MonkeyPatch, holder, name: str, seconds: Callable[..., float]) -> None:
        work = getattr(holder, name)

        def timed(first, *rest):
            self.now += round(seconds(first) * SECOND)
            return work(first, *rest)

        monkeypatch.setattr(holder, name, timed)


def test_with_the_same_readings_of_the_clock_a_resumed_run_is_the_same_to_the_bit(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock, request = Ticking(monkeypatch), replace(TOY, minutes=1, learning_rate=1e-3)
    whole = pull(folder, tmp_path / "whole", request, clock=clock)
    assert clock.now / SECOND == pytest.approx(60, abs=4.5)
    steps = [event for event in whole if isinstance(event, Stepped)]
    assert [step.total for step in steps] == [None] * len(steps)
    assert steps[-1].fraction == 1
    rates = [row.learning_rate for row in RunStorage(tmp_path / "whole").read_stats()]
    assert (max(rates) > 0.8e-3, rates[-1] < 0.2e-3) == (True, True)
    assert rates[rates.index(max(rates)) :] == sorted(rates[rates.index(max(rates)) :], reverse=True)
    pull(folder, tmp_path / "parts", request, stop_at=4, clock=clock)
    for stop_at in (5, 9, 10, None):
        ended = resume(tmp_path / "parts", stop_at=stop_at, clock=clock)
    assert ended == replace(whole[-1], model=ended.model)
    assert_same_weights(tmp_path / "whole", tmp_path / "parts")
    assert rows_of(tmp_path / "whole") == rows_of(tmp_path / "parts")
    grids = [sorted(path.name for path in (tmp_path / name / "samples").iterdir()) for name in ("whole", "parts")]
    assert grids[0] == grids[1]


def test_a_run_goes_on_longer_than_it_was_meant_to(folder: Path, tmp_path: Path, monkeypatch) -> None:
    clock, out = Ticking(monkeypatch), tmp_path / "run"
    first = pull(folder, out, replace(TOY, minutes=0.5), clock=clock)[-1]
    assert clock.now / SECOND == pytest.approx(30, abs=4.5)
    assert pull(None, out, ON, resume=True, clock=clock)[0] == Noted(("This run is at its end already.",))
    longer = resume(out, replace(ON, minutes=1), clock=clock)
    assert clock.now / SECOND == pytest.approx(60, abs=4.5)
    assert longer.step > first.step
    assert RunStorage(out).read_config().training.minutes == 1
    assert resume(out, clock=clock).step == longer.step
    with pytest.raises(RequestError, match=r"has had [01]\.?\d* minutes already, more than 0\.1"):
        resume(out, replace(ON, minutes=0.1), clock=clock)
    with pytest.raises(RequestError, match=f"has had {longer.step} steps already, more than 3"):
        resume(out, replace(ON, steps=3), clock=clock)
    assert resume(out, replace(ON, steps=longer.step + 5), clock=clock).step == longer.step + 5
    assert resume(out, replace(ON, preset="quick"), stop_at=longer.step + 8, clock=clock).phase == "halted"
    assert RunStorage(out).read_config().training.minutes == 5


def test_a_resumed_run_may_have_another_batch_and_ema(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "run"
    pull(folder, out, replace(TOY, steps=6, batch=4), stop_at=3)
    before = RunStorage(out).read_config()
    assert resume(out, replace(ON, batch=8, ema_decay=0.9), stop_at=4).step == 4
    after = replace(before, training=replace(before.training, batch_size=8, ema_decay=0.9))
    assert RunStorage(out).read_config() == after
    assert resume(out).step == 6  # and keeps it


def test_a_late_run_that_becomes_longer_is_the_run_that_was_meant_to_be_so_long(
    data: SpriteDataset, model_config: ModelConfig, tmp_path: Path
) -> None:
    late = TrainConfig(steps=20, schedule="late", batch_size=8, warmup_steps=1)
    finish(begin_run(tmp_path / "long", config_of(data, model_config, late), data))
    for out, stop_at in ((tmp_path / "longer", 7), (tmp_path / "too late", 10)):
        finish(begin_run(out, config_of(data, model_config, replace(late, steps=10)), data), stop_at)
        assert resume(out, replace(ON, steps=20)).step == 20
    assert_same_weights(tmp_path / "long", tmp_path / "longer")
    assert rows_of(tmp_path / "long")[-1][3] == rows_of(tmp_path / "too late")[-1][3]
    assert weights_of(tmp_path / "long")["out_conv.bias"].ne(weights_of(tmp_path / "too late")["out_conv.bias"]).any()


def test_a_run_that_had_turned_has_new_patience_when_it_becomes_longer(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Trainer, "heldout_loss", lambda self, _: 1 + self.step_count / 100)
    out = tmp_path / "run"
    turned = pull(folder, out, replace(TOY, early_stop=True, steps=60))[-1]
    assert (turned.phase, turned.step, turned.best_step) == ("turned", 18, 2)
    assert resume(out).step == 18
    again = resume(out, replace(ON, steps=90))
    assert (again.phase, again.step) == ("turned", 18 + 8 * 3)
    assert resume(out).step == again.step


def test_nothing_is_touched_by_what_cannot_be(folder: Path, tmp_path: Path) -> None:
    for request, more in ((TOY, {}), (ON, {"resume": True})):
        with pytest.raises(PixelForgeError):
            pull(None, tmp_path / "run", replace(request, steps=3), **more)
        assert not (tmp_path / "run").exists()
    with pytest.raises(RequestError, match="no device 'abacus'"):
        pull(folder, tmp_path / "run", replace(TOY, steps=3, device="abacus", precision=None))
    assert not (tmp_path / "run").exists()
