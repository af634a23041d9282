"""A verified access token is remembered, for its life and no longer."""

from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest

from access import tokens
from access.tokens import ACCESS_LIFE, Claims, TokenSigner
from errors import Unauthenticated

_SIGNER_SECRET = "s" * 32


class _Later(datetime):
    """The clock when an access token has run out, its leeway included."""

    @classmethod
    def now(cls, tz: Any = None) -> Any:
        return datetime.now(tz) + ACCESS_LIFE + timedelta(seconds=31)


def _refuse(*_: Any, **__: Any) -> Any:
    raise jwt.InvalidTokenError


def _claims(number: int = 7) -> Claims:
    now = datetime.now(UTC).replace(microsecond=0)
    return Claims(number, 8, now + ACCESS_LIFE)


def test_a_token_is_verified_once_and_asked_for_its_time_ever_after(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    signer = TokenSigner(_SIGNER_SECRET)
    claims = _claims()
    token = signer.sign(claims, datetime.now(UTC))
    verified = signer.verify(token)
    assert verified == claims
    monkeypatch.setattr(jwt, "decode", _refuse)
    assert signer.verify(token) is verified
    monkeypatch.setattr(tokens, "datetime", _Later)
    for _ in range(2):
        with pytest.raises(Unauthenticated):
            signer.verify(token)


@pytest.mark.parametrize("alter", [lambda text: text[:-2] + "xx", lambda text: text + "x"])
def test_what_is_like_a_remembered_token_is_no_token(alter: Any) -> None:
    signer = TokenSigner(_SIGNER_SECRET)
    token = signer.sign(_claims(), datetime.now(UTC))
    signer.verify(token)
    for _ in range(2):
        with pytest.raises(Unauthenticated):
            signer.verify(alter(token))


def test_as_many_tokens_are_remembered_as_there_is_place_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(tokens, "_MOST_REMEMBERED", 10)
    signer = TokenSigner(_SIGNER_SECRET)
    signed = [signer.sign(_claims(number), datetime.now(UTC)) for number in range(11)]
    assert [signer.verify(token).account_id for token in signed] == list(range(11))
    monkeypatch.setattr(jwt, "decode", _refuse)
    assert signer.verify(signed[-1]).account_id == 10
    with pytest.raises(Unauthenticated):
        signer.verify(signed[0])
