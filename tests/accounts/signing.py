"""What being signed in looks like from outside, and in the database."""

from models import Session
from tests.diary import Client
from tests.factories import AccountMade

WRONG = [("INVALID_CREDENTIALS", None)]
SPENT = [("INVALID_TOKEN", "refreshToken")]


async def session_of(account: AccountMade) -> Session:
    return await Session.get(account_id=account.id)


async def is_signed_in(client: Client) -> bool:
    answer = await client.ask("Viewer")
    if "errors" not in answer.body:
        return True
    assert (answer.partial, answer.refused) == ({"viewer": None}, [("UNAUTHENTICATED", "viewer")])
    return False
