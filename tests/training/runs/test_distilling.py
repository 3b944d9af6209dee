"""Distilling a student of a model: the run, its file, and what cannot be distilled."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from pixelforge.core.build import build_network
from pixelforge.core.checkpoint import load_checkpoint, save_checkpoint
from pixelforge.core.condition import Condition
from pixelforge.core.config import ModelConfig
from pixelforge.core.header import ModelHeader, Provenance
from pixelforge.core.pipeline import Model
from pixelforge.core.sampling import Sampling
from pixelforge.core.vocabulary import WordVocabulary
from pixelforge.errors import DatasetError, TrainingError
from pixelforge.services.generation import generate
from pixelforge.services.requests import Finished, GenerationRequest
from tests.critics import add_critic
from tests.training.conftest import write_sprite, write_sprites
from training.data.indexed import IndexedSprites, styled, words_of
from training.data.naming import style_of
from training.data.sprites import SpriteDataset
from training.learning.distillation import with_student_like
from training.runs import distilling
from training.runs import run as run_module
from training.runs.distil_request import DistillRequest
from training.runs.events import Ended, RunEvent
from training.runs.session import carry
from training.runs.state import RunStorage

ASKED = DistillRequest(batch=8, steps=6, device="cpu", precision="float32", holdout=0.1, substeps=2)
INSTANT = Sampling(sampler="instant", steps=4)


@pytest.fixture(autouse=True)
def no_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_module, "draw_samples", lambda *_: np.zeros((8, 8, 4), np.uint8))


def write_model(path: Path, config: ModelConfig, data: SpriteDataset) -> Path:
    """Random weights; not halves, so that a run which keeps its teacher in halves would resume with another."""
    data = styled(data, style_of(data.source))
    words = words_of(data) if config.prediction == "pointer" else None
    if words is not None:
        rows = WordVocabulary(data.class_names, words).num_rows
        config = replace(config, palette=(), embedding_rows=rows, pointer_width=8)
    torch.manual_seed(0)
    header = ModelHeader(
        model=config,
        class_names=data.class_names,
        words=words,
        recommended=Sampling(sampler="ddim", steps=3, guidance_scale=2.5),
        provenance=Provenance(credits="drawn by Ann", steps=9),
    )
    weights = {name: torch.randn_like(weight) / 4 for name, weight in build_network(config).state_dict().items()}
    bank = None if words is None else IndexedSprites.of(data, words).bank()
    save_checkpoint(path, header, weights, bank)
    return path


@pytest.fixture(params=["pointer", "palette"])
def teacher(request: pytest.FixtureRequest, tmp_path: Path, model_config: ModelConfig, data: SpriteDataset) -> Path:
    config = model_config
    if request.param == "pointer":
        config = replace(model_config, palette=(), prediction="pointer")
    return write_model(tmp_path / "teacher.safetensors", config, data)


@pytest.fixture(autouse=True)
def short_head_start(monkeypatch: pytest.MonkeyPatch) -> None:
    """Steps of a finish in which the student stands still."""
    monkeypatch.setattr(distilling, "HEAD_START", 2)


def pull(folder: Path | None, out: Path, asked: DistillRequest, stop_at: int = 0, *, resume: bool = False) -> RunEvent:
    """The last event of a run."""
    seen: list[RunEvent] = []
    for event in carry(folder, out, asked, resume=resume, stopped=lambda: getattr(seen[-1], "step", 0) == stop_at):
        seen.append(event)  # noqa: PERF402 - it is looked at meanwhile
    return seen[-1]


def test_a_critic_of_the_model_stays(folder: Path, tmp_path: Path, teacher: Path) -> None:
    before = load_checkpoint(add_critic(teacher))
    ended = pull(folder, tmp_path / "run", replace(ASKED, teacher=teacher))
    assert isinstance(ended, Ended)
    after = load_checkpoint(ended.model)
    assert after.header.critic == before.header.critic
    assert after.critic is not None
    for name, weight in before.critic.stored.items():
        np.testing.assert_array_equal(after.critic.stored[name], weight)


def test_the_model_keeps_its_network_and_gains_a_student(folder: Path, tmp_path: Path, teacher: Path) -> None:
    ended = pull(folder, tmp_path / "run", replace(ASKED, teacher=teacher))
    assert isinstance(ended, Ended)
    before, after = load_checkpoint(teacher), load_checkpoint(ended.model)
    assert replace(after.header, student=None) == replace(before.header, format_version=2)
    assert after.header.student is not None
    assert after.header.student.learnt == ended.best_step > 0
    own = after.network.state_dict()
    assert all(torch.equal(weight, own[name]) for name, weight in before.network.state_dict().items())
    request = GenerationRequest(conditions=(Condition(class_name="beasts"),), sampling=INSTANT, count=3)
    *_, done = generate(Model.of(after), request)
    assert isinstance(done, Finished)
    assert done.sprites.shape == (3, 8, 8, 4)


def test_a_model_that_has_a_student_begins_from_it(folder: Path, tmp_path: Path, teacher: Path) -> None:
    ended = pull(folder, tmp_path / "first", replace(ASKED, teacher=teacher))
    assert isinstance(ended, Ended)
    had = load_checkpoint(ended.model).student_weights
    pull(folder, tmp_path / "run", replace(ASKED, teacher=ended.model, learning_rate=1e-9, steps=1))
    begun = load_checkpoint(RunStorage(tmp_path / "run").snapshot_path).student_weights
    assert had is not None
    assert begun is not None
    for name, weight in had.items():
        np.testing.assert_allclose(begun[name], weight, atol=1e-3, err_msg=name)


def test_a_student_begins_as_far_from_its_model_as_another_is(folder: Path, tmp_path: Path, teacher: Path) -> None:
    ended = pull(folder, tmp_path / "first", replace(ASKED, teacher=teacher))
    assert isinstance(ended, Ended)
    leader = load_checkpoint(ended.model)
    assert leader.student_weights is not None
    other = load_checkpoint(teacher)
    other = replace(other, weights={name: weight + np.float32(0.5) for name, weight in other.weights.items()})
    for name, weight in (with_student_like(other, leader).student_weights or {}).items():
        moved = leader.student_weights[name] + (0.5 if name in other.weights else 0)
        np.testing.assert_allclose(weight, moved, atol=1e-3, err_msg=name)
    with pytest.raises(TrainingError, match="no student to begin like"):
        pull(folder, tmp_path / "run", replace(ASKED, teacher=teacher, like=teacher))
    assert not (tmp_path / "run").exists()


def test_resumed_it_is_the_same_to_the_bit_and_needs_its_teacher_no_more(
    folder: Path, tmp_path: Path, teacher: Path
) -> None:
    asked = replace(ASKED, teacher=teacher)
    pull(folder, tmp_path / "whole", asked)
    pull(folder, tmp_path / "parts", asked, stop_at=3)
    teacher.unlink()
    pull(None, tmp_path / "parts", DistillRequest(device="cpu"), resume=True)
    whole, parts = (RunStorage(tmp_path / name) for name in ("whole", "parts"))
    one, other = whole.read_state(), parts.read_state()
    assert one is not None
    assert other is not None
    for part in ("model", "ema"):
        assert all(torch.equal(one[part][name], other[part][name]) for name in one[part]), part
    rows = [[(row.step, row.loss, row.heldout_loss) for row in run.read_stats()] for run in (whole, parts)]
    assert rows[0] == rows[1]


def test_a_distillation_of_minutes_ends_by_the_clock_and_can_be_made_longer(
    folder: Path, tmp_path: Path, teacher: Path
) -> None:
    seconds = iter(range(10**6))
    asked = replace(ASKED, teacher=teacher, steps=None, minutes=1)
    events = carry(folder, tmp_path / "run", asked, clock=lambda: next(seconds) * 10**9)
    *_, ended = events
    assert isinstance(ended, Ended)
    assert ended.phase == "finished"
    longer = pull(None, tmp_path / "run", DistillRequest(device="cpu", steps=ended.step + 2), resume=True)
    assert isinstance(longer, Ended)
    assert longer.step == ended.step + 2


def test_sprites_that_the_model_does_not_draw_the_like_of_are_left_out(
    tmp_path: Path, teacher: Path, folder: Path
) -> None:
    write_sprite(folder / "clouds" / "one.png", np.full((8, 8, 4), 255, np.uint8))
    notes = next(carry(folder, tmp_path / "run", replace(ASKED, teacher=teacher)))
    assert "Left out: 1 sprite of classes or styles that the model does not know." in notes.lines
    strange = write_sprites(tmp_path / "strange")
    for name in ("beasts", "tools"):
        (strange / name).rename(strange / f"odd {name}")
    with pytest.raises(DatasetError, match="has no sprites of the model's own classes"):
        pull(strange, tmp_path / "other", replace(ASKED, teacher=teacher))
    assert not (tmp_path / "other").exists()


@pytest.mark.parametrize("prediction", ["eps", "v"])
def test_a_model_that_predicts_no_colours_is_refused(
    prediction: str, folder: Path, tmp_path: Path, model_config: ModelConfig, data: SpriteDataset
) -> None:
    path = write_model(tmp_path / "old.safetensors", replace(model_config, prediction=prediction), data)
    with pytest.raises(TrainingError, match="Only models that draw in the colours of a palette"):
        pull(folder, tmp_path / "run", replace(ASKED, teacher=path))
    assert not (tmp_path / "run").exists()


def test_bad_settings_and_files(
    folder: Path, tmp_path: Path, command: Callable[..., tuple[int, str, str]], teacher: Path
) -> None:
    (tmp_path / "text.safetensors").write_text("no model")
    for arguments, told in (
        ((), "Name the model file"),
        ((teacher,), "with --data"),
        ((tmp_path / "none.safetensors", "--data", folder), "does not exist"),
        ((tmp_path / "text.safetensors", "--data", folder), "not a whole PixelForge model"),
        ((teacher, "--data", tmp_path / "nowhere"), "nowhere"),
        ((teacher, "--data", folder, "--minutes", 0), "more than 0 minutes"),
        ((teacher, "--data", folder, "--minutes", 5, "--steps", 5), "not both"),
        ((teacher, "--data", folder, "--substeps", 0), "Substeps must be 1 to 64"),
        (("--resume",), "holds no run to resume"),
    ):
        code, _, err = command("distill", *arguments, "--out", tmp_path / "run")
        assert code != 0, arguments
        assert told in err, arguments
        assert "Traceback" not in err
        assert not (tmp_path / "run").exists(), arguments


def test_a_student_is_finished_and_the_run_resumed_to_the_bit(folder: Path, tmp_path: Path, teacher: Path) -> None:
    ended = pull(folder, tmp_path / "first", replace(ASKED, teacher=teacher))
    assert isinstance(ended, Ended)
    before = load_checkpoint(ended.model)
    assert before.header.student is not None
    asked = replace(ASKED, teacher=ended.model, adversarial=True)
    whole = pull(folder, tmp_path / "whole", asked)
    halted = pull(folder, tmp_path / "run", asked, stop_at=3)
    assert isinstance(halted, Ended)
    again = pull(None, tmp_path / "run", ASKED, resume=True)
    assert isinstance(whole, Ended)
    assert isinstance(again, Ended)
    assert (whole.phase, again.phase, halted.phase) == ("finished", "finished", "halted")
    assert whole.model == tmp_path / "whole" / "snapshot.safetensors"  # by no loss is one of its steps the best
    after = load_checkpoint(whole.model)
    assert after.header == replace(
        before.header, student=replace(before.header.student, learnt=before.header.student.learnt + 6)
    )
    assert whole.model.read_bytes() == again.model.read_bytes()
    own, moved = before.student_weights, after.student_weights
    assert own is not None
    assert moved is not None
    assert any(not np.array_equal(weight, own[name]) for name, weight in moved.items())
    for name, weight in before.weights.items():
        np.testing.assert_array_equal(after.weights[name], weight)


def test_only_a_student_that_there_is_can_be_finished(folder: Path, tmp_path: Path, teacher: Path) -> None:
    with pytest.raises(TrainingError, match="no student to finish: distil one first"):
        pull(folder, tmp_path / "run", replace(ASKED, teacher=teacher, adversarial=True))
    assert not (tmp_path / "run").exists()


def test_a_run_is_not_named_as_a_model_file(folder: Path, tmp_path: Path, teacher: Path) -> None:
    with pytest.raises(TrainingError, match=r"is to be the folder of a run.*leave out \.safetensors"):
        pull(folder, tmp_path / "fast.safetensors", replace(ASKED, teacher=teacher))
    assert not (tmp_path / "fast.safetensors").exists()
