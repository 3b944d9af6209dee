"""How many threads an engine on the CPU takes."""

from __future__ import annotations

import os
from pathlib import Path

TOPOLOGY = "/sys/devices/system/cpu/cpu{}/topology/thread_siblings_list"  # Linux: the processors that share a core
ITS_OWN = 0  # as many as the engine thinks best


def num_threads() -> int:
    """OMP_NUM_THREADS where it says, as torch takes it, else the cores that this process may use; ITS_OWN elsewhere.

    Two threads on one core only get in each other's way. ITS_OWN counts cores as well, but on Linux it would also bind
    each thread to one, whatever else runs there.
    """
    told = os.environ.get("OMP_NUM_THREADS", "").partition(",")[0].strip()
    if told.isdecimal() and int(told) > 0:
        return int(told)
    try:
        usable = os.sched_getaffinity(0)
        return len({Path(TOPOLOGY.format(processor)).read_text() for processor in usable})
    except (AttributeError, OSError):  # no Linux; a container without that folder
        return ITS_OWN
