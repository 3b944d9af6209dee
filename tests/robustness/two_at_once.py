"""Two windows and three command lines at once over one library, history, settings and project.

`python -m tests.robustness.two_at_once [--operations 2000] [--seed 0]`: each process does its share at random and takes
down what it was told was done. Nothing of that may be lost, and nothing replaced by what nobody was asked about; exit
code 1 where it is. The windows are models without widgets.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from tests.robustness.sharing import commands, judging, windows
from tests.robustness.sharing.told import Book, read_books

WINDOWS, COMMAND_LINES = 2, 3


def share(home: Path, operations: int, seed: int) -> None:
    """Have all of them work at once."""
    begin, go = os.pipe()
    children = [_begun(home, number, operations, seed, (begin, go)) for number in range(WINDOWS + COMMAND_LINES)]
    os.close(begin)
    os.close(go)  # at which all of them begin
    for child in children:
        assert os.waitpid(child, 0)[1] == 0


def _begun(home: Path, number: int, operations: int, seed: int, gate: tuple[int, int]) -> int:
    child = os.fork()
    if child:
        return child
    code = 1
    try:
        os.close(gate[1])
        book = Book(home, number)
        kind: Callable[[Path, Book, int], windows.Window | commands.CommandLine]
        kind = windows.Window if number < WINDOWS else commands.CommandLine
        worker = kind(home, book, 100 * seed + number)
        os.read(gate[0], 1)
        book.of(lambda: worker.work(operations // (WINDOWS + COMMAND_LINES)))
        book.of(worker.close)
        code = 0
    finally:
        os._exit(code)


def main() -> int:
    """Let them work, then look for all that they were told; 1 where something is missing."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--operations", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="sharing-") as folder:
        home = Path(folder).resolve()
        judging.prepare(home)
        share(home, options.operations, options.seed)
        told = read_books(home)
        broken = judging.judge(home, told)
    counts = Counter(one["what"] for one in told)
    print(", ".join(f"{what}: {count}" for what, count in sorted(counts.items())))
    for what, count in Counter(line for line in broken).most_common(40):
        print(f"BROKEN {count} times: {what}" if count > 1 else f"BROKEN: {what}")
    print(f"{options.operations} operations, {len(broken)} against a rule")
    return int(bool(broken))


if __name__ == "__main__":
    sys.exit(main())
