"""What looks for faults, power cuts and races can fail: it finds what is wrong where a precaution is taken away."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.robustness.preloading import IMPOSSIBLE, POSSIBLE

pytestmark = pytest.mark.skipif(not POSSIBLE, reason=IMPOSSIBLE)


@pytest.mark.parametrize(
    ("precaution", "found"),
    [
        ("syncing", "neither old nor new"),
        ("syncing folders", "at the end: what was said to be done is gone"),
        ("putting back", "not as it was after an error"),
        ("removing", "temporary files are left"),
        ("words", "a trace"),
        ("waiting", "said last is gone"),
    ],
)
def test_what_is_taken_away_is_missed(precaution: str, found: str) -> None:
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "QT_QPA_PLATFORM": "offscreen"}
    command = [sys.executable, "-m", "tests.robustness.broken", precaution]
    result = subprocess.run(
        command, cwd=Path(__file__).parents[2], env=environment, capture_output=True, text=True, check=False
    )
    assert result.returncode == 1, result.stdout + result.stderr
    assert found in result.stdout + result.stderr
