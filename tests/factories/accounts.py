"""Accounts that can sign in with the one password of all of them, and their second factors."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache

import pyotp
from argon2 import PasswordHasher

from access import second_factor, vault
from models import Account, Person, RecoveryCode, SecondFactor
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

    async def initial(self, *, days: float = 1) -> None:
        """Let the password be one that was printed, for so many days from now."""
        await self.change(initial_until=datetime.now(UTC) + timedelta(days=days))

    async def second_factor(self) -> "SecondFactorMade":
        """Give the account a second factor that counts, and its recovery codes."""
        generator, now = Generator(second_factor.new_secret()), datetime.now(UTC)
        sealed = vault.held().seal(generator.secret, vault.SECOND_FACTOR)
        row = await SecondFactor.create(
            account=self.row, secret_sealed=sealed, created_at=now, confirmed_at=now
        )
        codes = second_factor.new_recovery_codes()
        for code in codes:
            await RecoveryCode.create(account=self.row, digest=second_factor.digest(code))
        return SecondFactorMade(row, generator, codes)


@dataclass
class Generator:
    """An app on somebody's phone."""

    secret: str

    def code(self, *, ahead: int = 0) -> str:
        """The code of now, or of so many steps of half a minute ahead."""
        return pyotp.TOTP(self.secret).at(datetime.now(UTC), counter_offset=ahead)

    @property
    def wrong(self) -> str:
        """Six digits that are no code for the next minutes, nor were lately."""
        close = {self.code(ahead=steps) for steps in range(-9, 10)}
        return next(code for code in map("{:06}".format, range(99)) if code not in close)


@dataclass
class SecondFactorMade(Made[SecondFactor]):
    generator: Generator
    recovery_codes: list[str]


async def an_account(person: Person, login: str | None = None) -> AccountMade:
    row = await Account.create(
        person=person, login=login or f"login.{serial()}", password_hash=_password_hash()
    )
    return AccountMade(row)


@cache
def _password_hash() -> str:
    """Argon2id at its cheapest: a test that signs in should not wait for it."""
    return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
