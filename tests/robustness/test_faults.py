"""Every call of the short scenes fails once, fails from then on, or is a kill; see faults.py for the rules."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

COMPILER = shutil.which("cc") or shutil.which("gcc")


@pytest.mark.skipif(sys.platform != "linux" or COMPILER is None, reason="needs a C compiler, and Linux's preloading")
@pytest.mark.timeout(600)
def test_every_rule_holds_after_every_fault(tmp_path: Path) -> None:
    root, library = Path(__file__).parents[2], tmp_path / "faults.so"
    source = Path(__file__).with_name("faults.c")
    assert COMPILER is not None
    subprocess.run([COMPILER, "-shared", "-fPIC", "-O1", "-o", library, source, "-ldl"], check=True)
    environment = {**os.environ, "LD_PRELOAD": str(library), "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-m", "tests.robustness.faults", str(library)]
    result = subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr
    counts = [int(count) for count in re.findall(r": (\d+) faults", result.stdout)]
    assert len(counts) == 5
    assert min(counts) >= 30  # as many calls as that are there to fail
