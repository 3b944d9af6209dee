"""Every call of the short scenes fails once, fails from then on, or is a kill; see faults.py for the rules."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.robustness.preloading import IMPOSSIBLE, POSSIBLE


@pytest.mark.skipif(not POSSIBLE, reason=IMPOSSIBLE)
@pytest.mark.timeout(600)  # a minute and a half on a quiet machine
def test_every_rule_holds_after_every_fault() -> None:
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-m", "tests.robustness.faults"]
    result = subprocess.run(
        command, cwd=Path(__file__).parents[2], env=environment, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stdout + result.stderr
    counts = [int(count) for count in re.findall(r": (\d+) faults", result.stdout)]
    assert len(counts) == 9
    assert min(counts) >= 30  # as many calls as that are there to fail
