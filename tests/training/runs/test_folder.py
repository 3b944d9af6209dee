"""A run watched and steered through its folder, by the real command."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from pixelforge.errors import OutputError, TrainingError
from tests.conftest import RunCommand
from training.runs.folder import Command, RunFolder, RunProgress
from training.runs.state import RunStorage

TOY = ("--size", 8, "--width", 8, "--batch", 8, "--from", "nothing", "--device", "cpu", "--precision", "float32")


@pytest.fixture
def train(command: RunCommand, folder: Path, tmp_path: Path) -> Callable[..., tuple[int, str, str]]:
    return lambda *arguments: command("train", folder, "--out", tmp_path / "run", *TOY, *arguments)


def watch(files: RunFolder, what: Callable[[], None]) -> threading.Thread:
    """Somebody who watches; what goes wrong there fails the test, for the run then never ends by itself."""
    thread = threading.Thread(target=what, daemon=True)
    thread.start()
    return thread


def until(condition: Callable[[], object]) -> None:
    end = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < end, "a minute is over, and it has not come to that"
        time.sleep(0.02)


def phase(files: RunFolder) -> str:
    status = files.read_status()
    return status.phase if status else ""


def test_a_run_tells_how_far_it_is(train, tmp_path: Path) -> None:
    assert train("--steps", 22)[0] == 0
    files = RunFolder(tmp_path / "run")
    status = files.read_status()
    assert status is not None
    assert (status.phase, status.step, status.total, status.seconds_left) == ("finished", 22, 22, None)
    assert status.share == 1
    assert status.best_step > 0
    assert status.images_per_second is not None
    assert "2 classes" in status.about
    assert list(files.sample_grids()) == [20, 22]
    assert not files.is_alive()


@pytest.mark.parametrize(("told", "ended"), [("halt", "halted"), ("end", "ended")])
def test_it_pauses_continues_and_stops_as_it_is_told(train, tmp_path: Path, told: Command, ended: str) -> None:
    files, seen = RunFolder(tmp_path / "run"), []

    def steer() -> None:
        until(lambda: (status := files.read_status()) and status.phase == "training" and status.step > 2)
        files.send("pause")
        until(lambda: phase(files) == "paused")
        seen.extend([phase(files), files.is_alive(), files.state_path.exists()])
        files.send(None)
        until(lambda: phase(files) == "training")
        seen.append(phase(files))
        files.send(told)

    watcher = watch(files, steer)
    code, _, said = train("--steps", 100_000)
    watcher.join()
    assert (code, phase(files)) == (0, ended)
    assert seen == ["paused", True, True, "training"]
    assert "Stopped at step" in said
    state = RunStorage(tmp_path / "run").read_state()
    assert state is not None
    assert state["step"] == files.read_status().step


def test_a_command_of_before_does_not_count_any_more(train, tmp_path: Path) -> None:
    files = RunFolder(tmp_path / "run")
    files.root.mkdir()
    files.send("end")
    assert train("--steps", 2)[0] == 0
    assert phase(files) == "finished"


def test_two_processes_do_not_train_one_run(train, tmp_path: Path) -> None:
    files = RunFolder(tmp_path / "run")
    with files.locked():
        assert files.is_alive()
        code, _, said = train("--steps", 2)
        assert (code, "by another process" in said, said.count("\n")) == (1, True, 1)
        with pytest.raises(TrainingError), files.locked():
            pass
    assert not files.is_alive()
    assert train("--steps", 2)[0] == 0


def test_a_folder_that_holds_a_run_is_left_alone(train, tmp_path: Path) -> None:
    files = RunFolder(tmp_path / "run")
    assert train("--steps", 2)[0] == 0
    before = files.status_path.read_bytes()
    code, _, said = train("--steps", 2)
    assert (code, "resume it with --resume" in said) == (1, True)
    assert files.status_path.read_bytes() == before


def test_a_folder_with_somebody_s_files_is_left_alone(train, folder: Path, command: RunCommand, tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "notes.txt").write_text("mine")
    code, _, said = train("--steps", 2)
    assert (code, "notes.txt" in said, "choose another --out" in said) == (1, True, True)
    assert [path.name for path in (tmp_path / "run").iterdir()] == ["notes.txt"]
    code, _, said = command("train", folder, "--out", folder, *TOY, "--steps", 2)
    assert (code, sorted(path.name for path in folder.iterdir())) == (1, ["beasts", "tools"])


def test_files_that_are_not_what_they_should_be(tmp_path: Path) -> None:
    files = RunFolder(tmp_path)
    assert files.read_status() is None
    for content in (b"", b"{", b'{"phase": "dancing"}', b"\xff\xfe"):
        files.status_path.write_bytes(content)
        (tmp_path / "wish").write_bytes(content)
        assert files.read_status() is None
        assert files.command() is None
    files.stats_path.write_bytes(b'{"step": "a"}\n')
    with pytest.raises(TrainingError, match=r"stats\.jsonl cannot be read"):
        files.read_stats()


def test_nothing_is_left_of_a_run_that_could_not_be_begun(command: RunCommand, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    for arguments in (["train", tmp_path / "empty"], ["train", "--resume"], ["train", tmp_path / "none"]):
        code, _, said = command(*arguments, "--out", tmp_path / "run")
        assert (code, said.count("\n")) == (1, 1)
        assert not (tmp_path / "run").exists()


DEEP = b'{"data": ' + b"[" * 20_000


@pytest.mark.parametrize(
    "content", [b"", b"{}", b"[1]", b"\xff", DEEP], ids=["none", "empty", "list", "no text", "deep"]
)
def test_what_a_run_learns_from_cannot_be_read(tmp_path: Path, content: bytes) -> None:
    files = RunFolder(tmp_path)
    files.config_path.write_bytes(content)
    with pytest.raises(TrainingError, match=r"config\.json cannot be read"):
        files.read_source()
    files.status_path.write_bytes(content)
    assert files.read_status() is None


def test_a_lock_that_cannot_be_opened_is_an_error_that_is_told(tmp_path: Path) -> None:
    (tmp_path / "lock").mkdir()
    with pytest.raises(OutputError, match="cannot be written"):
        RunFolder(tmp_path).is_alive()


@pytest.mark.parametrize(
    ("progress", "share"),
    [
        (RunProgress(phase="training"), 0),
        (RunProgress(phase="training", step=5, total=20), 0.25),  # as version 0.1 wrote it
        (RunProgress(phase="training", step=5, fraction=0.5), 0.5),
        (RunProgress(phase="training", step=5, fraction=1e300), 1),
    ],
)
def test_how_much_of_a_run_is_over(progress: RunProgress, share: float) -> None:
    assert progress.share == share
