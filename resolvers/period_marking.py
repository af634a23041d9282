"""Marks for terms and years as rows: in which sections they are given, and what is written."""

from collections.abc import Mapping, Sequence
from typing import Any

from access import scopes, writing
from access.scope import Scope
from errors import Current, UserError
from models import (
    ChangeArea,
    MarkChangeKind,
    PeriodMark,
    PeriodMarkKind,
    PeriodMarkRevision,
)
from resolvers import locks
from resolvers.lessons import known_students, not_enrolled
from resolvers.period_entries import MARK, Entry, spoken
from resolvers.reading import Reading
from resolvers.work import Work, all_of
from subscriptions import topics
from subscriptions.log import Change

# The state's exam of a hundred points is held after grade 11, and some take it early; grade 9 is
# examined on the scale of 5.
_FIRST_GRADE_OF_POINTS = 10


# What is locked: a term's page, or the year's marks of the kind that is given.
_PERIOD = {"term": "term.id", "kind": "{kind}"}


def _section(scope: Scope) -> Reading:
    """A section, in which nobody else gives such marks until the commit, and the wanted term."""
    return Reading(
        scope,
        "CourseSection",
        frozenset(scope.by),
        f"""
        SELECT {{row}}.id, class.grade_level, class.organization_id,
               term.id AS term_id, term.starts_on,
               {locks.columns("{row}.id", "class.organization_id", **_PERIOD)}
        FROM {{rows}}
        JOIN school_class class ON class.id = {{row}}.school_class_id
        LEFT JOIN term ON term.id = {{term}} AND term.school_year_id = class.school_year_id
                      AND term.grade_level = class.grade_level
        WHERE {{reached}}
        FOR NO KEY UPDATE OF {{row}}
        """,  # noqa: S608 — as `locks.columns`
        given={"term": "bigint", "kind": "text", **locks.GIVEN},
        seen=scopes.SECTIONS,
    )


CARRIED = (
    "Marks of another school are the deputy head's and the administrator's, who see its papers."
)
GRADED = _section(writing.GRADED_SECTIONS)
EXAMINED = _section(writing.EXAMINED_SECTIONS)

_FORMER = """
       former.id IS NOT NULL AS is_there, former.version,
       former.value, former.sign, former.points, former.carried_from,
       kept.id IS NOT NULL AS is_kept, coalesce(kept.version, 0) AS last_version,
       coalesce(kept.id, nextval('period_mark_id_seq')) AS id
FROM unnest($3::bigint[]) AS wanted (student_id)
"""
_STANDING = "LEFT JOIN period_mark former ON former.id = kept.id AND former.removed_at IS NULL"
# For each pupil: whether the section is theirs or became so later, what is proposed, the mark that
# there is, and the row that was kept of it, also where it was taken back. A group's pupils stand on
# two pages, with the same proposal on both.
_OF_TERM = f"""
SELECT wanted.student_id, page.student_id IS NOT NULL AS is_enrolled,
       EXISTS (
           SELECT FROM course_section section
           JOIN term ON term.id = $2::text::bigint
           JOIN enrollment e
             ON e.school_class_id = section.school_class_id AND e.valid_from > term.ends_on
           WHERE section.id = $1 AND e.student_id = wanted.student_id
       ) AS came_later,
       page.proposed_value, page.proposed_sign, {_FORMER}
LEFT JOIN (
    SELECT DISTINCT student_id, proposed_value, proposed_sign
    FROM journal_row WHERE section_id = $1 AND term_id = $2::text::bigint
) page ON page.student_id = wanted.student_id
LEFT JOIN period_mark kept
  ON kept.student_id = wanted.student_id
 AND kept.section_id = $1 AND kept.term_id = $2::text::bigint
{_STANDING}
"""  # noqa: S608 — the text above
_OF_YEAR = f"""
SELECT wanted.student_id,
       EXISTS (
           SELECT FROM enrollment e
           WHERE e.student_id = wanted.student_id AND e.school_class_id = section.school_class_id
       ) AS is_enrolled, false AS came_later,
       CASE $2::text WHEN 'ANNUAL' THEN result.annual_proposed_value
                     WHEN 'FINAL' THEN result.final_proposed_value END AS proposed_value,
       CASE $2::text WHEN 'ANNUAL' THEN result.annual_proposed_sign
                     WHEN 'FINAL' THEN result.final_proposed_sign END AS proposed_sign, {_FORMER}
JOIN course_section section ON section.id = $1
JOIN school_class class ON class.id = section.school_class_id
LEFT JOIN LATERAL (
    SELECT * FROM subject_result
    WHERE student_id = wanted.student_id AND subject_id = section.subject_id
      AND school_year_id = class.school_year_id
    LIMIT 1
) result ON TRUE
LEFT JOIN period_mark kept
  ON kept.student_id = wanted.student_id AND kept.section_id = $1 AND kept.kind = $2::text
{_STANDING}
"""  # noqa: S608 — the text above


async def record(
    work: Work, section: Mapping[str, Any], kind: PeriodMarkKind, entries: Sequence[Entry]
) -> list[int]:
    """Write the marks of the section's pupils; their ids in order. Raises every cell's error."""
    place = {**section, "kind": kind}
    rows = await _rows(work, place, entries)
    await _refuse_strangers(work, entries, rows)
    changed = [each for each in entries if not each.is_as(rows[each.student_id])]
    _refuse_locked(work, place, changed)
    all_of(_error(place, entry, rows[entry.student_id]) for entry in entries)
    for entry in entries:
        row = rows[entry.student_id]
        if not entry.is_as(row):
            _write(work, place, entry, row)
    return [rows[entry.student_id]["id"] for entry in entries]


Rows = Mapping[int | None, Mapping[str, Any]]


async def _rows(work: Work, place: Mapping[str, Any], entries: Sequence[Entry]) -> Rows:
    is_term = place["kind"] is PeriodMarkKind.TERM
    period = str(place["term_id"]) if is_term else place["kind"].value
    numbers = [entry.student_id for entry in entries if entry.student_id is not None]
    found = await work.connection.execute_query_dict(
        _OF_TERM if is_term else _OF_YEAR,
        [place["id"], period, [*set(numbers)]],
    )
    return {row["student_id"]: row for row in found if row["is_enrolled"] or row["came_later"]}


async def _refuse_strangers(work: Work, entries: Sequence[Entry], rows: Rows) -> None:
    """Raise for pupils who are not the section's, and for those who are named twice."""
    named = [entry.student_id for entry in entries]
    strangers = {each for each in named if each is not None and each not in rows}
    known = await known_students(work, strangers) if strangers else frozenset()
    errors: list[UserError] = []
    for place, entry in enumerate(entries):
        at = (*entry.at, "studentId")
        if entry.student_id not in rows:
            errors.append(not_enrolled(*at, is_known=entry.student_id in known))
        elif not rows[entry.student_id]["is_enrolled"] and entry.carried_from is None:
            errors.append(not_enrolled(*at, is_known=True))
        elif entry.student_id in named[:place]:
            errors.append(UserError("DUPLICATE", "This pupil is named twice.", *at))
    all_of(errors)


def _refuse_locked(work: Work, place: Mapping[str, Any], changed: Sequence[Entry]) -> None:
    """Raise where the page is locked; of those who may write there, who does not say why."""
    at = "termId" if place["kind"] is PeriodMarkKind.TERM else "kind"
    errors = [
        locks.refusal(work, place, each.reason, (at,), (*each.at, "reason")) for each in changed
    ]
    all_of(errors if place["may_override"] else errors[:1])
    locks.guard(work, place, at)


def _error(place: Mapping[str, Any], entry: Entry, row: Mapping[str, Any]) -> UserError | None:
    """Why the entry may not be written in place of the row."""
    if entry.value is not None and place["grade_level"] == 1:
        return entry.wrong("MARKS_NOT_USED", "The first grade is taught without marks.", "value")
    if entry.is_as(row):
        return None
    if error := _misplaced(place, entry, row):
        return error
    if row["version"] != entry.version:
        return _conflict(entry, row)
    if entry.reason is None and (row["is_there"] or _departs(place, entry, row)):
        return entry.wrong("REQUIRED", "Say why it is not what it was or what is due.", "reason")
    return None


def _misplaced(place: Mapping[str, Any], entry: Entry, row: Mapping[str, Any]) -> UserError | None:
    """Why such a mark is not given here, or not by whoever gives it."""
    is_exam = place["kind"] is PeriodMarkKind.EXAM
    takes_points = is_exam and place["grade_level"] >= _FIRST_GRADE_OF_POINTS
    if entry.points is not None and not takes_points:
        message = f"Points are given for exams, from grade {_FIRST_GRADE_OF_POINTS} on."
        return entry.wrong("OUT_OF_RANGE", message, "points")
    if entry.carried_from is None:
        return None
    if row["is_enrolled"]:
        message = "A mark comes from another school for terms that were over when the pupil came."
        return entry.wrong("OUT_OF_RANGE", message, "carriedFrom")
    if not place["may_override"]:
        return entry.wrong("FORBIDDEN", CARRIED, "carriedFrom")
    return None


def _conflict(entry: Entry, row: Mapping[str, Any]) -> UserError:
    """What is there instead of the version that the entry was made from."""
    there = Current(spoken(row) if row["is_there"] else "", row["version"] or 0)
    told = f"it is {there.text}, and its version is {there.version}"
    message = f"The mark was changed meanwhile: {told if row['is_there'] else 'there is none'}."
    return UserError("CONFLICT", message, *entry.at, "version", current=there)


def _departs(place: Mapping[str, Any], entry: Entry, row: Mapping[str, Any]) -> bool:
    """Whether the rules propose another mark; nothing is proposed for exams."""
    proposed = (row["proposed_value"], row["proposed_sign"])
    is_proposed = place["kind"] is not PeriodMarkKind.EXAM and proposed != (None, None)
    return is_proposed and (entry.value, entry.sign) != proposed


def _write(work: Work, place: Mapping[str, Any], entry: Entry, row: Mapping[str, Any]) -> None:
    """Write the mark with its history, the audit and the log."""
    version, now = row["last_version"] + 1, work.viewer.now
    given = {**entry.mark, "version": version, "recorded_at": now}
    if row["is_kept"]:
        work.writes.change(PeriodMark, row["id"], **given, removed_at=None)
    else:
        of = {"id": row["id"], "student_id": row["student_id"], "section_id": place["id"]}
        period = {"kind": place["kind"], "term_id": place["term_id"]}
        work.writes.make(PeriodMark, **of, **period, **given)
    done = MarkChangeKind.CORRECTED if row["is_there"] else MarkChangeKind.RECORDED
    trace(work, place, done, row, given, reason=entry.reason)


def trace(
    work: Work,
    place: Mapping[str, Any],
    done: MarkChangeKind,
    row: Mapping[str, Any],
    given: Mapping[str, Any],
    *,
    reason: str | None,
) -> None:
    """Write history, audit and log of what is done to the mark; `row` is what it was."""
    after, before = ({name: mark[name] for name in MARK} for mark in (given, row))
    work.writes.make(
        PeriodMarkRevision,
        period_mark_id=row["id"],
        version=given["version"],
        kind=done,
        **after,
        **{f"former_{name}": value for name, value in before.items()},
        proposed_value=row.get("proposed_value"),
        proposed_sign=row.get("proposed_sign"),
        reason=reason,
        by_id=work.viewer.person_id,
        at=work.viewer.now,
    )
    work.audit(
        f"mark.{place['kind'].lower()}_{done.lower()}",
        PeriodMark,
        row["id"],
        before=_audited(before) if row["is_there"] else None,
        after=_audited(after),
        organization_id=place["organization_id"],
    )
    topic = topics.school(place["organization_id"])
    work.announce(Change(topic, ChangeArea.FINAL_MARKS, done, row["id"], row["student_id"]))


def _audited(mark: Mapping[str, Any]) -> dict[str, Any]:
    """Value and word always; points and origin of the few that have them."""
    return {
        name: told for name, told in mark.items() if told is not None or name in ("value", "sign")
    }
