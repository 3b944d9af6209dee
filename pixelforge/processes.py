"""Which of the processes that torchrun began this one is."""

from __future__ import annotations

import os
from dataclasses import dataclass

from pixelforge.errors import RequestError

MOST = 100_000


@dataclass(frozen=True)
class Place:
    """This process among those of its work, as torchrun tells it by RANK, WORLD_SIZE and LOCAL_RANK."""

    rank: int = 0
    count: int = 1
    local_rank: int = 0  # among those of its machine

    @staticmethod
    def of_this() -> Place:
        """Whoever was begun alone is told nothing. Raises RequestError for what torchrun would not tell."""
        rank, count, local = (_told(name, usual) for name, usual in (("RANK", 0), ("WORLD_SIZE", 1), ("LOCAL_RANK", 0)))
        if not 0 <= rank < count <= MOST or local < 0:
            raise RequestError(
                f"RANK={rank} and WORLD_SIZE={count} are told, but there is no process {rank} of {count}."
            )
        return Place(rank, count, local)

    def share(self, count: int) -> range:
        """Which of `count` things are this process's."""
        return range(count * self.rank // self.count, count * (self.rank + 1) // self.count)


def _told(name: str, usual: int) -> int:
    text = os.environ.get(name, "").strip() or str(usual)
    try:
        return int(text)
    except ValueError as error:
        raise RequestError(f"{name} is {text!r}, which is no number of processes.") from error
