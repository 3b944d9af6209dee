"""A C library of this folder, preloaded: built where there is a compiler, and the program begun anew with it."""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

COMPILER = shutil.which("cc") or shutil.which("gcc")
POSSIBLE = sys.platform == "linux" and COMPILER is not None
IMPOSSIBLE = "needs a C compiler, and Linux's preloading"
BUILT = "PIXELFORGE_TESTS_PRELOADED"  # where this process's library is


def preloaded(name: str) -> ctypes.CDLL:
    """The library of NAME.c, in a process that has it preloaded; the first call begins this program anew."""
    path = os.environ.get(BUILT)
    if path is None:
        folder = tempfile.mkdtemp(prefix="preloaded-")
        path = str(Path(folder) / f"{name}.so")
        source = Path(__file__).with_name(f"{name}.c")
        assert COMPILER is not None, IMPOSSIBLE
        subprocess.run([COMPILER, "-shared", "-fPIC", "-O1", "-o", path, source, "-ldl"], check=True)
        command = [sys.executable, *sys.orig_argv[1:]]
        os.execve(sys.executable, command, {**os.environ, BUILT: path, "LD_PRELOAD": path})
    library = ctypes.CDLL(path)
    shutil.rmtree(Path(path).parent, ignore_errors=True)  # it is loaded
    return library
