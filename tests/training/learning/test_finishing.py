"""The adversarial finish of a student."""

from __future__ import annotations

import copy
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from pixelforge.core.build import build_network
from pixelforge.core.checkpoint import Checkpoint, load_checkpoint, save_checkpoint
from pixelforge.core.condition import NO_ROW, Cue
from pixelforge.core.config import ModelConfig
from pixelforge.core.denoiser import NetworkDenoiser
from pixelforge.core.header import ModelHeader, Student
from pixelforge.core.sampler import sample
from pixelforge.core.torch_backend import TorchBackend
from pixelforge.errors import TrainingError
from training.data.sprites import SpriteDataset
from training.learning.config import TrainConfig
from training.learning.discriminator import Discriminator, hinge, steepness
from training.learning.distributed import Processes
from training.learning.finishing import Finisher
from training.learning.lesson import Distillation

CONFIG = TrainConfig(steps=40, batch_size=8, learning_rate=1e-3, warmup_steps=1, flip=0, shift=0, swap=0)
LESSON = Distillation(adversarial=True, head_start=3)


@pytest.fixture
def model(tmp_path: Path, model_config: ModelConfig, data: SpriteDataset) -> Checkpoint:
    """A model whose student is not it."""
    header = ModelHeader(model=model_config, class_names=data.class_names, student=Student())
    torch.manual_seed(5)
    weights, student = (
        {name: torch.randn_like(weight) / 4 for name, weight in build_network(config).state_dict().items()}
        for config in (model_config, header.student_model)
    )
    save_checkpoint(tmp_path / "model.safetensors", header, weights, student=student)
    return load_checkpoint(tmp_path / "model.safetensors")


def finisher_of(model: Checkpoint, data: SpriteDataset, processes: Processes | None = None) -> Finisher:
    student = replace(model.header.student_model, dropout=0.0)
    return Finisher(student, model, CONFIG, data, torch.device("cpu"), processes, None, LESSON)


@pytest.fixture
def finisher(model: Checkpoint, data: SpriteDataset) -> Finisher:
    return finisher_of(model, data)


def weights_of(network: nn.Module) -> dict[str, torch.Tensor]:
    return {name: weight.clone() for name, weight in network.state_dict().items()}


def differ(one: dict[str, torch.Tensor], network: nn.Module) -> bool:
    return any(not torch.equal(weight, one[name]) for name, weight in network.state_dict().items())


def test_what_it_makes_is_what_the_sampler_makes_of_its_noise(finisher: Finisher, model: Checkpoint) -> None:
    batch = finisher.batches.draw(0)
    part = finisher._from_noise(batch)
    made, drift = finisher._made(part, at=2)
    assert drift.item() == pytest.approx(0, abs=1e-5)  # it has learnt nothing yet
    student = model.student
    assert student is not None
    assert batch.guidance is not None
    cues = [
        Cue(tuple(rows), guidance_scale=scale)
        for rows, scale in zip(batch.rows.tolist(), batch.guidance.tolist(), strict=True)
    ]
    times = (999, 749, 499, 249)
    denoiser = NetworkDenoiser(TorchBackend(student).prepare(cues, times), model.header.model, finisher.schedule, cues)
    *_, last = sample(
        "instant", denoiser, finisher.schedule, times, batch.noise.numpy(), lambda: np.empty(0, np.float32)
    )
    np.testing.assert_allclose(made.detach().numpy(), last.x_t, atol=1e-5)


def test_the_discriminator_learns_alone_at_first(finisher: Finisher) -> None:
    student, judge = weights_of(finisher.model), weights_of(finisher.discriminator)
    for step in range(LESSON.head_start):
        assert finisher.step().learning_rate == 0
        assert not differ(student, finisher.model), step
    assert differ(judge, finisher.discriminator)
    assert finisher.step().learning_rate > 0
    assert differ(student, finisher.model)


def test_the_student_comes_to_make_what_the_discriminator_likes(finisher: Finisher) -> None:
    """Against one that stands still, whose liking is for one colour."""
    wanted = finisher.model.colours[1][:, None, None]

    class Fixed(nn.Module):
        def forward(self, pictures: torch.Tensor, rows: torch.Tensor) -> torch.Tensor:
            return -(pictures - wanted).square().flatten(1).mean(dim=1, keepdim=True)

    finisher.discriminator = Fixed()  # type: ignore[assignment]
    part = finisher._from_noise(finisher.batches.draw(10**6))

    def liked() -> float:
        with torch.no_grad():
            return float(finisher.discriminator(finisher._made(part, 0)[0], part.rows).mean())

    before = liked()
    for step in range(30):
        again = finisher._from_noise(finisher.batches.draw(step))
        made, drift = finisher._made(again, 0)
        finisher._improve(made, 0 * drift, again, 3e-3, torch.Generator().manual_seed(step))
    assert liked() > 0.7 * before
    assert before < 0


def test_a_resumed_finish_makes_the_same_steps_to_the_bit(
    finisher: Finisher, model: Checkpoint, data: SpriteDataset
) -> None:
    for _ in range(5):
        finisher.step()
    state = copy.deepcopy(finisher.state_dict())
    moved = {name: weight.numpy() for name, weight in finisher.ema_weights().items()}
    resumed = finisher_of(replace(model, student_weights=moved), data)  # whose file has the student as it is now
    resumed.load_state_dict(state)
    for one in (finisher, resumed):
        one.step()
        one.step()
    assert not differ(weights_of(finisher.model), resumed.model)
    assert not differ(weights_of(finisher.discriminator), resumed.discriminator)


def test_it_is_the_work_of_one_process(model: Checkpoint, data: SpriteDataset) -> None:
    with pytest.raises(TrainingError, match="finished by one process"):
        finisher_of(model, data, Processes(0, 2))


def test_the_discriminator_tells_apart_what_it_learnt_and_knows_what_was_asked_for() -> None:
    torch.manual_seed(0)
    judge = Discriminator(4, 8, 5)
    rows = torch.tensor([[0, NO_ROW], [1, 3]]).repeat(16, 1)
    pictures = torch.rand(32, 4, 8, 8)
    optimizer = torch.optim.Adam(judge.parameters(), 1e-3)
    for _ in range(60):
        loss = hinge(judge(pictures, rows), judge(pictures, rows.flip(0)))  # the same, asked for in other words
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    assert loss < 1.05  # of 2 at first; the score of the parts, which knows no words, keeps 1
    assert torch.equal(judge(pictures, torch.full((32, 2), NO_ROW)), judge(pictures, torch.full((32, 1), NO_ROW)))


def test_the_penalty_is_the_squared_gradient() -> None:
    judge = Discriminator(1, 4, 2)
    pictures, rows = torch.randn(3, 1, 4, 4, dtype=torch.float64), torch.tensor([[0], [1], [0]])
    judge.double()
    step, expected = 1e-6, 0.0
    with torch.no_grad():
        for place in range(16):
            moved = torch.zeros(16, dtype=torch.float64)
            moved[place] = step
            rise = judge(pictures + moved.view(1, 1, 4, 4), rows) - judge(pictures - moved.view(1, 1, 4, 4), rows)
            expected += float((rise.sum(dim=1) / (2 * step)).square().mean())
    assert steepness(judge, pictures, rows).item() == pytest.approx(expected, rel=1e-4)
