from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from pixelforge.core.checkpoint import load_checkpoint
from pixelforge.core.config import ModelConfig
from pixelforge.core.header import Provenance
from pixelforge.errors import OutputError, TrainingError
from training.data.sprites import SpriteSet
from training.learning.config import TrainConfig
from training.learning.loop import Trainer
from training.runs.folder import StatsRow
from training.runs.run import Run, choose_model
from training.runs.state import RunDir

CONFIG = TrainConfig(steps=10, batch_size=8, warmup_steps=2, evaluate_every=4, sample_every=5, save_every=3)
ROW = StatsRow(step=3, loss=1, heldout_loss=None, images_per_second=1, learning_rate=1, seconds=1)


@pytest.fixture
def begin(folder: Path, data: SpriteSet, model_config: ModelConfig) -> Callable[[Path], Run]:
    return lambda out: Run.begin(folder, out, model_config, CONFIG, data, "cpu")


def finish(run: Run, steps: int | None = None) -> None:
    stream = run.steps()
    for step in stream:
        if step.step == steps:
            break
    stream.close()


def weights_of(out: Path) -> dict[str, torch.Tensor]:
    state = RunDir(out).read_state()
    assert state is not None
    return {**state["model"], **{f"ema.{name}": value for name, value in state["ema"].items()}}


def assert_same_run(a: Path, b: Path) -> None:
    first, second = weights_of(a), weights_of(b)
    assert first.keys() == second.keys()
    assert all(torch.equal(first[name], second[name]) for name in first)
    rows = [[(row.step, row.loss, row.heldout_loss) for row in RunDir(out).read_stats()] for out in (a, b)]
    assert rows[0] == rows[1]


def test_a_run_leaves_figures_pictures_and_a_model(tmp_path: Path, begin: Callable[[Path], Run]) -> None:
    finish(begin(tmp_path / "run"))
    run_dir = RunDir(tmp_path / "run")
    rows = run_dir.read_stats()
    assert [row.step for row in rows] == [4, 8, 10]
    assert all(row.heldout_loss is not None and row.images_per_second > 0 for row in rows)
    assert [path.name for path in sorted(run_dir.samples_folder.iterdir())] == ["0000005.png", "0000010.png"]
    with Image.open(run_dir.samples_folder / "0000010.png") as picture:
        assert picture.size == (8 * 8 * 4, 2 * 8 * 4)
    header = load_checkpoint(run_dir.snapshot_path).header
    assert header.class_names == ("beasts", "tools")
    assert (header.provenance.steps, header.provenance.data) == (10, "sprites")


def test_a_stopped_run_resumes_to_the_bit(tmp_path: Path, begin: Callable[[Path], Run]) -> None:
    finish(begin(tmp_path / "whole"))
    finish(begin(tmp_path / "parts"), steps=5)
    finish(Run.resume(tmp_path / "parts", device="cpu"), steps=7)
    finish(Run.resume(tmp_path / "parts", device="cpu"))
    assert_same_run(tmp_path / "whole", tmp_path / "parts")


def test_a_run_killed_before_its_first_save_begins_again(tmp_path: Path, begin: Callable[[Path], Run]) -> None:
    run = begin(tmp_path / "run")
    run.dir.append_stats(ROW)
    resumed = Run.resume(tmp_path / "run", device="cpu")
    assert resumed.trainer.step_count == 0
    assert resumed.dir.read_stats() == []


def test_a_run_begins_from_weights(tmp_path: Path, folder: Path, data: SpriteSet, model_config: ModelConfig) -> None:
    first = Run.begin(folder, tmp_path / "first", model_config, CONFIG, data, "cpu")
    finish(first)
    parent = load_checkpoint(first.dir.snapshot_path)
    weights = dict(parent.network.state_dict())
    other_dropout = replace(model_config, dropout=0.3)
    own = Provenance(steps=CONFIG.steps)
    run = Run.begin(folder, tmp_path / "second", other_dropout, CONFIG, data, "cpu", own, weights)
    resumed = Run.resume(run.dir.root, device="cpu")  # as after a kill before the first step
    for name, weight in weights.items():
        assert torch.equal(resumed.trainer.ema_weights()[name], weight), name
        assert torch.equal(resumed.trainer.model.state_dict()[name], weight), name
    finish(resumed)
    assert load_checkpoint(resumed.dir.snapshot_path).header.provenance.steps == 2 * CONFIG.steps


def test_the_best_model_is_kept_and_a_turned_run_ends(
    tmp_path: Path, folder: Path, data: SpriteSet, model_config: ModelConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    losses = iter([3.0, 2.0, 2.5, 2.4, 1.0])
    monkeypatch.setattr(Trainer, "heldout_loss", lambda *_: next(losses))
    config = replace(CONFIG, steps=50, evaluate_every=3, patience=6)
    run = Run.begin(folder, tmp_path / "run", model_config, config, data, "cpu")
    at_best = {}
    for step in run.steps():
        if step.step == 6:
            at_best = {name: weight.half().float() for name, weight in run.trainer.ema_weights().items()}
    assert (run.trainer.step_count, run.best.step, run.best.loss, run.has_turned()) == (12, 6, 2.0, True)
    best = load_checkpoint(run.dir.best_path)
    assert best.header.provenance.steps == 6
    assert all(torch.equal(weight, at_best[name]) for name, weight in best.network.state_dict().items())
    again = Run.resume(run.dir.root, device="cpu")
    assert again.best == run.best
    assert list(again.steps()) == []


def test_a_line_cut_off_by_a_power_cut_is_passed_over(tmp_path: Path, begin: Callable[[Path], Run]) -> None:
    run = begin(tmp_path / "run")
    run.dir.append_stats(ROW)
    with run.dir.stats_path.open("ab") as file:
        file.write(b'{"step": 2, "lo')
    assert [row.step for row in run.dir.read_stats()] == [3]


def test_a_second_run_in_the_same_folder_is_refused(tmp_path: Path, begin: Callable[[Path], Run]) -> None:
    begin(tmp_path / "run")
    with pytest.raises(TrainingError, match="--resume"):
        begin(tmp_path / "run")


def test_an_unwritable_folder_is_found_before_training(tmp_path: Path, begin: Callable[[Path], Run]) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(OutputError, match="file"):
        begin(tmp_path / "file" / "run")


def test_changed_sprites_are_not_trained_on_silently(
    tmp_path: Path, folder: Path, begin: Callable[[Path], Run]
) -> None:
    begin(tmp_path / "run")
    (folder / "tools" / "tool_00.png").unlink()
    with pytest.raises(TrainingError, match="changed"):
        Run.resume(tmp_path / "run", device="cpu")


def test_moved_sprites_are_found_where_they_are_said_to_be(
    tmp_path: Path, folder: Path, begin: Callable[[Path], Run]
) -> None:
    begin(tmp_path / "run")
    folder.rename(tmp_path / "moved")
    assert len(Run.resume(tmp_path / "run", tmp_path / "moved", device="cpu").data) == 64


@pytest.mark.parametrize(
    "content",
    [b"{}\n", b"\x80\x04rubbish\n", b"[1, 2]\n", b'{"data": ' + b"[" * 20_000 + b"\n"],
    ids=["empty", "rubbish", "list", "deep"],
)
@pytest.mark.parametrize("name", ["config.json", "state.pt", "stats.jsonl"])
def test_a_damaged_file_is_an_error_that_names_it(
    tmp_path: Path, begin: Callable[[Path], Run], name: str, content: bytes
) -> None:
    finish(begin(tmp_path / "run"), steps=4)
    (tmp_path / "run" / name).write_bytes(content)
    with pytest.raises(TrainingError, match=name):
        Run.resume(tmp_path / "run", device="cpu")


def test_the_prediction_follows_the_colours(data: SpriteSet) -> None:
    assert choose_model(data, 8, None, 8, 0.0, told=True).prediction == "palette"
    noise = np.random.default_rng(0).integers(0, 256, data.sprites.shape, dtype=np.uint8)
    noise[..., 3] = 255
    many = SpriteSet(noise, data.labels, data.class_names, data.groups)
    assert choose_model(many, 8, None, 8, 0.0, told=False).prediction == "v"
    with pytest.raises(TrainingError, match="64 colours"):
        choose_model(many, 8, "palette", 8, 0.0, told=True)


def command(*arguments: object) -> list[str]:
    return [sys.executable, "-m", "training", *map(str, arguments)]


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_stops_with_all_work_kept(tmp_path: Path, folder: Path, sent: signal.Signals) -> None:
    out = tmp_path / "run"
    quick = ["--steps", "100000", "--size", "8", "--width", "8", "--batch", "4", "--device", "cpu"]
    process = subprocess.Popen(command(folder, *quick, "--out", out), stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    assert process.stderr.readline() == "Begins from nothing.\n"
    assert "held out" in process.stderr.readline()  # from here on it listens to signals
    time.sleep(0.5)
    process.send_signal(sent)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 0, said
    assert "--resume" in said
    state = RunDir(out).read_state()
    assert state is not None
    assert state["step"] > 0
