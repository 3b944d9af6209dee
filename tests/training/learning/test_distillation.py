from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import torch

from pixelforge.core.build import build_network
from pixelforge.core.checkpoint import Checkpoint, load_checkpoint, save_checkpoint
from pixelforge.core.condition import NULL, Cue
from pixelforge.core.config import ModelConfig
from pixelforge.core.denoiser import NetworkDenoiser
from pixelforge.core.diffusion import colours_from_logits, most_likely_colours
from pixelforge.core.guidance import guided
from pixelforge.core.header import ModelHeader
from pixelforge.core.sampler import CLEAN, Denoiser, ddim
from pixelforge.core.torch_backend import TorchBackend
from pixelforge.core.weights import Floats
from training.data.sprites import SpriteDataset
from training.learning.batches import TrainingBatch
from training.learning.config import TrainConfig
from training.learning.distillation import Distiller, Noised, step_times
from training.learning.lesson import Distillation

CONFIG = TrainConfig(steps=40, batch_size=16, learning_rate=3e-3, warmup_steps=1, flip=0, shift=0, swap=0)
LESSON = Distillation(substeps=3)


@pytest.fixture
def teacher(tmp_path: Path, model_config: ModelConfig, data: SpriteDataset) -> Checkpoint:
    """A network of a palette whose weights are random, and so its answers far from even."""
    header = ModelHeader(model=model_config, class_names=data.class_names)
    torch.manual_seed(5)
    weights = {name: torch.randn_like(weight) / 4 for name, weight in build_network(model_config).state_dict().items()}
    save_checkpoint(tmp_path / "teacher.safetensors", header, weights)
    return load_checkpoint(tmp_path / "teacher.safetensors")


@pytest.fixture
def distiller(teacher: Checkpoint, data: SpriteDataset) -> Distiller:
    student = replace(teacher.header.student_model, dropout=0.0)
    return Distiller(student, teacher, CONFIG, data, torch.device("cpu"), None, None, LESSON)


def noised(distiller: Distiller, step: int) -> tuple[TrainingBatch, Noised]:
    batch = distiller.batches.draw(step)
    return batch, Noised.of(distiller.teacher, batch, distiller._times, distiller.schedule, distiller.device)


def test_the_teacher_goes_through_each_step_of_the_student_in_several() -> None:
    assert step_times(1000, 4, 2).tolist() == [[999, 874, 749], [749, 624, 499], [499, 374, 249], [249, 124, CLEAN]]
    assert step_times(4, 4, 1).tolist() == [[3, 2], [2, 1], [1, 0], [0, CLEAN]]


def test_every_step_is_learnt_as_often_under_all_guidance(distiller: Distiller) -> None:
    scales = []
    for step in range(20):
        batch, part = noised(distiller, step)
        assert batch.guidance is not None
        scales += batch.guidance.tolist()
        assert sorted(part.times[:, 0].tolist()) == [t for t in (249, 499, 749, 999) for _ in range(4)]
    assert 1 <= min(scales) < 1.1
    assert 3.6 < max(scales) <= 4
    assert math.isclose(sum(map(math.log, scales)) / len(scales), math.log(2), abs_tol=0.1)


def test_its_target_is_where_the_teachers_guided_sampler_ends(distiller: Distiller, teacher: Checkpoint) -> None:
    """The sampler's own steps of each row, by core's samplers, against one step to the mean that is to be learnt."""
    batch, part = noised(distiller, 0)
    targets = distiller._target(part)
    torch.testing.assert_close(targets.sum(dim=1), torch.ones_like(targets[:, 0]))
    assert batch.guidance is not None
    backend, schedule = TorchBackend(teacher.network), distiller.schedule
    null = Cue(teacher.header.vocabulary.rows(NULL))
    for row in range(len(batch.t)):
        cues, times = [Cue(tuple(part.rows[row].tolist()))], part.times[row].tolist()
        begin, target = (whole[row : row + 1].numpy() for whole in (part.x_t, targets))
        answer = guided(backend, cues, [null], batch.guidance[row].item(), times[:-1])
        denoiser = NetworkDenoiser(answer, teacher.header.model, schedule, cues)
        end = went(denoiser, begin, times, distiller)
        if times[-1] == CLEAN:
            expected = most_likely_colours(target, part.colours.numpy())
        else:
            mean = colours_from_logits(np.log(target), part.colours.numpy())
            expected = went(lambda *_, mean=mean, **__: mean, begin, [times[0], times[-1]], distiller)
        np.testing.assert_allclose(end, expected, atol=1e-4, rtol=1e-4)


def went(denoiser: Denoiser, x: Floats, times: list[int], distiller: Distiller) -> Floats:
    """From the first of the timesteps to the last, by core's sampler."""
    step = ddim(denoiser, distiller.schedule, lambda: np.empty(0, np.float32))
    for t, s in pairwise(times):
        x, _ = step(x, t, s)
    return x


@torch.inference_mode()
def distance(distiller: Distiller) -> float:
    """The student's loss on sprites that it does not learn from now, above that of its teacher's own answer."""
    batch, part = noised(distiller, 10**6)
    target = distiller._target(part)
    entropy = -(target * target.clamp(min=1e-9).log()).sum(dim=1).mean().item()
    return distiller._loss(distiller.model.eval(), batch).item() - entropy


def test_the_student_begins_as_its_teacher_and_comes_nearer_to_its_guided_steps(
    distiller: Distiller, teacher: Checkpoint
) -> None:
    taught = {name: weight.clone() for name, weight in teacher.network.state_dict().items()}
    for name, weight in taught.items():
        assert torch.equal(distiller.model.state_dict()[name], weight)
    before = distance(distiller)
    for _ in range(CONFIG.steps or 0):
        distiller.step()
    assert distance(distiller) < 0.8 * before
    assert distiller.model.guidance_mlp is not None
    assert distiller.model.guidance_mlp[2].weight.abs().max() > 0
    for name, weight in taught.items():
        assert torch.equal(distiller.teacher.state_dict()[name], weight)
