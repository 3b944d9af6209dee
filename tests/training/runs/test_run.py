from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from PIL import Image

from pixelforge.core.checkpoint import load_checkpoint
from pixelforge.core.condition import Condition
from pixelforge.core.config import ModelConfig
from pixelforge.core.pipeline import Model
from pixelforge.core.sampling import Sampling
from pixelforge.core.vocabulary import WordVocabulary
from pixelforge.errors import OutputError, Remedy, TrainingError
from pixelforge.services.generation import generate
from pixelforge.services.requests import Finished, GenerationRequest
from tests.training.making import begin_run, config_of, finish, resume_run
from training.data import indexed
from training.data.indexed import _word_indices, words_of
from training.data.sprites import SpriteDataset
from training.learning.config import TrainConfig
from training.learning.loop import Trainer
from training.runs.folder import StatsRow
from training.runs.run import Run
from training.runs.state import RunStorage

CONFIG = TrainConfig(steps=10, batch_size=8, warmup_steps=2, evaluate_every=4, sample_every=5, save_every=3)
ROW = StatsRow(step=3, loss=1, heldout_loss=None, images_per_second=1, learning_rate=1, seconds=1)


@pytest.fixture
def begin(data: SpriteDataset, model_config: ModelConfig) -> Callable[[Path], Run]:
    return lambda out: begin_run(out, config_of(data, model_config, CONFIG), data)


def weights_of(out: Path) -> dict[str, torch.Tensor]:
    state = RunStorage(out).read_state()
    assert state is not None
    return {**state["model"], **{f"ema.{name}": value for name, value in state["ema"].items()}}


def assert_same_run(a: Path, b: Path) -> None:
    first, second = weights_of(a), weights_of(b)
    assert first.keys() == second.keys()
    assert all(torch.equal(first[name], second[name]) for name in first)
    rows = [[(row.step, row.loss, row.heldout_loss) for row in RunStorage(out).read_stats()] for out in (a, b)]
    assert rows[0] == rows[1]


def test_a_run_leaves_figures_pictures_and_a_model(tmp_path: Path, begin: Callable[[Path], Run]) -> None:
    finish(begin(tmp_path / "run"))
    storage = RunStorage(tmp_path / "run")
    rows = storage.read_stats()
    assert [row.step for row in rows] == [4, 8, 10]
    assert all(row.heldout_loss is not None and row.images_per_second > 0 for row in rows)
    assert [path.name for path in sorted(storage.samples_folder.iterdir())] == ["0000005.png", "0000010.png"]
    with Image.open(storage.samples_folder / "0000010.png") as picture:
        assert picture.size == (8 * 8 * 4, 2 * 8 * 4)
    header = load_checkpoint(storage.snapshot_path).header
    assert header.class_names == ("beasts", "tools")
    assert (header.provenance.steps, header.provenance.data) == (10, "sprites")


def test_a_stopped_run_resumes_to_the_bit(tmp_path: Path, begin: Callable[[Path], Run]) -> None:
    finish(begin(tmp_path / "whole"))
    finish(begin(tmp_path / "parts"), steps=5)
    finish(resume_run(tmp_path / "parts"), steps=7)
    finish(resume_run(tmp_path / "parts"))
    assert_same_run(tmp_path / "whole", tmp_path / "parts")


def test_a_run_killed_before_its_first_save_begins_again(tmp_path: Path, begin: Callable[[Path], Run]) -> None:
    run = begin(tmp_path / "run")
    run.storage.append_stats(ROW)
    resumed = resume_run(tmp_path / "run")
    assert resumed.trainer.step_count == 0
    assert resumed.storage.read_stats() == []


def test_a_run_begins_from_weights(tmp_path: Path, data: SpriteDataset, model_config: ModelConfig) -> None:
    first = finish(begin_run(tmp_path / "first", config_of(data, model_config, CONFIG), data))
    weights = dict(load_checkpoint(first.storage.snapshot_path).network.state_dict())
    config = config_of(data, replace(model_config, dropout=0.3), CONFIG, steps_before=CONFIG.steps)
    run = begin_run(tmp_path / "second", config, data)
    run.trainer.begin_from(weights)
    run.save()
    resumed = resume_run(run.storage.root)  # as after a kill before the first step
    for name, weight in weights.items():
        assert torch.equal(resumed.trainer.ema_weights()[name], weight), name
        assert torch.equal(resumed.trainer.model.state_dict()[name], weight), name
    finish(resumed)
    assert load_checkpoint(resumed.storage.snapshot_path).header.provenance.steps == 2 * CONFIG.steps


def test_the_best_model_is_kept_and_a_turned_run_ends(
    tmp_path: Path, data: SpriteDataset, model_config: ModelConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    losses = iter([3.0, 2.0, 2.5, 2.4, 1.0])
    monkeypatch.setattr(Trainer, "heldout_loss", lambda *_: next(losses))
    config = replace(CONFIG, steps=50, evaluate_every=3, patience=6)
    run = begin_run(tmp_path / "run", config_of(data, model_config, config), data)
    at_best = {}
    for step in run.steps():
        if step.step == 6:
            at_best = {name: weight.half().float() for name, weight in run.trainer.ema_weights().items()}
    assert (run.trainer.step_count, run.best.step, run.best.loss, run.has_turned()) == (12, 6, 2.0, True)
    best = load_checkpoint(run.storage.best_path)
    assert best.header.provenance.steps == 6
    assert all(torch.equal(weight, at_best[name]) for name, weight in best.network.state_dict().items())
    again = resume_run(run.storage.root)
    assert again.best == run.best
    assert list(again.steps()) == []


def test_a_line_cut_off_by_a_power_cut_is_passed_over(tmp_path: Path, begin: Callable[[Path], Run]) -> None:
    run = begin(tmp_path / "run")
    run.storage.append_stats(ROW)
    with run.storage.stats_path.open("ab") as file:
        file.write(b'{"step": 2, "lo')
    assert [row.step for row in run.storage.read_stats()] == [3]


def test_a_second_run_in_the_same_folder_is_refused(tmp_path: Path, begin: Callable[[Path], Run]) -> None:
    begin(tmp_path / "run")
    with pytest.raises(TrainingError, match="holds a run already") as refused:
        begin(tmp_path / "run")
    assert refused.value.remedies == (Remedy.RESUME, Remedy.OTHER_RUN)


def test_an_unwritable_folder_is_found_before_training(tmp_path: Path, begin: Callable[[Path], Run]) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(OutputError, match="file"):
        begin(tmp_path / "file" / "run")


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
        resume_run(tmp_path / "run")


def test_a_run_that_draws_in_any_palette(
    tmp_path: Path, data: SpriteDataset, model_config: ModelConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its model knows words and schemes and makes sprites; resumed, it is the run that was not interrupted."""
    data = replace(data, styles=tuple("dawn" if index % 2 else "" for index in range(len(data))))
    words = words_of(data)
    rows = WordVocabulary(data.class_names, words).num_rows
    model = replace(model_config, prediction="pointer", palette=(), embedding_rows=rows, pointer_width=8)
    training = replace(CONFIG, steps=6, evaluate_every=3, save_every=2, sample_every=3, optimizer="muon")
    config = replace(config_of(data, model, training), words=words)
    with monkeypatch.context() as patch:
        counted: list[int] = []
        patch.setattr(indexed, "_word_indices", lambda *given: counted.append(1) or _word_indices(*given))
        whole = finish(begin_run(tmp_path / "whole", config, data))
        assert len(counted) == 2  # for the sprites that are trained on, and for those that are held out
    finish(begin_run(tmp_path / "halves", config, data), 3)
    storage = RunStorage(tmp_path / "halves")
    halves = Run(storage, storage.read_config(), data, "cpu")
    halves.restore(storage.read_state())
    finish(halves)
    for name, weight in whole.trainer.ema_weights().items():
        assert torch.equal(weight, halves.trainer.ema_weights()[name]), name

    checkpoint = load_checkpoint(whole.storage.snapshot_path)
    assert checkpoint.header.words == words
    made = Model.of(checkpoint)
    request = GenerationRequest(conditions=(Condition(style="dawn"),), sampling=Sampling(steps=3), count=3)
    *_, done = generate(made, request)
    assert isinstance(done, Finished)
    allowed = {(*colour, 255) for style in words.styles if style.name == "dawn" for colour in style.palette}
    assert {tuple(pixel) for pixel in done.sprites.reshape(-1, 4).tolist()} <= allowed | {(0, 0, 0, 0)}
