"""How many threads an engine on the CPU takes."""

from __future__ import annotations

import os
from pathlib import Path

TOPOLOGY = "/sys/devices/system/cpu/cpu{}/topology/thread_siblings_list"  # Linux: the processors that share a core


def num_threads() -> int:
    """OMP_NUM_THREADS where it says, as torch takes it, else the cores that this process may use; 1 or more.

    Two threads on one core only get in each other's way. Where the cores are not told, half of the processors: two
    share a core, or half of them are made to be slow.
    """
    told = os.environ.get("OMP_NUM_THREADS", "").partition(",")[0].strip()
    if told.isdecimal() and int(told) > 0:
        return int(told)
    try:
        usable = os.sched_getaffinity(0)
        return len({Path(TOPOLOGY.format(processor)).read_text() for processor in usable})
    except (AttributeError, OSError):  # no Linux; a container without that folder
        return max(1, (os.cpu_count() or 1) // 2)
