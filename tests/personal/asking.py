"""Documents of personal data, with all that their payloads tell."""

from typing import Any

from tests.diary import Answer, Client

_ERRORS = "userErrors { code message field }"
_ANSWERED = {
    "reveal": "value",
    "changePersonalData": "student { fullName birthDate sex snilsMasked phone email address }",
    "changeCare": "student { healthGroup physicalEducationGroup hasSpecialConditions }",
    "changeGuardianData": "guardian { phone email }",
}


async def tell(client: Client, operation: str, **given: Any) -> Answer:
    """Send the mutation with this input."""
    kind = f"{operation[0].upper()}{operation[1:]}Input"
    selected = f"{operation}(input: $input) {{ {_ANSWERED[operation]} {_ERRORS} }}"
    return await client.send(f"mutation ($input: {kind}!) {{ {selected} }}", input=given)


async def done(client: Client, operation: str, **given: Any) -> Any:
    """The payload of the mutation."""
    return (await tell(client, operation, **given)).data[operation]
