"""A run takes no more memory than is free: what does not fit fails by itself, where the system would first bring all else
on the machine to a halt, and then end a process of its own choice.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import psutil
import torch

RESERVE_SHARE = 0.05
"""Of the machine's memory, for what others come to need and for the programs that the system keeps in it."""


@contextmanager
def within_free_memory(device: torch.device) -> Iterator[None]:
    """Has allocations of this process fail that want more than what is free now; see `memory_errors` for what they raise.

    Only for the CPU, whose memory is the system's, and on Linux, which counts what a process may write to itself
    (`RLIMIT_DATA`, man 2 setrlimit). Two runs that begin at the same time may still want too much together.
    """
    if device.type != "cpu" or sys.platform != "linux":
        yield
        return
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_DATA)
    limit = psutil.Process().memory_info().data + free_memory()
    if hard != resource.RLIM_INFINITY:
        limit = min(limit, hard)
    resource.setrlimit(resource.RLIMIT_DATA, (limit, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_DATA, (soft, hard))


def free_memory() -> int:
    """Bytes that a run may take; at least half of what is free, however little that is."""
    memory = psutil.virtual_memory()
    return int(max(memory.available - RESERVE_SHARE * memory.total, memory.available / 2))
