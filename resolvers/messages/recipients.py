"""To whom a message goes: people by name, groups, and whoever an answer is for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from access import mail
from access.rows import reached
from errors import UserError
from resolvers.work import Work, all_of
from schema.declaration.ids import decode

_MOST_NAMED = 100
_MOST_GROUPS = 20
_NOBODY = "There is nobody of this id to write to."

# Everybody at once, and for each by which name, group or answer they are among the recipients. A
# group stands there also where nobody is in it. Whoever may write to somebody may be answered by
# them, though they could not begin.
_FOUND = """
SELECT 'NAMED' AS way, addressee.person_id AS given, addressee.person_id
FROM addressee WHERE addressee.writer_id = $1 AND addressee.person_id = ANY($2::bigint[])
UNION
SELECT 'GROUP', held.id, member.person_id
FROM message_group held
LEFT JOIN message_group_member member ON member.kind = held.kind
    AND member.about_id = held.about_id
    AND member.subject_id IS NOT DISTINCT FROM held.subject_id
    AND member.person_id <> held.writer_id
WHERE held.writer_id = $1 AND held.id = ANY($3::bigint[])
UNION
SELECT 'ANSWER', answered.id, answered.sender_id
FROM message answered
WHERE answered.id = $4 AND answered.sender_id <> $1 AND (
    EXISTS (SELECT FROM addressee WHERE writer_id = $1 AND person_id = answered.sender_id)
    OR EXISTS (SELECT FROM addressee WHERE writer_id = answered.sender_id AND person_id = $1)
)
UNION
SELECT 'ANSWER', receipt.message_id, addressee.person_id
FROM message_receipt receipt
JOIN addressee ON addressee.writer_id = $1 AND addressee.person_id = receipt.recipient_id
WHERE receipt.message_id = $4 AND $5
"""


@dataclass(frozen=True)
class Addressed:
    """What an input says of the recipients; `answers` is the message that it answers."""

    named: Sequence[str] = ()
    groups: Sequence[str] = ()
    answers: int | None = None
    to_all: bool = False

    def check(self) -> UserError | None:
        """Why this says too much, or nothing."""
        if len(self.named) > _MOST_NAMED:
            return UserError("TOO_LONG", f"At most {_MOST_NAMED} people by name.", "recipientIds")
        if len(self.groups) > _MOST_GROUPS:
            return UserError("TOO_LONG", f"At most {_MOST_GROUPS} groups.", "groupIds")
        return None

    @property
    def is_empty(self) -> bool:
        """Whether it names nobody."""
        return not self.named and not self.groups and self.answers is None


@dataclass
class _Found:
    """Who was found by each way, by what was given."""

    named: dict[int, set[int]] = field(default_factory=dict)
    groups: dict[int, set[int]] = field(default_factory=dict)
    answer: dict[int, set[int]] = field(default_factory=dict)

    @property
    def people(self) -> set[int]:
        """Everybody, once."""
        each = (*self.named.values(), *self.groups.values(), *self.answer.values())
        return set().union(*each)


async def found(work: Work, addressed: Addressed) -> list[int]:
    """The people to whom it goes, each once, by one statement however many they are.

    Raises NOT_FOUND for each person and group whom the viewer may not write to, FORBIDDEN for an
    answer to nobody who may be answered, REQUIRED where nobody is left.
    """
    named = _numbers("Correspondent", addressed.named)
    groups = _numbers("MessageGroup", addressed.groups)
    made = await _read(work, named, groups, addressed)
    all_of(
        (
            *_missing(named, made.named, "recipientIds", _NOBODY),
            *_missing(groups, made.groups, "groupIds", "There is no such group to write to."),
        )
    )
    if addressed.answers is not None and not made.people:
        raise UserError("FORBIDDEN", "You may not write to its sender.", "inReplyToId")
    if not made.people:
        raise UserError("REQUIRED", "Nobody is in these groups.", "groupIds")
    return sorted(made.people)


async def named(work: Work, given: Sequence[str]) -> list[int]:
    """The people of these ids alone; raises NOT_FOUND for each who may not be written to."""
    numbers = _numbers("Correspondent", given)
    people = reached(mail.CORRESPONDENTS, work.viewer).using_db(work.connection)
    allowed = {row["id"]: row for row in await people.filter(id__in=numbers).values("id")}
    all_of(_missing(numbers, allowed, "recipientIds", _NOBODY))
    return sorted(allowed)


async def _read(
    work: Work, named: Sequence[int], groups: Sequence[int], addressed: Addressed
) -> _Found:
    values = [work.viewer.person_id, named, groups, addressed.answers, addressed.to_all]
    made = _Found()
    ways = {"NAMED": made.named, "GROUP": made.groups, "ANSWER": made.answer}
    for row in await work.connection.execute_query_dict(_FOUND, values):
        people = ways[row["way"]].setdefault(row["given"], set())
        if row["person_id"] is not None:
            people.add(row["person_id"])
    return made


def _numbers(label: str, given: Sequence[str]) -> list[int]:
    """The numbers behind ids, 0 for what is none of this type."""
    return [decode(label, each) or 0 for each in given]


def _missing(
    numbers: Sequence[int], among: Mapping[int, Any], at: str, message: str
) -> list[UserError]:
    return [
        UserError("NOT_FOUND", message, at, str(place))
        for place, number in enumerate(numbers)
        if number not in among
    ]
