"""What a school's office sends to put papers and consents on file, and what it is answered."""

from datetime import date

import strawberry

from models import ConsentPurpose, DocumentKind
from schema.declaration import found, payload
from schema.documents import DataConsent, IdentityDocument
from schema.errors import UserError


@strawberry.input(description="A paper that was shown.")
class RecordDocumentInput:
    """A paper that was shown."""

    person_id: strawberry.ID = strawberry.field(description="Whose, an `AccountHolder`.")
    kind: DocumentKind = strawberry.field(description="What paper.")
    number: str = strawberry.field(description="Series and number; dashes and spaces do not count.")
    issued_on: date | None = strawberry.field(default=None, description="When it was issued.")
    issued_by: str | None = strawberry.field(default=None, description="By whom it was issued.")


@payload
class RecordDocumentPayload:
    """The paper on file, or why it is not."""

    document: IdentityDocument | None = found(description="The paper.")
    user_errors: list[UserError] = strawberry.field(description="Why it was not recorded.")


@strawberry.input(description="A SNILS that was shown.")
class RecordSnilsInput:
    """A SNILS that was shown."""

    person_id: strawberry.ID = strawberry.field(description="Whose, an `AccountHolder`.")
    snils: str = strawberry.field(description="Eleven digits, such as «112-233-445 95».")


@payload
class RecordSnilsPayload:
    """Whether the SNILS is on file, or why it is not."""

    is_recorded: bool | None = strawberry.field(description="True where it is on file now.")
    user_errors: list[UserError] = strawberry.field(description="Why it was not recorded.")


@strawberry.input(description="A consent that was signed.")
class RecordConsentInput:
    """A consent that was signed."""

    subject_id: strawberry.ID = strawberry.field(description="Whose data, an `AccountHolder`.")
    given_by_id: strawberry.ID = strawberry.field(
        description="Who signed, an `AccountHolder`: a guardian of a minor, or an adult themselves."
    )
    purpose: ConsentPurpose = strawberry.field(description="What it is given for.")
    categories: str = strawberry.field(description="The data that it is about.")
    document: str = strawberry.field(description="The signed paper: its number and place.")
    given_on: date = strawberry.field(description="When it was signed.")
    valid_until: date | None = strawberry.field(
        default=None, description="The day on which it ends by itself, if it says one."
    )


@strawberry.input(description="A consent that holds no longer.")
class WithdrawConsentInput:
    """A consent that holds no longer."""

    consent_id: strawberry.ID = strawberry.field(description="Which consent.")
    reason: str = strawberry.field(description="Why; kept in the audit.")


@payload
class RecordConsentPayload:
    """The consent that was recorded, or why it was not."""

    consent: DataConsent | None = found(description="The consent.")
    user_errors: list[UserError] = strawberry.field(description="Why it was not recorded.")


@payload
class WithdrawConsentPayload:
    """The consent that holds no longer, or why it still does."""

    consent: DataConsent | None = found(description="The consent.")
    user_errors: list[UserError] = strawberry.field(description="Why it was not withdrawn.")
