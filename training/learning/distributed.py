"""Several processes on one run, begun by torchrun; one process alone is the same with nobody to talk to.

Every process draws the same batch and takes its own rows of it, so the steps do not depend on how many there are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

import torch
from torch import Tensor, distributed, nn
from torch.nn.parallel import DistributedDataParallel

from pixelforge.core.device import pick_device
from pixelforge.errors import Remedy, TrainingError
from pixelforge.processes import Place

T = TypeVar("T")


class Processes:
    """This process among those of its run."""

    def __init__(self, rank: int = 0, count: int = 1, local_rank: int = 0) -> None:
        self.rank = rank
        self.count = count
        self._local_rank = local_rank

    @property
    def leads(self) -> bool:
        """Whether this is the one that writes and speaks."""
        return self.rank == 0

    def device(self, name: str) -> torch.device:
        """The device of this process: on CUDA, each of a machine's has its own. Raises RequestError."""
        kind = pick_device(name)
        return torch.device(kind, self._local_rank) if kind == "cuda" and self.count > 1 else torch.device(kind)

    def parallel(self, network: nn.Module) -> nn.Module:
        """The network, its gradients averaged over all processes."""
        if self.count == 1:
            return network
        return DistributedDataParallel(network, broadcast_buffers=False)  # they are constants

    def rows(self, size: int) -> slice:
        """Which rows of a batch are this process's. Raises TrainingError if they cannot be shared evenly."""
        if size % self.count:
            raise TrainingError(f"A batch of {size} cannot be shared by {self.count} processes.", Remedy.OTHER_BATCH)
        share = size // self.count
        return slice(self.rank * share, (self.rank + 1) * share)

    def mean(self, value: Tensor) -> float:
        """The mean of a number over all processes."""
        value = value.detach()
        if self.count > 1:
            value = value.clone()
            distributed.all_reduce(value)
            value /= self.count
        return float(value)

    def any(self, flag: bool) -> bool:
        """Whether it is true in any process."""
        if self.count == 1:
            return flag
        flags = torch.tensor(float(flag))
        distributed.all_reduce(flags, distributed.ReduceOp.MAX)
        return bool(flags)

    def as_led(self, *numbers: float) -> tuple[float, ...]:
        """The numbers of the leading process, in all of them."""
        if self.count == 1:
            return numbers
        told = torch.tensor(numbers, dtype=torch.float64)
        distributed.broadcast(told, src=0)
        return tuple(told.tolist())

    def led(self, begin: Callable[[], T]) -> T | None:
        """The result of what the leading process alone does. The others wait and get None; if it fails, they exit."""
        failed = True
        try:
            result = begin() if self.leads else None
            failed = False
        finally:
            failed = self.any(failed)
        if failed:
            raise SystemExit(1)  # the leading process says why
        return result


@contextmanager
def joined() -> Iterator[Processes]:
    """The processes that torchrun began, or this one alone.

    Where one of them dies, the others end with a TrainingError; their state is that of the last save.
    """
    place = Place.of_this()
    if place.count == 1:
        yield Processes()
        return
    # Gradients meet on the GPUs, flags and losses on the CPU, so both need a way.
    distributed.init_process_group("cpu:gloo,cuda:nccl" if torch.cuda.is_available() else "gloo")
    try:
        yield Processes(distributed.get_rank(), place.count, place.local_rank)
    except (distributed.DistBackendError, distributed.DistNetworkError) as error:
        raise _gone() from error
    except RuntimeError as error:
        if any(words in str(error).lower() for words in ("gloo", "connection", "peer")):
            raise _gone() from error
        raise
    finally:
        distributed.destroy_process_group()


def _gone() -> TrainingError:
    return TrainingError("Another process of this run has ended, and with it all of them.", Remedy.RESUME)
