"""What a mutation answers when the input was well-formed but wrong."""

from enum import StrEnum

import strawberry

from schema.declaration import describe_enum


class UserErrorCode(StrEnum):
    """Why a mutation changed nothing."""

    INVALID_CREDENTIALS = "INVALID_CREDENTIALS"
    TOO_MANY_ATTEMPTS = "TOO_MANY_ATTEMPTS"
    INVALID_TOKEN = "INVALID_TOKEN"  # noqa: S105 — a code, not a token
    INVALID_CODE = "INVALID_CODE"
    CHANNEL_UNAVAILABLE = "CHANNEL_UNAVAILABLE"
    FILES_UNAVAILABLE = "FILES_UNAVAILABLE"
    FILE_NOT_READY = "FILE_NOT_READY"
    PROVIDER_UNAVAILABLE = "PROVIDER_UNAVAILABLE"
    IDENTITY_REFUSED = "IDENTITY_REFUSED"
    IDENTITY_NOT_CONFIRMED = "IDENTITY_NOT_CONFIRMED"
    CONSENT_REQUIRED = "CONSENT_REQUIRED"
    NOT_FOUND = "NOT_FOUND"
    FORBIDDEN = "FORBIDDEN"
    CONFLICT = "CONFLICT"
    CANCELLED = "CANCELLED"
    NOT_INVITED = "NOT_INVITED"
    REGISTRATION_CLOSED = "REGISTRATION_CLOSED"
    REQUIRED = "REQUIRED"
    MALFORMED = "MALFORMED"
    OUT_OF_RANGE = "OUT_OF_RANGE"
    TOO_LONG = "TOO_LONG"
    TOO_SHORT = "TOO_SHORT"
    EASY_TO_GUESS = "EASY_TO_GUESS"
    DUPLICATE = "DUPLICATE"
    NOT_ENROLLED = "NOT_ENROLLED"
    OVERLAPS = "OVERLAPS"
    CLASH = "CLASH"
    ALREADY_HELD = "ALREADY_HELD"
    IN_FUTURE = "IN_FUTURE"
    IN_PAST = "IN_PAST"
    LOCKED = "LOCKED"
    MARKS_NOT_USED = "MARKS_NOT_USED"
    TAKEN = "TAKEN"
    MAY_NOT_CONSENT = "MAY_NOT_CONSENT"
    CONSENT_MISSING = "CONSENT_MISSING"
    SNILS_MISSING = "SNILS_MISSING"
    DOCUMENT_MISSING = "DOCUMENT_MISSING"
    CHILD_DOCUMENT_MISSING = "CHILD_DOCUMENT_MISSING"


describe_enum(
    UserErrorCode,
    "Why a mutation changed nothing.",
    INVALID_CREDENTIALS="Login or password are wrong, or the account is blocked; it is not told.",
    TOO_MANY_ATTEMPTS="Too many attempts, or too much sent; the message says when to try again.",
    INVALID_TOKEN="The token or ticket is unknown, was used before, or its time is over.",  # noqa: S106 — a sentence
    INVALID_CODE="The code is wrong, was used before or is too old, or its ticket is; "
    "it is not told which.",
    CHANNEL_UNAVAILABLE="This installation cannot send anything this way.",
    FILES_UNAVAILABLE="This installation keeps no files.",
    FILE_NOT_READY="The file has not arrived whole, is still looked through, or was refused.",
    PROVIDER_UNAVAILABLE="The identity provider does not answer as it should.",
    IDENTITY_REFUSED="The identity provider refuses the code, or what it says is not believed.",
    IDENTITY_NOT_CONFIRMED="The identity provider has not confirmed who the person is.",
    CONSENT_REQUIRED="The input does not agree, or for a child no guardian has at the school.",
    NOT_FOUND="There is no such row, or the caller does not reach it.",
    FORBIDDEN="The caller may read this but not change it; the message says why.",
    CONFLICT="Somebody else has changed it since or is changing it, or it stands in another's way.",
    CANCELLED="What is to be changed was called off.",
    NOT_INVITED="The event is not for the person, though they may read of it.",
    REGISTRATION_CLOSED="Nobody registers for it, or no longer.",
    REQUIRED="Something is missing or empty.",
    OUT_OF_RANGE="A number or a choice is outside of what is allowed.",
    TOO_LONG="A text or a list is too long.",
    TOO_SHORT="A text is too short.",
    EASY_TO_GUESS="A password that is common, or made of the person's own words.",
    MALFORMED="A text is not what it should be: a phone, a number of a paper, a СНИЛС whose digits "
    "do not check.",
    DUPLICATE="The same thing is named twice, or is so already.",
    NOT_ENROLLED="The pupil is not in the lesson's class on that day.",
    OVERLAPS="Another row already holds on some of these days.",
    CLASH="Class, pupils, teacher or room have another lesson then; the message says which.",
    ALREADY_HELD="Marks or attendance were written down at the lesson.",
    IN_FUTURE="The lesson has not taken place, or the day has not come yet.",
    IN_PAST="The day lies before the lesson, or what is given or to be changed is over.",
    LOCKED="The page of the journal is locked, or the days are over in which teachers write there; "
    "the message says which, and until when.",
    MARKS_NOT_USED="The first grade is taught without marks.",
    TAKEN="A login or number is somebody else's; it is not told whose.",
    MAY_NOT_CONSENT="Neither an adult for themselves nor a guardian of today for a minor.",
    CONSENT_MISSING="No consent to data processing is on file that holds today.",
    SNILS_MISSING="No SNILS is on file.",
    DOCUMENT_MISSING="No paper is on file that says who the person is.",
    CHILD_DOCUMENT_MISSING="No birth certificate or adoption record of a child is on file.",
)


@strawberry.type(description="What stands where somebody else was quicker.")
class CurrentValue:
    """What stands where somebody else was quicker."""

    text: str = strawberry.field(
        description="As a person reads it: the mark, the marks of a cell, the attendance's code, "
        "the work's title, the homework's text; empty where there is nothing."
    )
    version: int = strawberry.field(
        description="What a change of it must be made from; 0 where there is nothing."
    )


@strawberry.type(description="One reason why a mutation changed nothing.")
class UserError:
    """One reason why a mutation changed nothing."""

    code: UserErrorCode = strawberry.field(description="For programs.")
    message: str = strawberry.field(description="For people.")
    field: str | None = strawberry.field(
        description="The path inside the input, its parts joined by dots; null for the whole."
    )
    current: CurrentValue | None = strawberry.field(
        description="With CONFLICT about something that has a version: what is there now."
    )
