"""That the window keeps up while sprites are made, and does not grow; `tests/benchmarks/window.py` has the figures."""

from __future__ import annotations

import sys

import pytest

from tests.gui.using import finish
from tests.pulse import Pulse, resident_megabytes

STEPS = 40
BATCHES, WARM_UP = 50, 10
GROWTH = 25  # megabytes that the caches may still take after the warm-up


def test_the_event_loop_turns_while_a_batch_is_made(qtbot, desktop) -> None:
    generation = desktop.studio.generation
    generation.set_count(64)
    generation.set_sampling(steps=STEPS)
    pulse = Pulse()
    pulse.start()
    generation.generate()
    finish(qtbot, desktop)
    print(pulse.stop())
    assert pulse.count > 3 * STEPS  # were the steps made in the loop, it would turn once a step at the best
    assert pulse.longest < 0.25 * pulse.seconds  # and were they all made in one go, it would stand still throughout


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_memory_does_not_grow(qtbot, desktop) -> None:
    generation = desktop.studio.generation
    generation.set_count(64)
    generation.set_sampling(steps=1)
    sizes = []
    for _ in range(BATCHES):
        generation.generate()
        finish(qtbot, desktop)
        sizes.append(resident_megabytes())
    print(", ".join(f"{size:.0f}" for size in sizes[::5]), "MB")
    assert sizes[-1] - sizes[WARM_UP] < GROWTH
