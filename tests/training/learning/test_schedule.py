"""The learning rate, by steps and by the clock."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from training.learning.config import TrainConfig
from training.learning.schedule import learning_rate_at

STEPS = TrainConfig(steps=1000, learning_rate=1.0, warmup_steps=100, final_fraction=0.1)
MINUTES = replace(STEPS, steps=None, minutes=5)


def test_learning_rate_rises_linearly_then_falls_as_a_cosine() -> None:
    config = STEPS
    assert learning_rate_at(config, 0) == pytest.approx(0.01)
    assert learning_rate_at(config, 49) == pytest.approx(0.5)
    assert learning_rate_at(config, 100) == pytest.approx(1.0)
    assert learning_rate_at(config, 550) == pytest.approx(0.1 + 0.9 * (1 + math.cos(math.pi / 2)) / 2)
    assert learning_rate_at(config, 1000) == pytest.approx(0.1)


def test_a_late_schedule_falls_over_the_last_fifth_alone() -> None:
    config = replace(STEPS, schedule="late")
    assert learning_rate_at(config, 49) == pytest.approx(0.5)
    assert {learning_rate_at(config, step) for step in range(100, 820)} == {1.0}
    assert learning_rate_at(config, 910) == pytest.approx(0.1 + 0.9 / 2)
    assert learning_rate_at(config, 1000) == pytest.approx(0.1)


def test_by_the_clock_the_steps_do_not_matter() -> None:
    for step in (200, 2000, 20_000):
        assert learning_rate_at(MINUTES, step, 0.5) == pytest.approx(0.1 + 0.9 * (1 + math.cos(math.pi / 2)) / 2)
        assert learning_rate_at(MINUTES, step, 1.0) == pytest.approx(0.1)
        assert learning_rate_at(replace(MINUTES, schedule="late"), step, 0.79) == 1.0


def test_by_the_clock_the_warm_up_ends_after_its_steps_or_a_tenth_of_the_time() -> None:
    flat = replace(MINUTES, schedule="late")
    assert learning_rate_at(flat, 49, 0.0) == pytest.approx(0.5)
    assert learning_rate_at(flat, 99, 0.001) == 1.0  # many steps
    assert learning_rate_at(flat, 3, 0.05) == pytest.approx(0.5)
    assert learning_rate_at(flat, 6, 0.1) == 1.0  # few
