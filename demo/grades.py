"""How marks are spread: over all pupils as in a real sample, over one pupil by ability."""

from bisect import bisect_right

# Shares of 2, 3, 4 and 5. Origin: the final marks (G3, 0–20) of 649 pupils in "Student
# Performance" by P. Cortez and A. Silva (UCI, 2008, CC BY 4.0), read as below 10, 10–11, 12–14 and
# 15–20: 100, 201, 217 and 131 pupils.
SHARES = {2: 100 / 649, 3: 201 / 649, 4: 217 / 649, 5: 131 / 649}
_BELOW = (100 / 649, 301 / 649, 518 / 649)

BEST = 5
LEVELS = 240
VALUES_A_LEVEL = 64
# How far from the ability a single mark may fall, as a share of all marks.
_SPREAD = 0.7
_OTHER_SUBJECTS = 24


def _values(level: int) -> tuple[int, ...]:
    """Return equally likely marks of a pupil whose ability exceeds that of so many levels.

    A mark's rank is the ability's own plus an even deviation, turned back at both ends. Ranks of
    all levels together are then as even as the levels are, so SHARES hold for all marks.
    """
    ability = (level + 0.5) / LEVELS
    deviations = ((n + 0.5) / VALUES_A_LEVEL - 0.5 for n in range(VALUES_A_LEVEL))
    ranks = (_turned_back(ability + _SPREAD * deviation) for deviation in deviations)
    return tuple(2 + bisect_right(_BELOW, rank) for rank in ranks)


def _turned_back(rank: float) -> float:
    if rank < 0:
        return -rank
    return 2 - rank if rank > 1 else rank


VALUES = tuple(_values(level) for level in range(LEVELS))


def in_subject(level: int, student: int, subject: int) -> int:
    """Return the pupil's level in one subject: some go better than others."""
    deviation = (student * 31 + subject * 17) % (2 * _OTHER_SUBJECTS + 1) - _OTHER_SUBJECTS
    moved = level + deviation
    if moved < 0:
        return -moved - 1
    return 2 * LEVELS - 1 - moved if moved >= LEVELS else moved
