"""What processes cost: the processor's time and the memory of one and of all that it started."""

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

_PROC = Path("/proc")
_KILOBYTES = 1024
# Places in /proc/<pid>/stat behind the name, which ends with the last bracket; see proc(5).
_PARENT = 1
_TIMES = slice(11, 15)  # its own in user and system mode, and those of children that have ended
_MEMORY = ("VmRSS:", "VmHWM:")


class Memory(NamedTuple):
    """What a process holds now, and the most that it has ever held, in megabytes."""

    held: float
    peak: float

    def __str__(self) -> str:
        return f"{self.held:,.0f} MB, {self.peak:,.0f} MB at its peak"


def cpu_seconds(root: int) -> float:
    """The processor time that a process and all below it have used, those that ended included."""
    ticks = sum(map(_ticks, _tree(root)))
    return ticks / os.sysconf("SC_CLK_TCK")


def memory(root: int) -> Memory:
    """The memory of whichever holds most: a process, or one of all below it."""
    return max((_memory(pid) for pid in _tree(root)), key=lambda found: found.held)


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


def _ticks(pid: int) -> int:
    """Of one that has ended since it was listed, the parent has the times by now."""
    with suppress(FileNotFoundError, ProcessLookupError):
        return sum(map(int, _stat(pid)[_TIMES]))
    return 0


def _stat(pid: int) -> list[str]:
    return (_PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()


def _memory(pid: int) -> Memory:
    lines = (line.split() for line in (_PROC / str(pid) / "status").read_text().splitlines())
    kilobytes = {words[0]: int(words[1]) for words in lines if words[0] in _MEMORY}
    return Memory(*(kilobytes[name] / _KILOBYTES for name in _MEMORY))
