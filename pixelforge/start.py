"""Where the program begins: the window by the shortest way, all else by way of the command line."""

from __future__ import annotations

import os
import sys
from functools import partial
from pathlib import Path

from pixelforge.executable import REHEARSAL

# How often torch's idle threads look for work before they sleep. By default they spin for milliseconds: where another
# program needs a core, that makes a run many times slower. Without any spinning, a run alone takes twice as long.
SPIN_COUNT = "5000"


def main() -> None:
    """Do what the arguments ask for, and exit."""
    os.environ.setdefault("GOMP_SPINCOUNT", SPIN_COUNT)
    if len(sys.argv) == 1 or sys.argv[1] == REHEARSAL:
        _open_window()
    else:
        from pixelforge.cli.app import main as command_line

        command_line()


def _open_window() -> None:
    """Not by the command line, whose commands take half as long to load as all of the window."""
    import gc

    gc.disable()  # hundreds of modules are loaded, and nothing of that is garbage; the window enables it again
    try:
        from pixelforge.files import check_folder

        check_folder()
        if len(sys.argv) > 1:
            from pixelforge.gui.rehearsal import rehearse

            sys.exit(rehearse(Path(sys.argv[2]), partial(print, flush=True)))
        from pixelforge.gui.app import run

        sys.exit(run())
    except (Exception, KeyboardInterrupt):
        from pixelforge import console

        with console.ending():
            raise
