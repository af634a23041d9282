"""What a school's office sends, and what it is answered."""

from typing import Any

from tests.diary import Answer, Client
from tests.factories import PersonMade, PupilMade, gid

_ACCOUNT = "account { id login status maskedName roles { role organization { name } } }"
_ERRORS = "userErrors { code message field }"
_ANSWERS = {
    "recordDocument": "document { id kind }",
    "recordSnils": "isRecorded",
    "recordConsent": "consent { id purpose isInForce }",
    "withdrawConsent": "consent { id isInForce }",
    "issueAccount": f"{_ACCOUNT} initialPassword",
    "blockAccount": _ACCOUNT,
    "unblockAccount": _ACCOUNT,
    "resetPassword": f"{_ACCOUNT} initialPassword",
    "endAccountSessions": _ACCOUNT,
    "importClassAccounts": "accounts { fullName login initialPassword }",
    "changeSchoolPolicy": "organization { policy { homeroomResetsPasswords homeroomWritesMarks } }",
    "changeGradingPolicy": "organization { gradingPolicy { correctionDays fiveFrom } }",
    "appointStaff": "post { id position validFrom validUntil }",
    "endPost": "post { id validUntil }",
}


def document(operation: str) -> str:
    """The document of a mutation of the office's."""
    kind = f"{operation[0].upper()}{operation[1:]}Input"
    return (
        f"mutation ($input: {kind}!) {{ {operation}(input: $input) "
        f"{{ {_ANSWERS[operation]} {_ERRORS} }} }}"
    )


async def send(client: Client, operation: str, **given: Any) -> Answer:
    """Send a mutation of the office's."""
    return await client.send(document(operation), input=given)


async def do(client: Client, operation: str, **given: Any) -> Any:
    """Do it, and return its payload."""
    return (await send(client, operation, **given)).data[operation]


def holder(who: PersonMade | PupilMade) -> str:
    """The id by which the office knows somebody."""
    return gid("AccountHolder", who.person.id if isinstance(who, PupilMade) else who.id)
