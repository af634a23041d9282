"""Documents that a school was shown, and consents that it was given."""

import datetime as dt

from access import offices, rules
from models import ConsentPurpose, DocumentKind
from schema import numbers
from schema.declaration import Node, column, computed, describe_enum, entity, resolved

describe_enum(
    DocumentKind,
    "What kind of paper says who somebody is, or whose child.",
    PASSPORT="Passport of the Russian Federation.",
    FOREIGN_PASSPORT="Passport of another state.",
    BIRTH_CERTIFICATE="Birth certificate (свидетельство о рождении).",
    ADOPTION_RECORD="Record of an adoption or of guardianship.",
    OTHER="Another document.",
)
describe_enum(
    ConsentPurpose,
    "What a consent is given for; each purpose needs one of its own.",
    DATA_PROCESSING="The school processes the data (152-ФЗ, art. 9).",
    EXTERNAL_IDENTITY="The account is linked to an identity provider such as ЕСИА.",
    CONTACT_SHARING="Teachers at the school see a guardian's phone and e-mail.",
    PUBLICATION="Results and pictures are published (152-ФЗ, art. 10.1).",
)


@entity(reach=offices.DOCUMENTS)
class IdentityDocument(Node):
    """A document that somebody of the school has looked at (документ, удостоверяющий личность)."""

    kind: DocumentKind = column(description="What kind of document.")
    checked_at: dt.datetime = column(description="When the school looked at it.")
    number: str | None = resolved(
        numbers.document,
        needs=("number_sealed",),
        description="Series and number, as written down.",
        allow=rules.DOCUMENT_NUMBER,
    )
    number_masked: str | None = resolved(
        numbers.document_masked,
        needs=("number_sealed",),
        description="The number with its last three characters shown; `reveal` shows it whole.",
        allow=rules.DOCUMENT_IN_PART,
    )
    issued_on: dt.date | None = column(
        description="The day of its issue.", allow=rules.DOCUMENT_IN_PART
    )
    issued_by: str | None = column(description="Who issued it.", allow=rules.DOCUMENT_IN_PART)


@entity(reach=offices.CONSENTS)
class DataConsent(Node):
    """A consent to process somebody's data (согласие на обработку персональных данных)."""

    purpose: ConsentPurpose = column(description="What it is given for.")
    is_in_force: bool = computed(
        "EXISTS (SELECT FROM standing_consent WHERE standing_consent.id = {row}.id)",
        description="Whether it stands today.",
    )
    categories: str | None = column(description="The data that it is about.", allow=rules.CONSENT)
    given_on: dt.date | None = column(
        description="The day from which it stands.", allow=rules.CONSENT
    )
    valid_until: dt.date | None = column(
        description="The day from which it stands no longer; null where it has no term.",
        allow=rules.CONSENT,
    )
    withdrawn_at: dt.datetime | None = column(
        description="When it was withdrawn.", allow=rules.CONSENT
    )
