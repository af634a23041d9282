"""Sessions: carried on by their refresh tokens, and ended here or elsewhere."""

from collections.abc import Mapping, Sequence
from typing import Any

import strawberry

import models
from access import rules, scopes, tokens
from access.rows import reached
from errors import UserError
from models import ChangeArea, ChangeKind
from resolvers import signing
from resolvers.mutation import mutation, mutation_without_input
from resolvers.work import Work
from schema.accounts import EndSessionInput, EndSessionsPayload, SignOutPayload
from schema.declaration.ids import decode, encode
from schema.signing import RefreshSessionInput, RefreshSessionPayload
from subscriptions import topics
from subscriptions.log import Change

# A session begins after the second factor, and whoever confirms one ends all that began before.
_SHOWN_BEFORE = (None, models.StepKind.SECOND_FACTOR)


@mutation(RefreshSessionPayload, allow=rules.ANYONE)
async def refresh_session(work: Work, input: RefreshSessionInput) -> Mapping[str, Any]:  # noqa: A002
    """Carry a session on with its last refresh token.

    A token that was used before has been stolen from somebody: its whole session ends. So does a
    session that could not begin today: without the second factor that the owner's school asks for
    by now, or with a password that was reset.
    """
    token = (
        await models.RefreshToken.filter(digest=tokens.digest(input.refresh_token))
        .select_for_update()
        .get_or_none()
    )
    if token is None:
        raise _bad_token()
    session = await models.Session.get(id=token.session_id).select_related("account")
    if not _is_live(work, session):
        raise _bad_token()
    if token.used_at is not None:
        return await _ended_instead(work, session, "session.ended_by_reuse")
    if await signing.owed(work, session.account) not in _SHOWN_BEFORE:
        return await _ended_instead(work, session, "session.ended_by_policy")
    token.used_at = work.viewer.now
    await token.save(update_fields=["used_at"])
    return {"session": await signing.fresh_tokens(work, session)}


@mutation_without_input(SignOutPayload, allow=rules.SIGNED_IN)
async def sign_out(work: Work) -> Mapping[str, Any]:
    """End the session; its tokens stop working and its open streams close."""
    session = await models.Session.get(id=work.viewer.session_id)
    await _end(work, session, work.viewer.person_id, "session.ended")
    return {}


@mutation(EndSessionsPayload, allow=rules.SIGNED_IN)
async def end_session(work: Work, input: EndSessionInput) -> Mapping[str, Any]:  # noqa: A002
    """End one of one's own sessions, on this device or another."""
    found = await _locked(work, id=decode("Session", input.session_id) or 0)
    if not found:
        raise UserError("NOT_FOUND", "There is no such session.", "sessionId")
    return await ended(work, found, work.viewer.person_id)


@mutation_without_input(EndSessionsPayload, allow=rules.SIGNED_IN)
async def end_other_sessions(work: Work) -> Mapping[str, Any]:
    """End all of one's own sessions but the one in which this is asked."""
    return await ended(work, await others(work), work.viewer.person_id)


async def others(work: Work) -> list[models.Session]:
    """The viewer's sessions but the one in which this is asked; nobody else ends them meanwhile."""
    return [each for each in await _locked(work) if each.id != work.viewer.session_id]


async def all_of(work: Work, account: models.Account) -> list[models.Session]:
    """The account's sessions, for whoever has shown to be its owner and is not signed in."""
    live = models.Session.filter(
        account_id=account.id, ended_at__isnull=True, expires_at__gt=work.viewer.now
    )
    return await live.order_by("id").select_for_update()


async def ended(
    work: Work, found: Sequence[models.Session], person_id: int | None
) -> Mapping[str, Any]:
    """End these sessions of a person: the payload's values."""
    for session in found:
        await _end(work, session, person_id, "session.ended")
    return {"ended_session_ids": [encode("Session", each.id) for each in found]}


async def _locked(work: Work, **wanted: Any) -> list[models.Session]:
    """The sessions that the viewer reaches, which nobody else ends meanwhile."""
    query: Any = reached(scopes.SESSIONS, work.viewer).filter(**wanted)
    found: list[models.Session] = await query.order_by("id").select_for_update()
    return found


async def _ended_instead(work: Work, session: models.Session, action: str) -> Mapping[str, Any]:
    await _end(work, session, session.account.person_id, action)
    work.warnings.append(_bad_token())
    return {"session": None}


def _bad_token() -> UserError:
    return UserError("INVALID_TOKEN", "Sign in again.", "refreshToken")


def _is_live(work: Work, session: models.Session) -> bool:
    return (
        session.ended_at is None
        and session.expires_at > work.viewer.now
        and session.account.blocked_at is None
    )


async def _end(work: Work, session: models.Session, person_id: int | None, action: str) -> None:
    session.ended_at = work.viewer.now
    await session.save(update_fields=["ended_at"])
    work.audit(action, models.Session, session.id)
    if person_id is not None:
        topic, people = topics.person(person_id), [person_id]
        change = Change(topic, ChangeArea.SESSIONS, ChangeKind.ENDED, session.id, people=people)
        work.announce(change)


@strawberry.type
class SessionsMutation:
    """Carrying sessions on, and ending them."""

    refresh_session = refresh_session
    sign_out = sign_out
    end_session = end_session
    end_other_sessions = end_other_sessions
