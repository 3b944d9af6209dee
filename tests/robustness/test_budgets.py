"""Files that are small and ask for much are read, or refused in words, in bounded memory and time; see budgets.py."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.skipif(sys.platform != "linux", reason="limits a process by what Linux counts")
@pytest.mark.timeout(1200)
def test_every_reader_keeps_to_its_budget() -> None:
    command = [sys.executable, "-m", "tests.robustness.budgets"]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    result = subprocess.run(
        command, cwd=Path(__file__).parents[2], env=environment, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stdout + result.stderr
    assert len(result.stdout.splitlines()) > 250
