"""Which files go with what somebody writes: one's own, as the file service knows them."""

from collections.abc import Mapping, Sequence

from errors import UserError
from files import FileState, StoredFile
from models.attached import AttachedFile
from resolvers.work import Work, all_of
from schema.declaration.ids import decode

_MOST = 10
_AT = "attachmentIds"


async def found(work: Work, given: Sequence[str]) -> Sequence[StoredFile]:
    """The files of these ids, each once.

    Raises FILES_UNAVAILABLE where there is no file service, NOT_FOUND for what is no file of the
    viewer's, FILE_NOT_READY for what may not be given to others.
    """
    if not given:
        return ()
    files, person = work.context.services.files, work.viewer.person_id
    if files is None or person is None:
        raise UserError("FILES_UNAVAILABLE", "This installation keeps no files.", _AT)
    if len(given) > _MOST:
        raise UserError("TOO_LONG", f"At most {_MOST} files.", _AT)
    numbers = [decode("File", each) or 0 for each in given]
    known = await files.of_person(person, numbers)
    all_of(_problem(known, number, place) for place, number in enumerate(numbers))
    return [known[number] for number in dict.fromkeys(numbers)]


def attach(work: Work, to: type[AttachedFile], files: Sequence[StoredFile], **row: int) -> None:
    """Let the files go with the row, as they are called and as large as they are now."""
    for file in files:
        work.writes.make(
            to,
            **row,
            file_id=file.id,
            name=file.name,
            size_bytes=file.size_bytes,
            media_type=file.media_type,
        )


def _problem(known: Mapping[int, StoredFile], number: int, place: int) -> UserError | None:
    if number not in known:
        return UserError("NOT_FOUND", "You have no such file.", _AT, str(place))
    if known[number].state is not FileState.READY:
        return UserError("FILE_NOT_READY", "This file may not be sent.", _AT, str(place))
    return None
