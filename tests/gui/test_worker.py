"""The worker alone: what it reports, how often, and how soon it stops."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

import pytest
from PySide6.QtCore import Qt

from pixelforge.core.header import file_sha256
from pixelforge.gui.generating.jobs import Completed, Failed, Job, Loaded, Report
from pixelforge.gui.generating.worker import Worker
from pixelforge.gui.shared.throttle import Throttle
from pixelforge.services.requests import Finished, Progress
from tests.made import asked

CLASSIC = asked("cats", count=2, seed=3, guidance_scale=1.0, sampler="ddpm", steps=1000)


class Recorder:
    """Takes reports in the worker's own thread, so that nothing that it does there is late."""

    def __init__(self, worker: Worker) -> None:
        self.reports: list[Report] = []
        self.on_report = lambda report: None
        worker.reported.connect(self._take, Qt.ConnectionType.DirectConnection)

    def _take(self, report: Report) -> None:
        self.reports.append(report)
        self.on_report(report)

    def of(self, kind: type) -> list:
        return [report.event for report in self.reports if isinstance(report.event, kind)]


@pytest.fixture
def workers(qapp) -> Iterator:
    made = []

    def make(**settings: object) -> tuple[Worker, Recorder]:
        worker = Worker(lambda error: f"bug: {error}", **settings)
        made.append(worker)
        recorder = Recorder(worker)
        worker.start()
        return worker, recorder

    yield make
    for worker in made:
        assert worker.close(5)


def ended(recorder: Recorder) -> bool:
    return bool(recorder.of(Completed) or recorder.of(Failed))


def test_the_classic_sampler_shows_every_twentieth_step(qtbot, workers, model_file) -> None:
    worker, recorder = workers(interval=0.0)
    worker.submit(Job(1, model_file, CLASSIC))
    qtbot.waitUntil(lambda: ended(recorder), timeout=60_000)
    steps = recorder.of(Progress)
    assert [step.step for step in steps] == list(range(1, 1001))
    assert [step.step for step in steps if step.preview is not None] == list(range(20, 1000, 20))
    assert [type(report.event) for report in recorder.reports[-2:]] == [Finished, Completed]
    assert {report.run for report in recorder.reports} == {1}
    (finished,) = recorder.of(Finished)
    assert finished.sprites.shape == (2, 16, 16, 4)
    assert not finished.sprites.flags.writeable


def test_reports_are_thinned_but_the_batch_always_comes(qtbot, workers, model_file) -> None:
    ticks = count()
    worker, recorder = workers(interval=50.0, clock=lambda: float(next(ticks)))  # a second a question
    worker.submit(Job(1, model_file, CLASSIC))
    qtbot.waitUntil(lambda: ended(recorder), timeout=60_000)
    assert 15 <= len(recorder.of(Progress)) <= 45
    assert 1 <= len([step for step in recorder.of(Progress) if step.preview is not None]) < 49
    assert len(recorder.of(Finished)) == 1


def test_stop_acts_within_two_steps(qtbot, workers, model_file) -> None:
    worker, recorder = workers(interval=0.0)

    def stop_at_fifty(report: Report) -> None:
        if isinstance(report.event, Progress) and report.event.step == 50:
            worker.stop()

    recorder.on_report = stop_at_fifty
    worker.submit(Job(1, model_file, CLASSIC))
    qtbot.waitUntil(lambda: len(recorder.of(Progress)) >= 50, timeout=60_000)
    quick = asked("dogs", seed=1, guidance_scale=1.0, sampler="ddim", steps=2)
    worker.submit(Job(2, model_file, quick))
    qtbot.waitUntil(lambda: ended(recorder), timeout=60_000)
    assert max(r.event.step for r in recorder.reports if r.run == 1 and isinstance(r.event, Progress)) <= 52
    assert not [r for r in recorder.reports if r.run == 1 and isinstance(r.event, Finished | Completed)]
    assert [type(r.event) for r in recorder.reports if r.run == 2] == [Loaded, Progress, Progress, Finished, Completed]


def test_a_submitted_job_takes_the_place_of_the_one_that_runs(qtbot, workers, model_file) -> None:
    worker, recorder = workers(interval=0.0)
    quick = asked("dogs", seed=1, guidance_scale=1.0, sampler="ddim", steps=2)

    def resubmit(report: Report) -> None:
        if report.run == 1 and isinstance(report.event, Progress) and report.event.step == 10:
            worker.submit(Job(2, model_file, CLASSIC))  # never begun: the next one overtakes it
            worker.submit(Job(3, model_file, quick))

    recorder.on_report = resubmit
    worker.submit(Job(1, model_file, CLASSIC))
    qtbot.waitUntil(lambda: ended(recorder), timeout=60_000)
    runs = [report.run for report in recorder.reports]
    assert set(runs) == {1, 3}
    assert runs == sorted(runs)
    assert len(recorder.of(Completed)) == 1


def test_a_model_is_loaded_once(qtbot, workers, model_file) -> None:
    worker, recorder = workers()
    for run in (1, 2):
        worker.submit(Job(run, model_file, None))
        qtbot.waitUntil(lambda run=run: len(recorder.of(Loaded)) == run, timeout=20_000)
    first, second = recorder.of(Loaded)
    assert first is second
    assert first.device in ("cpu", "cuda", "mps")
    assert first.sha256 == file_sha256(model_file)


def test_a_request_that_the_model_cannot_do_is_explained(qtbot, workers, model_file) -> None:
    worker, recorder = workers()
    request = asked("cows", guidance_scale=1.0, sampler="ddim", steps=2)
    worker.submit(Job(1, model_file, request))
    qtbot.waitUntil(lambda: ended(recorder), timeout=20_000)
    (failed,) = recorder.of(Failed)
    assert "cats, dogs" in failed.text


def test_a_worker_without_work_closes_at_once(workers) -> None:
    worker, _ = workers()
    assert worker.close(1)
    assert worker.isFinished()


def test_the_throttle_counts_from_the_last_that_went_through() -> None:
    times = iter([0.0, 0.5, 0.9, 1.0, 1.5, 2.0])
    throttle = Throttle(1.0, lambda: next(times))
    assert [throttle.ready() for _ in range(6)] == [True, False, False, True, False, True]
