"""Enrolments: pupils in classes, teachers of sections, homeroom teachers."""

from collections.abc import Iterator
from datetime import date, timedelta

from exchange.oneroster.checking import Record, RowRefused
from exchange.oneroster.draft import ClassInfo, Draft
from exchange.oneroster.facts import Fact, key_of, ref
from exchange.oneroster.kinds import ENROLLMENT, HOMEROOM, PERSON, SCHOOL_CLASS, STUDENT, TEACHING
from exchange.oneroster.mapping.classes import info
from exchange.oneroster.mapping.people import pupil
from models import ClassKind


def enrollment(draft: Draft, record: Record) -> Iterator[Fact]:
    """Yield a pupil's place in a class, or what a teacher teaches there."""
    cells = record.cells
    class_id, user_id, role = cells["classSourcedId"], cells["userSourcedId"], cells["role"]
    about = info(draft, class_id)
    begins: date = cells.get("beginDate") or about.starts_on
    until: date = cells.get("endDate") or about.ends_on + timedelta(1)
    if until < begins:
        raise RowRefused(f"would end on {until}, before it begins on {begins}")
    if role == "student":
        draft.say_once(record, role, class_id, user_id, str(begins))
        yield from _place(draft, record, about, begins, until)
    elif role == "teacher":
        draft.say_once(record, role, class_id, user_id, str(begins))
        yield from _teaching(draft, record, about, begins, until)
    else:
        draft.note(record, f"the diary knows no {role} of a class; left out")


def _place(
    draft: Draft, record: Record, about: ClassInfo, begins: date, until: date
) -> Iterator[Fact]:
    class_id, user_id = record.cells["classSourcedId"], record.cells["userSourcedId"]
    roles = draft.roles.get(user_id)
    if roles and "student" not in roles:
        draft.note(record, f"{user_id} is a {', '.join(sorted(roles))}; a pupil here as well")
    if not draft.has(STUDENT, user_id):
        yield pupil(record, user_id)
    yield Fact(
        *(ENROLLMENT, record.id, record, (class_id, user_id, begins, until)),
        columns={
            "student_id": ref(STUDENT, user_id),
            "school_class_id": ref(SCHOOL_CLASS, class_id),
            "organization_id": about.organization,
            "kind": about.kind,
            "valid_from": begins,
            "valid_until": until,
        },
    )


def _teaching(
    draft: Draft, record: Record, about: ClassInfo, begins: date, until: date
) -> Iterator[Fact]:
    class_id, user_id = record.cells["classSourcedId"], record.cells["userSourcedId"]
    is_primary = bool(record.cells.get("primary"))
    is_homeroom = is_primary and about.kind == ClassKind.HOMEROOM
    draft.teachers[class_id].append((not is_primary, record.id, user_id))
    if not about.sections and not is_homeroom:
        draft.note(record, "the class has no subject, so its teacher teaches nothing")
    for subject, section in about.sections.items():
        yield Fact(
            *(TEACHING, key_of(record.id, subject), record, (class_id, user_id, begins, until)),
            columns={
                "section_id": section,
                "teacher_id": ref(PERSON, user_id),
                "valid_from": begins,
                "valid_until": until,
            },
        )
    if is_homeroom:
        line = draft.once.setdefault(("homeroom", class_id), record.line)
        if line != record.line:
            draft.note(record, f"the class has its homeroom teacher by line {line} already")
            return
        yield Fact(
            *(HOMEROOM, record.id, record, (class_id, user_id)),
            columns={"homeroom_teacher_id": ref(PERSON, user_id)},
            row=ref(SCHOOL_CLASS, class_id),
        )
