"""Taking in a class with its families by one CSV."""

import strawberry

from schema.errors import UserError


@strawberry.input(description="A class, and its pupils with their guardians.")
class ImportClassAccountsInput:
    """A class, and its pupils with their guardians."""

    class_id: strawberry.ID = strawberry.field(description="Which class; of pupils, no group.")
    csv: str = strawberry.field(
        description="The file's text: a line of column names, and a line for each pupil; "
        "`docs/class-import.md` says which columns."
    )


@strawberry.type(description="A new account, to be printed for its owner.")
class PrintedAccount:
    """A new account, to be printed for its owner."""

    full_name: str = strawberry.field(description="Family name, first name, patronymic.")
    login: str = strawberry.field(description="The name used for signing in.")
    initial_password: str = strawberry.field(
        description="To be given to its owner, who exchanges it for one of their own."
    )


@strawberry.type(
    description="""The accounts that were issued, or why nothing at all was written.

Passwords are told here and nowhere else: a repetition under one `Idempotency-Key` lists none."""
)
class ImportClassAccountsPayload:
    """The accounts that were issued, or why nothing at all was written."""

    accounts: list[PrintedAccount] | None = strawberry.field(
        description="The new accounts, in the file's order; whoever has one keeps it."
    )
    user_errors: list[UserError] = strawberry.field(
        description="Everything that is wrong, at `csv.<row>.<column>`; rows count as in a "
        "spreadsheet, the names of the columns being the first."
    )
