"""The identity providers of an installation, by name."""

from collections.abc import Iterator
from pathlib import Path

from identities.declarations import read_providers
from identities.provider import IdentityProvider


class Providers:
    """Those that are declared, in the order of their file; none where there is no file."""

    def __init__(self, path: Path | None = None) -> None:
        found = read_providers(path) if path else []
        self._by_name = {each.declared.name: each for each in found}

    def __iter__(self) -> Iterator[IdentityProvider]:
        return iter(self._by_name.values())

    def named(self, name: str) -> IdentityProvider | None:
        """The provider of that name, if there is one."""
        return self._by_name.get(name)

    async def close(self) -> None:
        """Hang up on all of them."""
        for each in self:
            await each.close()
