"""What the clock decides, with a clock that the test sets."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import pytest

from training.learning.config import TrainConfig
from training.learning.distributed import Processes
from training.runs.clock import SECOND, Stopwatch
from training.runs.config import with_intervals
from training.runs.timetable import ByClock, ByStep, Timetable, Work

IMAGES: dict[Work, int] = {"figures": 100, "samples": 400}


@dataclass
class FakeClock:
    """Stands still but for what is added to it."""

    now: int = 17 * SECOND

    def __call__(self) -> int:
        return self.now

    def forward(self, seconds: float) -> None:
        self.now += round(seconds * SECOND)


@dataclass
class Done:
    """What a run made of its time."""

    steps: int = 0
    figures: int = 0
    samples: int = 0
    saves: int = 0
    reporting: float = 0.0  # seconds
    longest: int = 0  # steps between figures


def settings(minutes: float, **changes: object) -> TrainConfig:
    return with_intervals(TrainConfig(minutes=minutes, batch_size=16, **changes), early_stop=True)


def run(
    config: TrainConfig, clock: FakeClock, step: float, figures: float, samples: float, estimate: float = 1.0
) -> Done:
    """Do everything that a run does, at these costs in seconds. estimate: how wrong those are guessed beforehand."""
    costs: dict[Work, float] = {"samples": samples, "figures": figures, "save": 0.05}
    guessed = {work: round(3 * 16 * cost / step * estimate) for work, cost in costs.items()}
    times, done, last = ByClock(config, Stopwatch(clock), Processes(), guessed), Done(), 0
    times.start(0)
    while not times.over(done.steps):
        clock.forward(step)
        times.took("step", round(step * SECOND))
        done.steps += 1
        due = times.after(done.steps)
        for work, wanted in zip(costs, (due.samples, due.figures, due.save), strict=True):
            if wanted:
                clock.forward(costs[work])
                times.took(work, round(costs[work] * SECOND))
        done.samples += due.samples
        done.figures += due.figures
        done.saves += due.save
        done.reporting += due.samples * samples + due.figures * figures
        if due.figures:
            done.longest, last = max(done.longest, done.steps - last), done.steps
    clock.forward(costs["save"])
    return done


@pytest.mark.parametrize(
    ("minutes", "step", "figures", "samples"),
    [
        (5, 0.2, 0.5, 2.0),
        (5, 0.2, 4.0, 25.0),  # 30 of each would take longer than the run
        (5, 3.0, 1.0, 5.0),
        (60, 0.05, 0.5, 2.0),
        (480, 0.3, 2.0, 10.0),
        (1, 0.01, 0.1, 0.4),
    ],
)
def test_a_run_takes_the_time_that_it_was_given(minutes: float, step: float, figures: float, samples: float) -> None:
    clock = FakeClock()
    begun = clock()
    done = run(settings(minutes), clock, step, figures, samples)
    assert (clock() - begun) / SECOND == pytest.approx(60 * minutes, abs=2 * step + 1)
    assert done.reporting <= 0.2 * 60 * minutes + figures + samples
    assert done.longest <= 500 or figures + samples > 20


@pytest.mark.parametrize("estimate", [0.1, 0.5, 2, 5])
def test_costs_that_are_guessed_wrong_are_learnt(estimate: float) -> None:
    clock = FakeClock()
    begun = clock()
    done = run(settings(5), clock, 0.3, 0.5, 3.0, estimate)
    assert (clock() - begun) / SECOND == pytest.approx(300, abs=2)
    assert (done.figures >= 25, done.samples >= 3) == (True, True)


def test_a_run_shows_how_it_grows_thirty_times_or_more_where_that_is_cheap() -> None:
    for minutes in (5, 60, 480):
        done = run(settings(minutes), FakeClock(), step=0.2, figures=0.5, samples=2.0)
        assert done.figures >= 29
        assert done.samples >= 14
        assert done.saves >= 25


def test_a_machine_that_slows_down_ends_the_run_at_the_same_time() -> None:
    clock = FakeClock()
    begun, times = clock(), ByClock(settings(5), Stopwatch(clock), Processes(), IMAGES)
    times.start(0)
    step, progress = 0, [0.0]
    while not times.over(step):
        clock.forward(0.1 if step < 500 else 1.5)  # another program takes the cores
        step += 1
        times.after(step)
        progress.append(times.progress or 0.0)
    assert (clock() - begun) / SECOND == pytest.approx(300, abs=2)
    assert step < 900
    assert progress == sorted(progress)
    assert max(after - before for before, after in pairwise(progress)) < 0.01


def test_it_makes_a_step_even_if_reading_took_all_the_time() -> None:
    clock = FakeClock()
    watch = Stopwatch(clock)
    clock.forward(600)
    times = ByClock(settings(5), watch, Processes(), IMAGES)
    times.start(0)
    assert not times.over(0)
    clock.forward(1)
    due = times.after(1)
    assert (due.figures, due.samples, due.save, due.seconds_left) == (True, True, False, 0)
    assert times.over(1)


def test_pauses_and_what_came_before() -> None:
    clock = FakeClock()
    watch = Stopwatch(clock)
    watch.add(5)
    clock.now += 10
    with watch.paused():
        clock.now += 1000
    clock.now += 1
    assert watch.elapsed() == 16


def test_a_saved_timetable_goes_by_what_it_had_decided() -> None:
    clock = FakeClock()
    one = ByClock(settings(5), Stopwatch(clock), Processes(), IMAGES)
    other = ByClock(settings(5), Stopwatch(clock), Processes(), IMAGES)
    one.start(0)
    for step in range(1, 100):
        clock.forward(1)
        for work in ("step", "figures", "samples"):
            one.took(work, SECOND + step)
        one.after(step)
    other.load_state_dict(one.state_dict())
    other.start(99)
    assert other.progress == one.progress
    clock.forward(1)
    assert other.after(100) == one.after(100)
    assert other.state_dict() == one.state_dict()


def test_of_a_run_that_has_become_longer_the_progress_is_another() -> None:
    clock = FakeClock()
    short = ByClock(settings(5), Stopwatch(clock), Processes(), IMAGES)
    clock.forward(300)
    short.start(9)
    assert short.over(9)
    longer = ByClock(settings(10), Stopwatch(clock), Processes(), IMAGES)
    clock.forward(0)
    longer.load_state_dict(short.state_dict())
    longer._watch.add(300 * SECOND)
    longer.start(9)
    assert longer.progress == pytest.approx(0.5)
    assert not longer.over(9)


@pytest.mark.parametrize("times", [1, 7])
def test_by_steps_the_settings_say_it_all(times: int) -> None:
    config = TrainConfig(steps=20, evaluate_every=4, sample_every=6, save_every=5)
    clock = FakeClock()
    table: Timetable = ByStep(config, Stopwatch(clock))
    table.start(10)
    clock.forward(times)
    due = table.after(12)
    assert (due.figures, due.samples, due.save, table.progress) == (True, True, False, None)
    assert due.seconds_left == pytest.approx(times / 2 * 8)
    assert table.after(15).save
    last = table.after(20)
    assert (last.figures, last.samples, last.save, table.over(20), table.fraction(20)) == (True, True, False, True, 1)
