"""Has torch be as if it were not installed: `PROGRAM` goes before what a process of its own is to do."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from pathlib import Path

PROGRAM = """
import importlib.abc, os, sys

class Refusing(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == "torch":
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, Refusing())
os.environ["QT_QPA_PLATFORM"] = "offscreen"

def run(*arguments):
    from pixelforge.start import main
    sys.argv[1:] = map(str, arguments)
    try:
        main()
    except SystemExit as end:
        return end.code or 0
"""


def run_without_torch(code: str, *arguments: object, folder: Path) -> str:
    """What a program prints on stdout and stderr; it has to end well."""
    program = PROGRAM + textwrap.dedent(code) + "\nassert 'torch' not in sys.modules\n"
    ended = subprocess.run(
        [sys.executable, "-c", program, *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd=folder,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout
    return ended.stdout
