"""Accounts that can sign in with the one password of all of them."""

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache

from argon2 import PasswordHasher

from models import Account, Person
from tests.factories.made import Made, serial

PASSWORD = "diary-demo"


@dataclass
class AccountMade(Made[Account]):
    @property
    def login(self) -> str:
        return self.row.login

    @property
    def password(self) -> str:
        return PASSWORD

    async def block(self) -> None:
        await self.change(blocked_at=datetime.now(UTC))


async def an_account(person: Person, login: str | None = None) -> AccountMade:
    row = await Account.create(
        person=person, login=login or f"login.{serial()}", password_hash=_password_hash()
    )
    return AccountMade(row)


@cache
def _password_hash() -> str:
    """Argon2id at its cheapest: a test that signs in should not wait for it."""
    return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
