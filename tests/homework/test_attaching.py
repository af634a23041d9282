"""Files that go with answers: where nothing keeps files, and where something does."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from models import HomeworkAnswer, HomeworkAnswerAttachment
from tests.diary import Client, Diary
from tests.factories import gid
from tests.factories.homework import an_answers_file
from tests.homework.story import Story, a_story
from tests.sessions import signed_in
from tests.shelves import keeping_files
from tests.traces import announced, deeds, number, reasons

pytestmark = pytest.mark.usefixtures("database")

_ANSWER = """mutation ($input: AnswerHomeworkInput!) { answerHomework(input: $input) {
    answer { id text version attachments { name } } userErrors { code message field } } }"""
_READ = """query ($id: ID!) { node(id: $id) { ... on HomeworkAnswer {
    text attachments { fileId name sizeBytes mediaType }
    revisions { version text attachments { name } } } } }"""
_FILES = [gid("File", each) for each in (1, 2, 3)]


@pytest.fixture(scope="module")
async def story(database: str, diary: Diary) -> Story:  # noqa: ARG001 — connects Tortoise
    return await a_story(diary)


@pytest.fixture(scope="module")
async def pupil(database: str, story: Story) -> AsyncIterator[Client]:
    """The pupil at a service that keeps two files of theirs, and one that is looked through."""
    said = {str(story.pupil.person.id): {"1": "READY", "2": "READY", "3": "PENDING"}}
    async with keeping_files(database, said) as keeping:
        yield Client(keeping.url, keeping.http, story.pupil_client.token)


async def _answer(client: Client, homework: str, **given: Any) -> Any:
    usual = {"homeworkId": homework, "text": "", "version": 0, "attachmentIds": _FILES[:1]}
    return (await client.send(_ANSWER, input=usual | given)).data["answerHomework"]


async def _given(story: Story) -> str:
    homework: str = (await story.assign(takesAnswers=True))["homework"]["id"]
    return homework


async def test_where_nothing_keeps_files_none_goes(story: Story) -> None:
    homework, before = await _given(story), len(await announced(story.school))
    payload = await _answer(story.pupil_client, homework, text="Решение в файле")
    assert (payload["answer"], reasons(payload)) == (
        None,
        [("FILES_UNAVAILABLE", "attachmentIds")],
    )
    assert await HomeworkAnswer.filter(homework_id=number(homework)).count() == 0
    assert len(await announced(story.school)) == before
    payload = await _answer(story.pupil_client, homework, attachmentIds=[], text="x = 3")
    assert reasons(payload) == []


async def test_files_go_with_the_answer_that_they_were_sent_with(
    story: Story, pupil: Client
) -> None:
    homework = await _given(story)
    first = await _answer(pupil, homework, attachmentIds=[_FILES[1], _FILES[0], _FILES[1]])
    names = [{"name": f"Файл {each}.pdf"} for each in (2, 1)]
    answer = first["answer"]["id"]
    assert first["answer"] == {"id": answer, "text": "", "version": 1, "attachments": names}
    again = await _answer(pupil, homework, version=1, text="Ещё раз")
    assert again["answer"]["attachments"] == [{"name": "Файл 1.pdf"}]
    [_, deed] = [
        each
        for each in await deeds("HomeworkAnswer", number(answer))
        if each.action == "homework.answered"
    ]
    assert deed.after == {"version": 2, "file_ids": [1]}
    file = {"fileId": _FILES[0], "name": "Файл 1.pdf", "sizeBytes": 10}
    told = {
        "text": "Ещё раз",
        "attachments": [{**file, "mediaType": "application/pdf"}],
        "revisions": [
            {"version": 1, "text": "", "attachments": names},
            {"version": 2, "text": "Ещё раз", "attachments": names[1:]},
        ],
    }
    for client in (story.pupil_client, story.mother, story.teacher):
        found = await client.send(_READ, id=answer)
        assert found.data["node"] == told
        assert (await client.send_unplanned(_READ, id=answer)).data == found.data
    assert (await story.classmate_client.send(_READ, id=answer)).data["node"] is None
    plan = await story.teacher.plan(_READ, id=answer)
    assert (plan["planned"], plan["statements"]) == (True, 1)


@pytest.mark.parametrize(
    ("given", "errors"),
    [
        ({"attachmentIds": _FILES[2:]}, [("FILE_NOT_READY", "attachmentIds.0")]),
        ({"attachmentIds": [gid("File", 7)]}, [("NOT_FOUND", "attachmentIds.0")]),
        ({"attachmentIds": [_FILES[0]] * 11}, [("TOO_LONG", "attachmentIds")]),
        ({"attachmentIds": []}, [("REQUIRED", "text")]),
        ({"text": "ё" * 8001}, [("TOO_LONG", "text")]),
    ],
)
async def test_an_answer_is_refused(
    story: Story, pupil: Client, given: Any, errors: list[tuple[str, str]]
) -> None:
    homework = await _given(story)
    payload = await _answer(pupil, homework, **given)
    assert (payload["answer"], reasons(payload)) == (None, errors)
    assert await HomeworkAnswer.filter(homework_id=number(homework)).count() == 0


async def test_a_family_reads_what_its_own_files_are_called(story: Story) -> None:
    homework = await _given(story)
    answered = await _answer(story.pupil_client, homework, attachmentIds=[], text="x = 3")
    answer = await HomeworkAnswer.get(id=number(answered["answer"]["id"]))
    await an_answers_file(answer, "Решение.jpg")
    found = await story.mother.send(_READ, id=gid("HomeworkAnswer", answer.id))
    assert [each["name"] for each in found.data["node"]["attachments"]] == ["Решение.jpg"]
    stranger = await signed_in(story.diary, await story.classmate.guardian())
    found = await stranger.send(_READ, id=gid("HomeworkAnswer", answer.id))
    assert found.data["node"] is None
    assert await HomeworkAnswerAttachment.filter(answer_id=answer.id).count() == 1
