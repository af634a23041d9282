"""What was sent, with numbers instead of ids and with its places in the input."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Self

from schema.declaration.ids import decode
from schema.lesson_recording import LessonEntryInput, LessonMarkInput, RecordLessonInput

At = tuple[str, ...]


@dataclass(frozen=True)
class Slip:
    """One mark of the sheet, and why it is changed if it is."""

    at: At
    told: LessonMarkInput
    number: int | None
    reason: str

    @property
    def is_new(self) -> bool:
        """Whether it is to be given."""
        return self.told.mark_id is None


@dataclass(frozen=True)
class Row:
    """One pupil of the sheet."""

    at: At
    told: LessonEntryInput
    student_id: int | None
    slips: Sequence[Slip]


@dataclass(frozen=True)
class Sheet:
    """All that was sent."""

    told: RecordLessonInput
    rows: Sequence[Row]

    @classmethod
    def of(cls, told: RecordLessonInput) -> Self:
        """Raises BadUserInput for what is no id."""
        return cls(told, [_row(place, each, told) for place, each in enumerate(told.entries)])

    @property
    def slips(self) -> Iterator[Slip]:
        """All marks, in the order of the input."""
        return (slip for row in self.rows for slip in row.slips)


def _row(place: int, entry: LessonEntryInput, told: RecordLessonInput) -> Row:
    at = ("entries", str(place))
    slips = [
        Slip(
            (*at, "marks", str(number)),
            mark,
            decode("Mark", mark.mark_id) if mark.mark_id is not None else None,
            (told.reason if mark.reason is None else mark.reason) or "",
        )
        for number, mark in enumerate(entry.marks)
    ]
    return Row(at, entry, decode("Student", entry.student_id), slips)
