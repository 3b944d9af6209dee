"""What a process has been told was done, a line each, so that it can be looked for afterwards."""

from __future__ import annotations

import json
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

Told = dict[str, Any]


class Book:
    """Takes down what one process has done; whoever judges reads it when all are done."""

    def __init__(self, folder: Path, number: int) -> None:
        self.number = number
        self._path = folder / f"told-{number}.jsonl"

    def put(self, what: str, **more: Any) -> None:
        """What was said to be done, or went wrong."""
        with self._path.open("a") as file:
            file.write(json.dumps({"what": what, "who": self.number, **more}) + "\n")

    def of(self, work: Callable[[], object]) -> None:
        """Do something; whatever nobody expected is taken down too."""
        try:
            work()
        except BaseException:  # noqa: BLE001 - it is told to whoever judges, and the others go on
            self.put("trace", text=traceback.format_exc())
            sys.stdout.flush()


def read_books(folder: Path) -> list[Told]:
    """What all of them took down."""
    return [json.loads(line) for path in sorted(folder.glob("told-*")) for line in path.read_text().splitlines()]
