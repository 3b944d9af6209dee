"""What a power cut may leave of an export, a set, a stroke, a history and a training's save; see replay.py."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.robustness.preloading import IMPOSSIBLE, POSSIBLE


@pytest.mark.skipif(not POSSIBLE, reason=IMPOSSIBLE)
def test_a_power_cut_at_any_moment_leaves_old_or_new() -> None:
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "QT_QPA_PLATFORM": "offscreen"}
    command = [sys.executable, "-m", "tests.robustness.replay"]
    result = subprocess.run(
        command, cwd=Path(__file__).parents[2], env=environment, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stdout + result.stderr
    counts = [int(count) for count in re.findall(r": (\d+) states", result.stdout)]
    assert len(counts) == 8
    assert min(counts) >= 4  # as many moments as that are unlike
