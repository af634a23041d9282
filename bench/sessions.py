"""Sessions for many people at once, without the price of a password for each."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from access.tokens import Claims, TokenSigner
from bench.machine import SECRET, fetch

_LIFE = timedelta(hours=2)
_ACCOUNTS = """
INSERT INTO account (login, password_hash, created_at, person_id)
SELECT 'bench' || person_id, '', now(), person_id FROM unnest($1::bigint[]) AS person_id
ON CONFLICT DO NOTHING
"""
_SESSIONS = """
INSERT INTO session (account_id, created_at, expires_at, address, user_agent)
SELECT id, now(), now() + $2::interval, '', '' FROM account WHERE person_id = ANY ($1)
RETURNING (SELECT person_id FROM account WHERE id = account_id), account_id, id
"""


def tokens(database: str, people: Sequence[int]) -> dict[int, str]:
    """An access token of each of these persons, by a session of their own.

    Who has no account gets one; the data set gives them to a few.
    """
    fetch(database, _ACCOUNTS, people)
    moment, signer = datetime.now(UTC), TokenSigner(SECRET)
    return {
        person: signer.sign(Claims(account, session, moment + _LIFE), moment)
        for person, account, session in fetch(database, _SESSIONS, people, _LIFE)
    }
