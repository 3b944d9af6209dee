"""The self-test, from source: that it works, that it fails where a part does, and that it leaves the user's things."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

USERS = ("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME", "LOCALAPPDATA", "APPDATA")


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """A user's, with an empty home."""
    (tmp_path / "home").mkdir()
    mine = {name: str(tmp_path / "home") for name in USERS}
    return {**os.environ, **mine, "QT_QPA_PLATFORM": "offscreen", "OMP_NUM_THREADS": "1"}


def run(environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pixelforge", *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=200, check=False)


def test_it_tries_every_part_and_leaves_nothing(environment: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "temporary").mkdir()
    result = run({**environment, "TMPDIR": str(tmp_path / "temporary")}, "--self-test")
    found = json.loads(result.stdout)
    assert found["failed"] == {}
    assert (result.returncode, found["ok"], found["packaged"]) == (0, True, False)
    assert list(found["seconds"]) == ["window", "first_sprite", "sprites", "export", "training", "total"]
    assert all(seconds > 0 for seconds in found["seconds"].values())
    assert found["engine"] in ("onnxruntime", "torch")  # by the device that there is
    assert len(result.stdout.splitlines()) == 1
    assert list((tmp_path / "temporary").glob("pixelforge*")) == []
    assert [path for path in (tmp_path / "home").rglob("*") if path.is_file()] == []


def test_a_window_that_cannot_be_opened_is_named(environment: dict[str, str]) -> None:
    script = (
        "import json; from pixelforge import self_test;"
        "self_test.PARTS = {'window': self_test.PARTS['window']};"
        "from pixelforge.cli.app import main; main(['--self-test'])"
    )
    result = subprocess.run(
        [sys.executable, "-c", script],
        env={**environment, "QT_QPA_PLATFORM": "nothing"},
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    found = json.loads(result.stdout)
    assert (result.returncode, found["ok"], list(found["failed"])) == (1, False, ["window"])
    assert found["engine"] == ""
    assert "The window cannot be opened" in found["failed"]["window"]


def test_a_window_without_a_model_says_so(environment: dict[str, str], tmp_path: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from pixelforge.gui import rehearsal;"
        "rehearsal.list_models = lambda: []; sys.exit(rehearsal.rehearse(Path(sys.argv[1]), print))"
    )
    command = [sys.executable, "-c", script, str(tmp_path)]
    result = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=100, check=False)
    assert result.returncode == 1
    assert "no model" in result.stderr
    assert "sprite" not in result.stdout
