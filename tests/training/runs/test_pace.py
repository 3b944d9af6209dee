from __future__ import annotations

import pytest

from pixelforge.core.config import ModelConfig
from training.data.sprites import SpriteSet
from training.learning.config import TrainConfig
from training.runs.pace import Pace, measure_pace


def test_the_steps_leave_room_for_the_reports() -> None:
    pace = Pace(step=0.1, figures=1.0, samples=2.0)
    assert pace.steps_in(300, reports=30, longest=500) == (300 - 30 * 2) / 0.1
    assert pace.steps_in(36_000, reports=30, longest=500) == round(36_000 / (0.1 + 2 / 500))


@pytest.mark.parametrize("seconds", [1, 10, 100, 1000, 10_000, 100_000])
def test_a_run_takes_the_time_that_it_was_given(seconds: int) -> None:
    pace = Pace(step=0.05, figures=0.2, samples=0.4)
    steps = pace.steps_in(seconds, reports=30, longest=500)
    reports = max(30, steps / 500)
    needed = steps * pace.step + reports * (pace.figures + pace.samples / 2)
    assert needed == pytest.approx(seconds, rel=0.02) or seconds < 30 * 0.4 * 2


def test_there_is_one_step_at_the_least() -> None:
    assert Pace(step=9.0, figures=9.0, samples=9.0).steps_in(1, reports=30, longest=500) == 1


def test_a_pace_is_measured(data: SpriteSet, model_config: ModelConfig) -> None:
    pace = measure_pace(model_config, TrainConfig(steps=1, batch_size=8), data, "cpu")
    assert min(pace.step, pace.figures, pace.samples) > 0
    assert measure_pace(model_config, TrainConfig(steps=1, batch_size=8, holdout=0), data, "cpu").figures == 0
