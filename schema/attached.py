"""Files that go with something that somebody has written, as clients see and name them."""

from typing import Any

import strawberry

from schema.declaration import column, identifier


def file_id() -> Any:
    """The file's own id."""
    return identifier("File", path="file_id")


def name() -> Any:
    """What the file is called."""
    return column(description="What it was called when it was sent.")


def size_bytes() -> Any:
    """How large the file is."""
    return column(description="How large it was.")


def media_type() -> Any:
    """What the file is."""
    return column(description="What it was, as a media type (RFC 6838).")


def attachment_ids() -> Any:
    """Which files are to go with what is sent."""
    return strawberry.field(
        default_factory=list,
        description="Up to 10 files of one's own; `FILES_UNAVAILABLE` where nothing keeps files.",
    )
