"""What processes cost: the processor's time and the memory of one and of all that it started."""

import os
from collections.abc import Iterator
from pathlib import Path

_PROC = Path("/proc")
_KILOBYTES = 1024
# Places in /proc/<pid>/stat behind the name, which ends with the last bracket; see proc(5).
_PARENT = 1
_TIMES = slice(11, 15)  # its own in user and system mode, and those of children that have ended


def cpu_seconds(root: int) -> float:
    """The processor time that a process and all below it have used, those that ended included."""
    ticks = sum(int(each) for pid in _tree(root) for each in _stat(pid)[_TIMES])
    return ticks / os.sysconf("SC_CLK_TCK")


def peak_megabytes(root: int) -> float:
    """The most memory that any one of the processes has held: a process and all below it."""
    return max(_peak(pid) for pid in _tree(root))


def parent_of(pid: int) -> int:
    """The process that started it."""
    return int(_stat(pid)[_PARENT])


def _tree(root: int) -> Iterator[int]:
    yield root
    for child in _children(root):
        yield from _tree(child)


def _children(pid: int) -> list[int]:
    # Each thread has its own, and any of them may have started a process.
    threads = (_PROC / str(pid) / "task").glob("*/children")
    return [int(child) for each in threads for child in each.read_text().split()]


def _stat(pid: int) -> list[str]:
    return (_PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()


def _peak(pid: int) -> float:
    lines = (_PROC / str(pid) / "status").read_text().splitlines()
    peak = next((line for line in lines if line.startswith("VmHWM")), "VmHWM: 0 kB")
    return int(peak.split()[1]) / _KILOBYTES
