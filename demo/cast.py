"""The people whom the contract names: who has which login, and the accounts of all of them."""

import hashlib
from datetime import datetime

from argon2 import PasswordHasher

from demo.people import People
from demo.sink import Sink

PASSWORD = "diary-demo"  # noqa: S105  # public on purpose: it opens invented data only


class Cast:
    """Logins and the persons who bear them."""

    def __init__(self) -> None:
        self._persons: dict[str, int] = {}
        self._organizations: dict[str, int] = {}

    def __setitem__(self, login: str, person: int) -> None:
        self._persons[login] = person

    def __getitem__(self, login: str) -> int:
        return self._persons[login]

    def __len__(self) -> int:
        return len(self._persons)

    def belong_to(self, organization: int) -> None:
        """Say of everyone who belongs to none yet where they do."""
        for login in self._persons:
            self._organizations.setdefault(login, organization)

    def write(self, sink: Sink, people: People, seed: int, created_at: datetime) -> None:
        """Make an account for everyone, and put on file what that takes.

        One hash is made and shared: the password is public, so a salt for each account would
        protect nothing and cost a thousand times as much. The salt comes from the seed, so that
        the same seed gives the same rows.
        """
        salt = hashlib.sha256(f"demo accounts {seed}".encode()).digest()[:16]
        password_hash = PasswordHasher().hash(PASSWORD, salt=salt)
        for login, person in self._persons.items():
            sink.add("account", person, login, password_hash, created_at)
            self._put_on_file(sink, people, login, created_at)

    def _put_on_file(self, sink: Sink, people: People, login: str, at: datetime) -> None:
        """An adult's passport; and a consent, a pupil's given by the parent of the same number."""
        person = self._persons[login]
        parent = self._persons[login.replace("student", "parent")]
        if parent == person:
            people.show(person, "PASSPORT", f"87{person:08d}", by=person)
        sink.add(
            "data_consent",
            person,
            parent,
            self._organizations[login],
            "DATA_PROCESSING",
            "ФИО, дата рождения, СНИЛС, документы, контакты",
            f"Согласие № {person}",
            at.date(),
            at,
            parent,
        )
