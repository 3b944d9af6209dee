"""How a run stands, judged by what a look at its folder found. Without Qt and without files."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

from training.runs.folder import OVER, RunPhase

GRACE = 60.0  # seconds in which a process must have taken its run: it loads torch before


@dataclass(frozen=True, kw_only=True)
class Seen:
    """What there is to judge by."""

    alive: bool | None  # whether a process has the run now; None where that could not be told
    taken: bool = False  # whether one had it at an earlier look
    phase: RunPhase  # as the run told it last
    waited: float  # seconds since its process was launched
    complaint: str = ""  # what its process says went wrong
    trouble: str = ""  # why it could not be told whether one has it
    resumable: bool = False


class Standing(Enum):
    """What is to be done about a run."""

    UNSURE = auto()  # nothing: the next look may tell
    AWAITED = auto()  # its process is on its way
    TRAINED = auto()  # a process has it, at work or pausing
    HALTED = auto()  # the user stopped it
    OVER = auto()  # its model is there
    FAILED = auto()  # it ended early, and nobody asked it to


@dataclass(frozen=True)
class Verdict:
    """How a run stands, and what the user is told of it."""

    standing: Standing
    note: str = ""

    @property
    def running(self) -> bool:
        """Whether it is to be watched on."""
        return self.standing in (Standing.UNSURE, Standing.AWAITED, Standing.TRAINED)


def judge(seen: Seen) -> Verdict:
    """The verdict on what was seen."""
    if seen.alive is None:
        return Verdict(Standing.UNSURE, seen.trouble)
    if seen.alive:
        return Verdict(Standing.TRAINED)
    began = seen.taken or seen.phase != "preparing"
    if not began and not seen.complaint and seen.waited < GRACE:
        return Verdict(Standing.AWAITED)
    if seen.phase in OVER:
        return Verdict(Standing.OVER)
    if seen.phase == "halted":
        return Verdict(Standing.HALTED, "Stopped. It can be resumed at any time.")
    again = " It can be resumed: New training…" if seen.resumable else ""
    return Verdict(Standing.FAILED, (seen.complaint or "Its process was ended from outside.") + again)
