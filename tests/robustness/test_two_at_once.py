"""A few dozen of the things that two windows and three command lines do at once; by hand it is two thousand."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.skipif(sys.platform == "win32", reason="forks")
def test_nothing_is_lost_or_replaced_unasked() -> None:
    command = [sys.executable, "-m", "tests.robustness.two_at_once", "--operations", "60"]
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "QT_QPA_PLATFORM": "offscreen"}
    result = subprocess.run(
        command, cwd=Path(__file__).parents[2], env=environment, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stdout + result.stderr
    for what in ("kept", "gathered", "imported", "made", "described"):
        assert f"{what}: " in result.stdout  # there was something to be lost
