"""Files that are small and ask for much are read, or refused in words, in bounded memory and time; see budgets.py.

Here a third of what may lie in the place of any file, and of each format all but the dearest; by hand it is all.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.fuzz.readers import READERS
from tests.robustness.costly.special import SPECIAL

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="limits a process by what Linux counts")


def test_every_reader_keeps_to_its_budget() -> None:
    command = [sys.executable, "-m", "tests.robustness.budgets", "--short"]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    result = subprocess.run(
        command, cwd=Path(__file__).parents[2], env=environment, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stdout + result.stderr
    assert len(result.stdout.splitlines()) > 100


def test_the_short_run_has_something_of_everything() -> None:
    from tests.robustness.budgets import DEAR, costly_files  # what it imports is there on Unix alone

    names = [costly.name for costly in costly_files()]
    assert set(names) >= DEAR
    tried = [costly.name.split(": ") for costly in costly_files() if costly.short]
    assert {reader for reader, _ in tried} >= {reader.name for reader in READERS}
    assert {what for _, what in tried} >= {put.__name__ for put in SPECIAL}
