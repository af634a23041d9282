"""What an outbox does where no client can see it: its bounds, and couriers that fail in any way."""

import asyncio

import pytest

from couriers.letter import Channel, Letter
from couriers.outbox import Outbox

_LETTER = Letter("owner@mail.example", "Subject", "Text")


class _Gate:
    """A courier that lets nothing through until it is opened."""

    def __init__(self) -> None:
        self.is_open = asyncio.Event()
        self.passed = 0

    async def deliver(self, _letter: Letter) -> None:
        await self.is_open.wait()
        self.passed += 1


class _Broken:
    def __init__(self) -> None:
        self.tries = 0

    async def deliver(self, letter: Letter) -> None:
        self.tries += 1
        raise RuntimeError(letter.to)


async def test_a_thousand_letters_wait_and_no_more(capsys: pytest.CaptureFixture[str]) -> None:
    gate = _Gate()
    outbox = Outbox({Channel.SMS: gate})
    async with outbox.running():
        for _ in range(1_005):
            outbox.post(Channel.SMS, _LETTER)
        gate.is_open.set()
    assert gate.passed == 1_000
    written = capsys.readouterr().out
    assert written.count("outbox.full") == 5
    assert _LETTER.to not in written


async def test_a_courier_that_fails_in_its_own_way_is_tried_again_too(
    capsys: pytest.CaptureFixture[str],
) -> None:
    broken = _Broken()
    outbox = Outbox({Channel.SMS: broken})
    async with outbox.running():
        outbox.post(Channel.SMS, _LETTER)
    assert broken.tries == 1
    written = capsys.readouterr().out
    assert ("outbox.lost" in written, "RuntimeError" in written) == (True, True)
    assert _LETTER.to not in written


async def test_what_has_no_courier_is_let_be() -> None:
    gate = _Gate()
    outbox = Outbox({Channel.SMS: gate})
    gate.is_open.set()
    async with outbox.running():
        outbox.post(Channel.EMAIL, _LETTER)
    assert gate.passed == 0


def test_a_letter_is_not_shown() -> None:
    assert _LETTER.to not in repr(_LETTER)
    assert _LETTER.text not in repr(_LETTER)
