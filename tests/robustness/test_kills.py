"""A kill or two in every scenario; `python -m tests.robustness.kills` does fifty."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.skipif(sys.platform == "win32", reason="forks")
def test_nothing_is_lost_by_a_kill() -> None:
    root = Path(__file__).parents[2]
    command = [sys.executable, "-m", "tests.robustness.kills", "--rounds", "1"]
    result = subprocess.run(
        command, cwd=root, env={**os.environ, "OMP_NUM_THREADS": "1"}, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stderr
    assert result.stdout.count("nothing lost") == 7
