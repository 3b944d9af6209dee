"""How soon the command line answers: `python -m tests.benchmarks.startup`."""

from __future__ import annotations

import subprocess
import sys

from tests.benchmarks.machine import best_seconds

COMMANDS = {
    "pixelforge --help": [sys.executable, "-m", "pixelforge", "--help"],
    "python -c pass": [sys.executable, "-c", "pass"],
}


def main() -> None:
    for name, command in COMMANDS.items():
        seconds = best_seconds(lambda command=command: subprocess.run(command, capture_output=True, check=True))
        print(f"{name}: {seconds:.2f} s")


if __name__ == "__main__":
    main()
