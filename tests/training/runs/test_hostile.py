"""A stranger's run folder: whatever lies in it, resuming ends soon, in words, and writes nowhere else."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pixelforge.errors import OutputError
from pixelforge.gui.shared.child import start_detached
from pixelforge.services.training_runs import complaint, unfinished_runs
from tests.conftest import RunCommand
from tests.tiny import TINY
from tests.training.conftest import write_sprites
from tests.training.making import begin_run, config_of
from training.data.sprites import load_sprites
from training.learning.config import TrainConfig
from training.runs.folder import RunFolder

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="POSIX pipes and links")

FILES = ("config.json", "status.json", "stats.jsonl", "state.pt", "snapshot.safetensors", "best.safetensors", "wish")


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("begun")
    data = load_sprites(write_sprites(folder / "sprites"), 8)
    settings = TrainConfig(steps=2, batch_size=4, warmup_steps=1, evaluate_every=1, sample_every=1, save_every=1)
    begin_run(folder / "run", config_of(data, replace(TINY, prediction="v", palette=()), settings), data).save()
    return folder / "run"


@pytest.fixture
def run(begun: Path, tmp_path: Path) -> Path:
    """A run that has been begun, which every test spoils in another way."""
    return Path(shutil.copytree(begun, tmp_path / "runs" / "run"))


@pytest.fixture
def resume(command: RunCommand, run: Path) -> Callable[[], tuple[int, str]]:
    def resumed() -> tuple[int, str]:
        code, _, err = command("train", "--resume", "--out", run, "--device", "cpu")
        return code, err

    return resumed


def put(path: Path, make: Callable[[Path], Any]) -> None:
    path.unlink(missing_ok=True)
    make(path)


def test_one_that_is_not_spoilt_is_resumed(resume) -> None:
    assert resume()[0] == 0


@pytest.mark.timeout(60)
@pytest.mark.parametrize("name", [*FILES, "log.txt", "lock"])
def test_a_pipe_or_a_link_in_place_of_a_file(run: Path, resume, tmp_path: Path, name: str) -> None:
    victim = tmp_path / "victim"
    victim.write_text("mine")
    for make in (os.mkfifo, lambda path: path.symlink_to("/dev/zero"), lambda path: path.symlink_to(victim)):
        put(run / name, make)
        code, err = resume()
        assert code == 1
        assert str(run / name) in err
        assert err.count("\n") == 1
        assert victim.read_text() == "mine"


@pytest.mark.timeout(60)
@pytest.mark.parametrize("name", ["config.json", "status.json", "log.txt"])
def test_the_window_waits_for_no_pipe(run: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setattr("pixelforge.services.training_runs.user_runs_folder", lambda: run.parent)
    put(run / name, os.mkfifo)
    for files in unfinished_runs():
        assert complaint(files) is None
    assert RunFolder(run).read_stats() == []


def test_samples_are_written_into_the_run_alone(run: Path, resume, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (run / "samples").symlink_to(tmp_path / "elsewhere")
    code, err = resume()
    assert (code, "samples" in err) == (1, True)
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_a_log_that_leads_elsewhere_is_not_written(run: Path, tmp_path: Path) -> None:
    (run / "log.txt").symlink_to(tmp_path / "victim")
    with pytest.raises(OutputError, match=r"log\.txt is a link"):
        start_detached(["--version"], run / "log.txt")
    assert not (tmp_path / "victim").exists()


@pytest.mark.timeout(60)
@pytest.mark.parametrize(
    ("part", "changes", "word"),
    [
        ("training", {"batch_size": 10**9}, "batch_size"),
        ("model", {"base_width": 1024, "multipliers": [16, 16], "blocks_per_level": 8}, "weights"),
        ("model", {"image_size": 64, "attention_levels": [0]}, "attention"),
    ],
)
def test_absurd_numbers_are_refused(run: Path, resume, part: str, changes: dict[str, Any], word: str) -> None:
    path = run / "config.json"
    config = json.loads(path.read_text())
    config[part] |= changes
    path.write_text(json.dumps(config))
    code, err = resume()
    assert (code, err.count("\n")) == (1, 1), err
    assert word in err


def test_a_sparse_file_is_not_read_whole(run: Path, resume) -> None:
    for name in ("config.json", "stats.jsonl", "state.pt"):
        kept = (run / name).read_bytes() if (run / name).exists() else None
        with (run / name).open("wb") as file:
            file.truncate(2**40)
        code, err = resume()
        assert (code, name in err) == (1, True)
        assert "too large" in err
        (run / name).unlink()
        if kept is not None:
            (run / name).write_bytes(kept)
