"""No text that somebody writes is left without a secret: whoever adds a column plants one.

What is planted is looked for by `test_reach`, in all that everybody can ask for.
"""

from collections.abc import Iterator

import pytest
from tortoise import Tortoise
from tortoise.connection import get_connection
from tortoise.fields import CharField, JSONField, TextField
from tortoise.fields.base import Field

from access.roles import Relation
from access.scope import EVERY
from schema.declaration.entity import entities
from tests.access.cast import Cast
from tests.access.test_reach import MAY_SEE, SEEN

# Nobody writes these: programs make them of other things, or choose them among a few.
_MADE = {
    "account.password_hash",
    "audit_entry.action",
    "audit_entry.address",
    "audit_entry.entity",
    "audit_entry.request_id",
    "audit_entry.roles",
    "calendar_feed.digest",
    "change_entry.kind",
    "change_entry.topic",
    "change_epoch.value",
    "change_topic.topic",
    "diary_marker.topic",
    "event_audience.key",
    "external_identity.provider",
    "external_identity.subject_digest",
    "external_record.digest",
    "external_record.kind",
    "external_record.source",
    "external_record.sourced_id",
    "external_sign_in.nonce",
    "external_sign_in.provider",
    "external_sign_in.redirect_uri",
    "external_sign_in.state_digest",
    "external_sign_in.subject_digest",
    "external_sign_in.ticket_digest",
    "external_sign_in.verifier_sealed",
    "homework_answer_attachment.media_type",
    "idempotent_answer.digest",
    "idempotent_answer.key",
    "idempotent_answer.place",
    "idempotent_answer.values",
    "identity_document.number_digest",
    "identity_document.number_sealed",
    "message_attachment.media_type",
    "message_draft.groups",
    "password_recovery.address",
    "password_recovery.code_digest",
    "password_recovery.ticket_digest",
    "person.snils_digest",
    "person.snils_sealed",
    "recovery_code.digest",
    "refresh_token.digest",
    "second_factor.pending_sealed",
    "second_factor.secret_sealed",
    "session.address",
    "sign_in_step.address",
    "sign_in_step.digest",
}
# Names that stand on the school's door and in its timetable.
_ON_THE_DOOR = {"municipality_code.oktmo", "school_class.name"}
# No field tells why a debt has more time, and on which paper somebody agreed; and whose device it
# is, is not among the cast.
_SHOWN_TO_NOBODY = {"illness", "consent's paper", "device"}


def _is_text(field: Field[object]) -> bool:
    is_choice = getattr(field, "enum_type", None) is not None
    return isinstance(field, CharField | TextField | JSONField) and not is_choice


def _texts() -> Iterator[tuple[str, str]]:
    """Table and column of every text, but for those that everybody reads who may sign in."""
    public = {
        entity.scope.model
        for entity in entities()
        if Relation.ANYONE in entity.scope.by
        or (Relation.SIGNED_IN in entity.scope.by and entity.scope.only is EVERY)
    }
    for model in Tortoise.apps["diary"].values():
        meta = model._meta  # noqa: SLF001 — its description
        for name, field in meta.fields_map.items():
            if model not in public and _is_text(field):
                yield meta.db_table, name


@pytest.fixture(scope="module")
async def planted(cast: Cast) -> set[str]:
    """The columns in which some secret stands."""
    found = set()
    secrets = [f"%{secret}%" for secret in cast.world.secrets.values() if secret[0] == "<"]
    for table, column in _texts():
        statement = (
            f'SELECT EXISTS (SELECT FROM "{table}" WHERE "{column}"::text LIKE ANY($1)) AS is_there'  # noqa: S608
        )
        ((row),) = await get_connection("default").execute_query_dict(statement, [secrets])
        if row["is_there"]:
            found.add(f"{table}.{column}")
    return found


async def test_every_text_that_somebody_writes_holds_a_secret(planted: set[str]) -> None:
    assert planted == {".".join(each) for each in _texts()} - _MADE - _ON_THE_DOOR


async def test_what_is_said_to_be_made_is_there(planted: set[str]) -> None:
    assert {".".join(each) for each in _texts()} >= _MADE | _ON_THE_DOOR
    assert planted.isdisjoint(_MADE | _ON_THE_DOOR)


async def test_somebody_is_shown_each_kind_of_secret(cast: Cast) -> None:
    """The control: what nobody is ever shown would not be found wherever it leaked."""
    tables = (*SEEN.values(), *MAY_SEE.values())
    shown = {_kind(secret) for seen in tables for secret in seen}
    assert {_kind(secret) for secret in cast.world.secrets} == shown | _SHOWN_TO_NOBODY
    assert shown.isdisjoint(_SHOWN_TO_NOBODY)


def _kind(secret: str) -> str:
    """What it is, whosever it is."""
    return secret.rpartition(".")[2]
