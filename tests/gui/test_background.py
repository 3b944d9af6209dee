"""Work beside the event loop: its order, its signals, and its end."""

from __future__ import annotations

import threading

import pytest

from pixelforge.errors import OutputError
from pixelforge.gui.shared import background as module
from pixelforge.gui.shared.background import Background


@pytest.fixture
def background(qapp):
    background = Background(lambda error: f"bug: {error}")
    yield background
    background.close()


class Told:
    """What the signals of a task said, and in which thread."""

    def __init__(self, task) -> None:
        self.done, self.failed, self.counts, self.threads = None, None, [], set()
        task.progressed.connect(self._on_progress)
        task.done.connect(self._on_done)
        task.failed.connect(lambda text, parts: setattr(self, "failed", (text, parts)))

    def _on_progress(self, count: int) -> None:
        self.counts.append(count)

    def _on_done(self, parts) -> None:
        self.threads.add(threading.get_ident())
        self.done = parts


def test_the_parts_come_back_in_the_windows_thread(qtbot, background) -> None:
    workers = []

    def work():
        for part in "abc":
            workers.append(threading.get_ident())
            yield part

    told = Told(background.run("Spelling", work, 3))
    assert background.busy
    qtbot.waitUntil(lambda: told.done is not None)
    assert told.done == ("a", "b", "c")
    assert told.threads == {threading.get_ident()}
    assert threading.get_ident() not in workers
    assert not background.busy


def test_work_is_done_in_its_order_and_told_of_after_a_while(qtbot, background, monkeypatch) -> None:
    monkeypatch.setattr(module, "REPORT_INTERVAL", 0)
    begun, go, order = threading.Event(), threading.Event(), []

    def first():
        yield 1
        begun.set()
        assert go.wait(10)
        order.append("first")
        yield 2

    told = Told(background.run("Counting", first, 1024))
    later = Told(background.run("Adding", lambda: (order.append("second"),)))
    assert begun.wait(10)
    assert background.words == ""  # not for long yet
    qtbot.waitUntil(lambda: background.words != "")
    assert background.words == "Counting: 1 of 1,024"
    assert told.counts == [1]
    with qtbot.waitSignal(background.idle) as idle:
        go.set()
    assert idle.args == [True]
    assert order == ["first", "second"]
    assert later.done == (None,)
    assert background.words == ""


def test_errors_are_told_with_what_was_done_and_the_next_goes_on(qtbot, background) -> None:
    def work():
        yield "one"
        raise OutputError("The disk is full.")

    failed, broken, well = (Told(background.run("x", call)) for call in (work, lambda: 1 / 0, lambda: ("fine",)))
    with qtbot.waitSignal(background.idle) as idle:
        pass
    assert failed.failed == ("The disk is full.", ("one",))
    assert broken.failed == ("bug: division by zero", ())
    assert well.done == ("fine",)
    assert idle.args == [False]


def test_finish_waits_and_delivers(background) -> None:
    go = threading.Event()
    told = Told(background.run("x", lambda: (go.wait(10),)))
    assert not background.finish(0.01)
    go.set()
    assert background.finish(10)
    assert told.done == (True,)


def test_closing_ends_after_the_part_that_is_being_done(background) -> None:
    begun, parts = threading.Event(), []

    def work():
        for number in range(1000):
            parts.append("begun")
            begun.set()
            threading.Event().wait(0.05)
            parts.append("whole")
            yield number

    told = Told(background.run("x", work, 1000))
    waiting = Told(background.run("y", lambda: parts.append("never")))
    assert begun.wait(10)
    background.close()
    assert parts.count("begun") == parts.count("whole") < 1000
    assert "never" not in parts
    assert told.done is told.failed is waiting.done is None
