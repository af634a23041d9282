"""Categories, line items and results: work types, assignments at lessons, and marks."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from hashlib import sha256

from exchange.oneroster.checking import Record, RowRefused
from exchange.oneroster.draft import ClassInfo, Draft, ItemInfo
from exchange.oneroster.facts import Fact, Ref, key_of, ref
from exchange.oneroster.kinds import (
    ASSIGNMENT,
    FOREIGN_SCALE,
    LESSON,
    MARK,
    PERSON,
    SCHOOL_CLASS,
    STUDENT,
    WORK_TYPE,
)
from exchange.oneroster.mapping.classes import info
from models import MarkSign

_DEFAULT_WEIGHT, _HIGHEST_WEIGHT = 10, 1000
_BEST, _LOWEST_BOUNDS = 5, (0, 1, 2)
_CODE_LENGTH = 64
_LESSONS_A_DAY = 12
_FIRST_BELL, _LESSON, _BREAK = time(8, 30), timedelta(minutes=45), timedelta(minutes=10)
_GRADED = ("fullygraded", "graded")
_UNGRADED = ("notsubmitted", "submitted", "partiallygraded", "missing", "late", "incomplete")
_SIGNS = {
    **dict.fromkeys(("зач", "зачет", "зачёт", "pass", "passed"), MarkSign.PASSED),
    **dict.fromkeys(("незач", "незачет", "незачёт", "fail", "failed"), MarkSign.FAILED),
    **dict.fromkeys(("н/а", "not attested"), MarkSign.NOT_ATTESTED),
    **dict.fromkeys(("осв", "exempt"), MarkSign.EXEMPT),
}


def category(_draft: Draft, record: Record) -> Iterator[Fact]:
    """Check the weight; work types belong to schools, so line items make them."""
    _weight(record)
    yield from ()


def _weight(record: Record) -> int:
    weight: float | None = record.cells.get("weight")
    if weight is None:
        return _DEFAULT_WEIGHT
    whole = round(weight * 100 if 0 < weight < 1 else weight)
    if not 1 <= whole <= _HIGHEST_WEIGHT:
        raise RowRefused(f"weight {weight:g} is none: it must be from 1 to {_HIGHEST_WEIGHT}")
    return whole


def line_item(draft: Draft, record: Record) -> Iterator[Fact]:
    """Yield an assignment, the lesson on its due date that it stands at, and its work type."""
    about = info(draft, record.cells["classSourcedId"])
    work, weight = _work_type(draft, record, about)
    lesson, teacher = _lesson(draft, record, about)
    section = next(iter(about.sections.values()))
    title, due = record.cells["title"], record.cells["dueDate"]
    if isinstance(work, Fact):
        yield work
    yield lesson
    yield Fact(
        *(ASSIGNMENT, record.id, record),
        (title, due, lesson.key, record.cells["categorySourcedId"]),
        columns={
            "lesson_id": lesson.ref,
            "section_id": section,
            "work_type_id": work.ref if isinstance(work, Fact) else work,
            "title": title,
            "due_on": due,
            "is_mandatory": True,
        },
    )
    scale = _foreign_scale(record)
    if scale:
        yield Fact(FOREIGN_SCALE, record.id, record, (), row=ref(ASSIGNMENT, record.id))
    work_ref = work.ref if isinstance(work, Fact) else work
    draft.items[record.id] = ItemInfo(
        ref(ASSIGNMENT, record.id),
        lesson.ref,
        work_ref,
        weight,
        teacher,
        about.grade_level,
        scale,
    )


def _work_type(draft: Draft, record: Record, about: ClassInfo) -> tuple[Fact | Ref, int]:
    name = record.cells["categorySourcedId"]
    organization = about.organization
    if isinstance(organization, int):
        organization = Ref("organization", _organization_key(draft, organization))
    source = draft.live("categories", name)
    key = key_of(name, organization.key)
    if source is None:
        row_id = draft.known.row_id(WORK_TYPE.name, key)
        if row_id is None:
            raise RowRefused(f"categories.csv has to hold {name} again: it is new to this school")
        return Ref(WORK_TYPE.name, key), draft.known.weights[row_id]
    title, weight = source.cells["title"], _weight(source)
    fact = Fact(
        *(WORK_TYPE, key, source, (title, weight)),
        columns={"name": title, "abbreviation": title[:8], "weight": weight},
        first={"organization_id": organization, "code": _code(name)},
    )
    return fact, weight


def _organization_key(draft: Draft, row_id: int) -> str:
    rows = draft.known.rows["organization"]
    return next(key for key, row in rows.items() if row.id == row_id)


def _code(name: str) -> str:
    return name if len(name) <= _CODE_LENGTH else sha256(name.encode()).hexdigest()


def _lesson(draft: Draft, record: Record, about: ClassInfo) -> tuple[Fact, Ref | int]:
    class_id, due = record.cells["classSourcedId"], record.cells["dueDate"]
    if len(about.sections) != 1:
        raise RowRefused(
            f"the class has {len(about.sections)} subjects, and a line item does not say which"
        )
    subject, section = next(iter(about.sections.items()))
    teacher = _teacher(draft, class_id)
    key = key_of(class_id, due.isoformat(), subject)
    said = (class_id, due)
    if made := draft.facts[LESSON.name].get(key):
        return made, teacher
    slots = _slots(draft)
    section_id = section if isinstance(section, int) else draft.known.row_id(*section)
    if key in draft.known.rows[LESSON.name]:
        return Fact(LESSON, key, record, said), teacher
    if found := slots.lessons.get((section_id or 0, due)):
        return Fact(LESSON, key, record, said, row=found), teacher
    number = slots.take(_who(draft, SCHOOL_CLASS.name, class_id), _who_teaches(draft, teacher), due)
    starts = datetime.combine(due, _FIRST_BELL) + (number - 1) * (_LESSON + _BREAK)
    columns = {
        "section_id": section,
        "school_class_id": ref(SCHOOL_CLASS, class_id),
        "teacher_id": teacher,
        "date": due,
        "shift": 1,
        "number": number,
        "starts_at": starts.time(),
        "ends_at": (starts + _LESSON).time(),
        "topic": record.cells["title"],
    }
    return Fact(LESSON, key, record, said, first=columns), teacher


def _teacher(draft: Draft, class_id: str) -> Ref | int:
    if here := sorted(draft.teachers.get(class_id, ())):
        return ref(PERSON, here[0][2])
    row_id = draft.known.row_id(SCHOOL_CLASS.name, class_id)
    if row_id and (earlier := draft.known.teachers.get(row_id)):
        return earlier[0]
    raise RowRefused("the class has no teacher in whose journal it could stand")


def _who(draft: Draft, kind: str, key: str) -> object:
    return draft.known.row_id(kind, key) or key


def _who_teaches(draft: Draft, teacher: Ref | int) -> object:
    return teacher if isinstance(teacher, int) else _who(draft, *teacher)


@dataclass(slots=True)
class Slots:
    """Which lessons of a day are taken, by class and by teacher (row ids, or keys of new ones)."""

    lessons: dict[tuple[int, date], int] = field(default_factory=dict)
    classes: set[tuple[object, date, int]] = field(default_factory=set)
    teachers: set[tuple[object, date, int]] = field(default_factory=set)

    def take(self, school_class: object, teacher: object, day: date) -> int:
        """Take and return the day's first lesson that is free for both."""
        for number in range(1, _LESSONS_A_DAY + 1):
            if (school_class, day, number) in self.classes:
                continue
            if (teacher, day, number) not in self.teachers:
                self.classes.add((school_class, day, number))
                self.teachers.add((teacher, day, number))
                return number
        raise RowRefused(f"class or teacher has no lesson free on {day}")


def _slots(draft: Draft) -> Slots:
    if draft.slots is None:
        slots = Slots()
        for lesson in draft.known.lessons:
            slots.lessons.setdefault((lesson.section_id, lesson.date), lesson.id)
            slots.classes.add((lesson.school_class_id, lesson.date, lesson.number))
            slots.teachers.add((lesson.teacher_id, lesson.date, lesson.number))
        draft.slots = slots
    return draft.slots


def _foreign_scale(record: Record) -> str:
    """Name the scale where it is another than ours; empty where it is ours or is not named."""
    lowest, highest = record.cells.get("resultValueMin"), record.cells.get("resultValueMax")
    is_ours = highest in (None, _BEST) and (lowest is None or lowest in _LOWEST_BOUNDS)
    if is_ours:
        return ""
    return (
        f"{'?' if lowest is None else f'{lowest:g}'}–{'?' if highest is None else f'{highest:g}'}"
    )


def result(draft: Draft, record: Record) -> Iterator[Fact]:
    """Yield a mark, unless the work is not marked yet."""
    item_id, user_id = record.cells["lineItemSourcedId"], record.cells["studentSourcedId"]
    item = _item(draft, item_id)
    if not draft.has(STUDENT, user_id):
        raise RowRefused(f"{user_id} is no pupil")
    draft.say_once(record, "result", item_id, user_id)
    graded = _graded(record, item.scale)
    if graded is None:
        draft.note(record, f"{record.cells['scoreStatus']}: no mark")
        return
    value, sign = graded
    if value is not None and item.grade_level == 1:
        raise RowRefused("the first grade is taught without marks")
    day, comment = record.cells.get("scoreDate"), record.cells.get("comment")
    moment = datetime.combine(day or draft.known.today, time(), draft.timezone)
    on_day = {"recorded_at": moment}
    yield Fact(
        *(MARK, record.id, record, (item_id, user_id, value, sign, day, comment)),
        columns={
            "value": value,
            "sign": sign.value if sign else None,
            "weight": item.weight,
            "comment": comment,
            "work_type_id": item.work_type,
            "lesson_id": item.lesson,
            "student_id": ref(STUDENT, user_id),
            "assignment_id": item.assignment,
            "by_id": item.teacher,
        }
        | (on_day if day else {}),
        first={} if day else on_day,
    )


def _item(draft: Draft, name: str) -> ItemInfo:
    if name not in draft.items:
        row = draft.known.items[name]
        is_foreign = name in draft.known.rows[FOREIGN_SCALE.name]
        scale = "another than the diary's" if is_foreign else ""
        draft.items[name] = ItemInfo(*row, scale)
    return draft.items[name]


def _graded(record: Record, scale: str) -> tuple[int | None, MarkSign | None] | None:
    """Return value and sign of the mark; None where there is none yet. Nothing is converted."""
    status = "".join(filter(str.isalpha, record.cells["scoreStatus"].lower()))
    if status == "exempt":
        return None, MarkSign.EXEMPT
    if status in _UNGRADED:
        return None
    if status not in _GRADED:
        raise RowRefused(f"scoreStatus {record.cells['scoreStatus']!r} is not OneRoster's")
    text = (record.cells.get("textScore") or record.cells.get("score") or "").strip()
    if sign := _SIGNS.get(text.lower()):
        return None, sign
    if scale:
        raise RowRefused(f"the line item is graded on the scale {scale}; the diary has 1–{_BEST}")
    score = record.cells.get("score") or text
    if not score:
        raise RowRefused("is fully graded and has neither score nor textScore")
    try:
        value = float(score.replace(",", "."))
    except ValueError:
        value = 0.0
    if value not in range(1, _BEST + 1):
        raise RowRefused(
            f"the score {score!r} is no mark from 1 to {_BEST}, nor зач, незач, н/а, осв"
        )
    return int(value), None
