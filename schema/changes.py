"""What listeners are told of each area, and of all areas together."""

import strawberry

from models import EventChangeKind
from schema.absences import AbsenceAlert, AbsenceNote
from schema.change_kinds import ChangeArea, ChangeKind
from schema.declaration import describe_enum, found, payload
from schema.events import SchoolEvent
from schema.homework import Homework
from schema.homework_answers import HomeworkAnswer
from schema.journal import Assignment, Attendance, Debt, Mark
from schema.messages.message import Message
from schema.messages.reports import MessageReport
from schema.notices import ServiceNotice
from schema.period_marks import PeriodMark
from schema.timetable import Lesson

CURSOR = "Pass the last one as `after` to miss nothing and hear nothing twice."

describe_enum(
    EventChangeKind,
    "What was done to an event.",
    PUBLISHED="It was announced.",
    CHANGED="Its time, place or text was changed.",
    CANCELLED="It was called off.",
)


@payload
class AttendanceChange:
    """Something that was done to a pupil's attendance, told after it was committed."""

    cursor: str = strawberry.field(description=CURSOR)
    kind: ChangeKind = strawberry.field(description="RECORDED or CORRECTED.")
    attendance_id: strawberry.ID = strawberry.field(description="The attendance's id.")
    attendance: Attendance | None = found(description="The attendance as it is now.")


@payload
class AbsenceNoteChange:
    """A note about absence that was written, decided on or taken back, told after its commit."""

    cursor: str = strawberry.field(description=CURSOR)
    kind: ChangeKind = strawberry.field(description="SUBMITTED, APPROVED, DECLINED or REMOVED.")
    note_id: strawberry.ID = strawberry.field(description="The note's id.")
    note: AbsenceNote | None = found(
        description="The note as it is now; one that was taken back says so by its state."
    )


@payload
class AbsenceAlertChange:
    """That a pupil has missed too much of a term, told after its commit."""

    cursor: str = strawberry.field(description=CURSOR)
    kind: ChangeKind = strawberry.field(description="RECORDED.")
    alert_id: strawberry.ID = strawberry.field(description="The alert's id.")
    alert: AbsenceAlert | None = found(description="The alert.")


@payload
class HomeworkChange:
    """Homework that was given or changed, told after it was committed."""

    cursor: str = strawberry.field(description=CURSOR)
    kind: ChangeKind = strawberry.field(description="ASSIGNED, CHANGED or REMOVED.")
    homework_id: strawberry.ID = strawberry.field(description="The homework's id.")
    homework: Homework | None = found(description="The homework as it is now.")


@payload
class HomeworkAnswerChange:
    """Something that a pupil has done of homework, or a teacher with it; told after its commit."""

    cursor: str = strawberry.field(description=CURSOR)
    kind: ChangeKind = strawberry.field(description="RECORDED, CHANGED or READ.")
    answer_id: strawberry.ID = strawberry.field(description="The answer's id.")
    answer: HomeworkAnswer | None = found(description="The answer as it is now.")


@payload
class AssignmentChange:
    """A work that was set, moved, changed or taken back, told after its commit."""

    cursor: str = strawberry.field(description=CURSOR)
    kind: ChangeKind = strawberry.field(
        description="ASSIGNED; MOVED to another day; CHANGED otherwise; or REMOVED."
    )
    assignment_id: strawberry.ID = strawberry.field(description="The work's id.")
    assignment: Assignment | None = found(
        description="The work as it is now; null when it was taken back."
    )


@payload
class DebtChange:
    """A debt («точка») that came about, got another deadline or is none any more; after commit."""

    cursor: str = strawberry.field(description=CURSOR)
    kind: ChangeKind = strawberry.field(
        description="RECORDED; CHANGED: its deadline; SETTLED by a number; or REMOVED without one."
    )
    debt_id: strawberry.ID = strawberry.field(description="The debt's id.")
    debt: Debt | None = found(description="The debt as it is now; null where it is none any more.")


@payload
class LessonChange:
    """A lesson that will be otherwise than it was planned, told after it was committed."""

    cursor: str = strawberry.field(description=CURSOR)
    kind: ChangeKind = strawberry.field(
        description="SUBSTITUTED, SCHEDULED, MOVED, CHANGED, CANCELLED or RESTORED."
    )
    lesson_id: strawberry.ID = strawberry.field(description="The lesson's id.")
    lesson: Lesson | None = found(
        description="The lesson as it is now; null to whoever stands in and has it no longer, or "
        "not before their first day."
    )


@payload
class FinalMarkChange:
    """A mark for a term or a year that was given, changed or taken back, told after its commit."""

    cursor: str = strawberry.field(description=CURSOR)
    kind: ChangeKind = strawberry.field(
        description="RECORDED, CORRECTED or REMOVED; CHANGED where its debt was retaken or "
        "extended."
    )
    period_mark_id: strawberry.ID = strawberry.field(description="The mark's id.")
    period_mark: PeriodMark | None = found(
        description="The mark as it is now; null when it was taken back."
    )


@payload
class MessageArrival:
    """A message that has come into the listener's inbox."""

    cursor: str = strawberry.field(description=CURSOR)
    message: Message | None = found(description="The message.")


@payload
class MessageReceiptChange:
    """A message of the listener's own that somebody has read."""

    cursor: str = strawberry.field(description=CURSOR)
    message: Message | None = found(description="The message; `sent` tells who has read it by now.")


@payload
class UnreadCountChange:
    """Something after which the listener may have more or less to read than before."""

    cursor: str = strawberry.field(description=CURSOR)
    kind: ChangeKind = strawberry.field(
        description="SENT, READ, ARCHIVED, RESTORED, MOVED or DELETED."
    )
    message_id: strawberry.ID = strawberry.field(description="The message's id.")
    message: Message | None = found(
        description="The message, in whose `receipt` the count is; null when it was deleted."
    )


@payload
class MessageReportChange:
    """A report of a message that was made, or of which something came."""

    cursor: str = strawberry.field(description=CURSOR)
    kind: ChangeKind = strawberry.field(description="REPORTED or RESOLVED.")
    report_id: strawberry.ID = strawberry.field(description="The report's id.")
    report: MessageReport | None = found(description="The report as it is now.")


@payload
class EventChange:
    """An event that was announced, changed or called off, told after it was committed."""

    cursor: str = strawberry.field(description=CURSOR)
    kind: EventChangeKind = strawberry.field(description="What was done.")
    event_id: strawberry.ID = strawberry.field(description="The event's id.")
    event: SchoolEvent | None = found(
        description="The event as it is now; null when it was called off."
    )


@payload
class NoticeChange:
    """A notice about the service that was published or ended, told after it was committed."""

    cursor: str = strawberry.field(description=CURSOR)
    kind: ChangeKind = strawberry.field(description="PUBLISHED or ENDED.")
    notice_id: strawberry.ID = strawberry.field(description="The notice's id.")
    notice: ServiceNotice | None = found(description="The notice; null when it was ended.")


@payload
class Change:
    """Something that happened in any area; of the rows below, the one that the area is about."""

    cursor: str = strawberry.field(description=CURSOR)
    area: ChangeArea = strawberry.field(description="What it is about.")
    kind: ChangeKind = strawberry.field(description="What was done.")
    node_id: strawberry.ID | None = strawberry.field(
        description="The row's id; also of one that is there no more."
    )
    mark: Mark | None = found(description="The mark as it is now.")
    attendance: Attendance | None = found(description="The attendance as it is now.")
    absence_alert: AbsenceAlert | None = found(description="The alert that too much was missed.")
    absence_note: AbsenceNote | None = found(description="The note about absence as it is now.")
    homework: Homework | None = found(description="The homework as it is now.")
    homework_answer: HomeworkAnswer | None = found(
        description="What a pupil has done of homework, as it is now."
    )
    assignment: Assignment | None = found(description="The work as it is now.")
    debt: Debt | None = found(description="The debt as it is now.")
    lesson: Lesson | None = found(description="The lesson as it is now.")
    period_mark: PeriodMark | None = found(
        description="The mark for a term or a year as it is now."
    )
    message: Message | None = found(description="The message that came or was read.")
    event: SchoolEvent | None = found(description="The event as it is now.")


@payload
class ChangePage:
    """Changes since a cursor, the earliest first."""

    changes: list[Change] = strawberry.field(description="What happened, in order.")
    cursor: str = strawberry.field(
        description="Pass it as `after` to go on; also where nothing has happened."
    )
    has_more: bool = strawberry.field(description="Whether there is more to be asked for at once.")


@payload
class SessionChange:
    """A device on which the listener is no longer signed in, told after it was committed."""

    cursor: str = strawberry.field(description=CURSOR)
    kind: ChangeKind = strawberry.field(description="ENDED.")
    session_id: strawberry.ID = strawberry.field(description="The session's id.")
