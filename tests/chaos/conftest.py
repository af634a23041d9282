"""Fixtures of tests that break the service."""

from collections.abc import Iterator

import pytest

from tests.chaos.site import Site, a_site


@pytest.fixture(scope="package")
def site(template_url: str) -> Iterator[Site]:
    """Return a service to be broken; whoever breaks it leaves it running again."""
    with a_site(template_url) as found:
        yield found
