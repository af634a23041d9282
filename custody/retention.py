"""How long what is kept, and why: one table, and what applies it in pieces."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass

import asyncpg

_AT_ONCE = 2_000


@dataclass(frozen=True)
class Rule:
    """Rows of `table` for which `where` holds are deleted or, with `erase`, lose those values.

    A rule that erases names rows that still have something to erase, so that it comes to an end.
    """

    name: str
    table: str
    where: str
    reason: str
    erase: str | None = None

    @property
    def counting(self) -> str:
        """How many rows it is about."""
        return f"SELECT count(*) FROM {self.table} held WHERE {self.where}"  # noqa: S608 — names of this module

    @property
    def applying(self) -> str:
        """Do it to some of them; gives as many rows."""
        some = f"""
            SELECT id FROM {self.table} held WHERE {self.where}
            ORDER BY id LIMIT {_AT_ONCE} FOR UPDATE SKIP LOCKED
        """  # noqa: S608 — names of this module
        change = f"UPDATE {self.table} SET {self.erase}"  # noqa: S608 — as above
        delete = f"DELETE FROM {self.table}"  # noqa: S608 — as above
        return f"{change if self.erase else delete} WHERE id IN ({some}) RETURNING 1"


# Somebody who is nothing to any school or office any more, and has not been for so long. The three
# kinds of facts are closed, or were never there; whoever has none at all has just been entered.
_LEFT = """
NOT EXISTS (
    SELECT FROM ({facts}) fact
    WHERE fact.valid_until IS NULL OR fact.valid_until > CURRENT_DATE - interval '{years} years'
) AND EXISTS (SELECT FROM ({facts}) fact)
"""
_FACTS = """
    SELECT valid_until FROM staff_post WHERE person_id = {person}
    UNION ALL SELECT valid_until FROM guardianship WHERE guardian_id = {person}
    UNION ALL SELECT e.valid_until FROM enrollment e JOIN student s ON s.id = e.student_id
    WHERE s.person_id = {person}
"""
YEARS_AFTER_LEAVING = 3


def _left(person: str) -> str:
    return _LEFT.format(facts=_FACTS.format(person=person), years=YEARS_AFTER_LEAVING)


_SESSION_OVER = "least(coalesce(ended_at, expires_at), expires_at) < now() - interval '90 days'"
_PROOF = "it proves something for minutes; then it only burdens a leak"
_AIM = "the aim of processing is reached (152-ФЗ, art. 5, part 7)"

RULES: tuple[Rule, ...] = (
    Rule("steps of signing in", "sign_in_step", "expires_at < now() - interval '1 day'", _PROOF),
    Rule(
        "recoveries", "password_recovery", "expires_at < now() - interval '30 days'",
        "disputes about a recovery come up within a month",
    ),
    Rule(
        "visits to identity providers", "external_sign_in",
        "expires_at < now() - interval '1 day'", _PROOF,
    ),
    Rule(
        "idempotent answers", "idempotent_answer", "at < now() - interval '24 hours'",
        "a client repeats within the day; they hold payloads",
    ),
    Rule(
        "refresh tokens", "refresh_token",
        f"session_id IN (SELECT id FROM session WHERE {_SESSION_OVER})",  # noqa: S608 — the text above
        "a stolen token is told by its session, for as long as that is kept",
    ),
    Rule(
        "sessions", "session",
        f"{_SESSION_OVER} AND NOT EXISTS"
        " (SELECT FROM refresh_token WHERE refresh_token.session_id = held.id)",
        "that one signed in stands in the audit; the device need not",
    ),
    Rule("documents of those who left", "identity_document", _left("held.person_id"), _AIM),
    Rule(
        "contacts and numbers of those who left", "person",
        "(snils_sealed, phone, email, address, workplace) IS DISTINCT FROM"
        f" (NULL, NULL, NULL, NULL, NULL) AND {_left('held.id')}",
        f"{_AIM}; the name stays with the marks, which a school has to keep",
        erase="snils_sealed = NULL, snils_digest = NULL, phone = NULL, email = NULL,"
        " address = NULL, workplace = NULL",
    ),
    Rule(
        "health and care of pupils who left", "student",
        "(health_group, physical_education_group, special_needs, social_risk) IS DISTINCT FROM"
        f" (NULL, NULL, NULL, NULL) AND {_left('held.person_id')}",
        f"{_AIM}; special categories first (art. 10)",
        erase="health_group = NULL, physical_education_group = NULL, special_needs = NULL,"
        " social_risk = NULL",
    ),
)  # fmt: skip

_AUDIT = """
INSERT INTO audit_entry (at, roles, action, entity, after, request_id, address)
VALUES (now(), '[]', 'retention.applied', 'Person', $1, '', '')
"""


async def apply(connection: asyncpg.Connection) -> AsyncIterator[tuple[Rule, int]]:
    """Apply each rule; gives its count. Each piece is a transaction: it may be interrupted.

    The audit trail is not touched; at the end it tells of the run.
    """
    counts = {}
    for rule in RULES:
        counts[rule.name] = 0
        while done := len(await connection.fetch(rule.applying)):
            counts[rule.name] += done
        yield rule, counts[rule.name]
    await connection.execute(_AUDIT, json.dumps(counts))


async def counted(connection: asyncpg.Connection) -> AsyncIterator[tuple[Rule, int]]:
    """What each rule would do now; those that wait for another's rows are counted without it."""
    for rule in RULES:
        yield rule, int(await connection.fetchval(rule.counting))
