"""The people of the demo region who ask, those whom it lacks, and their open sessions."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from access.tokens import SESSION_LIFE, Claims, TokenSigner
from tests.sessions import SECRET_KEY

# Roles that no account of the demo region has, several roles in one person, and a role that ended
# today: the kinds of people between whom a plan must not mix anything up.
_FURTHER = """
WITH made AS (
    INSERT INTO person (last_name, first_name, middle_name)
    SELECT login, 'Проба', '' FROM unnest(ARRAY[
        'librarian', 'psychologist', 'former.parent', 'coming.parent', 'without.role'
    ]) AS login
    RETURNING id, last_name AS login
), accounts AS (
    INSERT INTO account (login, person_id, password_hash, created_at)
    SELECT login, id, '', now() FROM made ORDER BY login
), places AS (
    SELECT organization_id AS school,
           ARRAY(SELECT student_id FROM enrollment
                 WHERE organization_id = post.organization_id AND valid_until IS NULL
                 ORDER BY id) AS pupils
    FROM staff_post post JOIN account USING (person_id) WHERE login = 'deputy.one'
), everybody AS (
    SELECT id, login FROM made
    UNION ALL
    SELECT person_id, login FROM account
), posts AS (
    INSERT INTO staff_post (person_id, organization_id, position, valid_from)
    SELECT id, school, position, CURRENT_DATE
    FROM places, everybody JOIN (VALUES
        ('librarian', 'LIBRARIAN'), ('psychologist', 'PSYCHOLOGIST'), ('teacher.math', 'LIBRARIAN')
    ) AS given (login, position) USING (login)
)
INSERT INTO guardianship (guardian_id, student_id, relation, valid_from, valid_until)
SELECT id, pupils[place], 'OTHER', CURRENT_DATE + since, CURRENT_DATE + until
FROM places, everybody JOIN (VALUES
    ('teacher.math', 1, -1, NULL), ('deputy.one', 2, -1, NULL),
    ('former.parent', 3, -9, 0), ('coming.parent', 4, 1, NULL)
) AS given (login, place, since, until) USING (login)
"""


@dataclass
class Person:
    """Somebody who asks, and the ids that they can be expected to ask for, by type."""

    login: str
    token: str | None = None
    reached: dict[str, list[str]] = field(default_factory=dict)

    def __repr__(self) -> str:
        return self.login

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"} if self.token else {}


async def everybody(database: Any) -> list[Person]:
    """Everyone who has an account, and nobody."""
    await database.execute(_FURTHER)
    now = datetime.now(UTC)
    sessions = await database.fetch(
        """
        WITH made AS (
            INSERT INTO session (account_id, created_at, expires_at, address, user_agent)
            SELECT id, $1, $2, '', '' FROM account RETURNING id, account_id
        )
        SELECT made.id, account_id, login FROM made JOIN account ON account.id = account_id
        ORDER BY login
        """,
        now,
        now + SESSION_LIFE,
    )
    signer = TokenSigner(SECRET_KEY)
    return [Person("nobody")] + [
        Person(
            each["login"],
            signer.sign(
                Claims(each["account_id"], each["id"], now + SESSION_LIFE),
                now - timedelta(seconds=1),
            ),
        )
        for each in sessions
    ]
