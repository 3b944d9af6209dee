from __future__ import annotations

import platform
import resource
import subprocess
import sys

import pytest

from pixelforge.memory import give_back

PROGRAM = """
from pathlib import Path
from pixelforge.memory import give_back

def pages():
    return int(Path("/proc/self/statm").read_text().split()[1])

kept = [b'x' * 20_000 for _ in range(3_000)]  # too small for a mapping of its own each
used = pages()
del kept[:-1]  # the last stands behind the others, so that they cannot be returned from the end
before = pages()
give_back()
print(used, before, pages())
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="other C libraries have no function for it")
def test_what_is_free_goes_back_to_the_system() -> None:
    told = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True).stdout
    used, before, after = (int(number) * resource.getpagesize() / 2**20 for number in told.split())
    assert used - before < 10  # MB: else there is nothing to see
    assert before - after > 40


def test_where_there_is_no_function_for_it_nothing_happens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ctypes.CDLL", lambda name: object())
    give_back()
