"""How those whom an event is for answer it, and what they are told."""

import strawberry

from schema.declaration import found, payload
from schema.errors import UserError
from schema.events import EventAcknowledgement, EventRegistration

_ERRORS = "Why nothing was changed; empty when it was."


@strawberry.input(description="Who is to take part in an event.")
class RegisterForEventInput:
    """Who is to take part in an event."""

    event_id: strawberry.ID = strawberry.field(description="In which event.")
    student_id: strawberry.ID | None = strawberry.field(
        default=None, description="One's child; oneself unless told."
    )


@payload
class RegisterForEventPayload:
    """The registration, or why there is none."""

    registration: EventRegistration | None = found(
        description="It says whether there is a place, or whether one waits for it."
    )
    user_errors: list[UserError] = strawberry.field(description=_ERRORS)


@strawberry.input(description="A registration to be taken back.")
class WithdrawRegistrationInput:
    """A registration to be taken back."""

    registration_id: strawberry.ID = strawberry.field(description="Which registration.")


@payload
class WithdrawRegistrationPayload:
    """What was taken back, or why it was not."""

    registration_id: strawberry.ID | None = strawberry.field(
        description="The id that it had; whoever waited longest has the place."
    )
    user_errors: list[UserError] = strawberry.field(description=_ERRORS)


@strawberry.input(description="An event that one has read of.")
class AcknowledgeEventInput:
    """An event that one has read of."""

    event_id: strawberry.ID = strawberry.field(description="Which event.")


@payload
class AcknowledgeEventPayload:
    """That one has read it, or why that was not written down."""

    acknowledgement: EventAcknowledgement | None = found(description="The first time stays.")
    user_errors: list[UserError] = strawberry.field(description=_ERRORS)
