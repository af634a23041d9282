"""Unmistakable values are planted in a served diary, and looked for wherever they must not be."""

import asyncio
import base64
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import asyncpg
import httpx
from redis.asyncio import Redis
from tortoise.connection import get_connection

from access import vault
from models import DocumentKind, IdentityDocument
from tests.diary import Client, Diary
from tests.factories import PASSWORD, PupilMade, SectionMade, a_message, a_school, gid, serial
from tests.factories.people import GuardianMade
from tests.programs import serving
from tests.servers import RedisServer

_CARD = (
    "query ($id: ID!) { student(id: $id) { fullName birthDate phone email address snils "
    "specialNeeds guardians { fullName phone } documents { number } } }"
)
_INBOX = (
    "{ viewer { login inbox(first: 1) { edges { cursor node { message { subject body } } } "
    "pageInfo { endCursor } } } }"
)
_HEAR = "subscription { markChanges { kind cursor mark { comment student { fullName } } } }"
_SEARCH = "query ($text: String) { viewer { messageRecipients(search: $text) { fullName } } }"


class Planted:
    """Values by what they are; each is a word that stands nowhere else."""

    def __init__(self) -> None:
        number = serial()
        kinds = "name email address document comment reason needs subject body guess search"
        self.texts = {kind: f"planted{kind}{number}" for kind in kinds.split()}
        self.texts["phone"] = f"+7999{number:07d}"
        self.texts["snils"] = f"98{number:09d}"

    def __getitem__(self, kind: str) -> str:
        return self.texts[kind]


async def test_no_planted_value_is_found_where_it_must_not_be(
    database: str, redis_server: RedisServer
) -> None:
    planted = Planted()
    section, pupil, guardian = await _story(planted)
    environ = {"DATABASE_URL": database, "REDIS_URL": redis_server.url, "LOG_LEVEL": "debug"}
    async with Redis.from_url(redis_server.url, decode_responses=True) as redis:
        with serving(**environ) as program:
            async with httpx.AsyncClient(timeout=20) as http, _overheard(redis) as heard:
                diary = Diary(program.url, http)
                told = await _drive(diary, planted, section, pupil, guardian)
                metrics = (await http.get(f"{program.url}/metrics")).text
                heard.append(await _kept(redis))
    secrets = [*planted.texts.values(), PASSWORD, *told.secrets]
    found = {
        "cursors": " ".join(map(_decoded, told.cursors)),
        "metrics": metrics,
        "redis": "\n".join(heard),
        "log": program.output,
        "change log": await _change_log(),
        "log of PostgreSQL": await _log_of_postgresql(database),
    }
    assert "PUBLISH" in found["redis"]
    assert "operation=" in found["log"]
    leaks = {(where, each) for where, text in found.items() for each in secrets if each in text}
    assert leaks == set()


class Told:
    """What came back that is looked at again: cursors, and secrets that were handed out."""

    def __init__(self) -> None:
        self.cursors: list[str] = []
        self.secrets: list[str] = []

    def of(self, client: Client) -> Client:
        self.secrets += [text for text in (client.token, client.refresh_token) if text]
        return client


async def _story(planted: Planted) -> tuple[SectionMade, PupilMade, GuardianMade]:
    school = await a_school()
    klass = await school.class_("7А")
    teacher = await school.teacher()
    pupil = await klass.pupil(
        last_name=planted["name"],
        snils=planted["snils"],
        phone=planted["phone"],
        email=planted["email"],
        address=planted["address"],
    )
    await pupil.change(special_needs=planted["needs"])
    held = vault.held()
    await IdentityDocument.create(
        person=pupil.person.row,
        kind=DocumentKind.BIRTH_CERTIFICATE,
        number_sealed=held.seal(planted["document"], vault.DOCUMENT),
        number_digest=held.digest(planted["document"], vault.DOCUMENT),
        checked_at="2026-09-01T00:00:00Z",
        checked_by=teacher.row,
    )
    guardian = await pupil.guardian()
    await a_message(teacher, guardian, subject=planted["subject"], body=planted["body"])
    return await klass.section("Алгебра", teacher), pupil, guardian


async def _drive(
    diary: Diary, planted: Planted, section: SectionMade, pupil: PupilMade, guardian: GuardianMade
) -> Told:
    """Read, write, listen, and be wrong in every way, with planted values."""
    told = Told()
    reader = told.of(await diary.as_(guardian))
    writer = told.of(await diary.as_(section.teacher))
    card = (await reader.send(_CARD, id=gid("Student", pupil.id))).data["student"]
    shown = json.dumps(card, ensure_ascii=False)
    for kind in ("name", "phone", "email", "address", "snils", "needs", "document"):
        assert planted[kind] in shown
    inbox = (await reader.send(_INBOX)).data["viewer"]["inbox"]
    assert inbox["edges"][0]["node"]["message"]["body"] == planted["body"]
    told.cursors += [inbox["pageInfo"]["endCursor"], inbox["edges"][0]["cursor"]]
    async with reader.socket() as socket:
        await socket.subscribe(_HEAR)
        await socket.settled()
        await _write(writer, planted, await section.lesson(), pupil)
        event = (await socket.next())["markChanges"]
        assert event["mark"]["comment"] == planted["comment"]
        told.cursors.append(event["cursor"])
    await _be_wrong(diary, reader, planted)
    return told


async def _write(client: Client, planted: Planted, lesson: Any, pupil: PupilMade) -> None:
    payload = await client.do(
        "RecordMark",
        lessonId=gid("Lesson", lesson.id),
        studentId=gid("Student", pupil.id),
        value=5,
        comment=planted["comment"],
    )
    await client.do(
        "CorrectMark",
        markId=payload["mark"]["id"],
        version=1,
        value=4,
        reason=planted["reason"],
    )


async def _be_wrong(diary: Diary, reader: Client, planted: Planted) -> None:
    """Sign-ins, ids, documents and arguments that are refused, each with a planted value."""
    nobody, name = diary.nobody, planted["name"]
    await nobody.do("SignIn", login=planted["email"], password=planted["guess"])
    await nobody.ask("SignIn", input={"login": f"{name}\x00", "password": planted["guess"]})
    await nobody.ask("RefreshSession", input={"refreshToken": planted["guess"]})
    await reader.send(_CARD, id=name)
    await reader.send(f'{{ student(id: "{name}") {{ fullName {name} }} }}')
    await reader.send(f"{{ {name}")
    await reader.send(_SEARCH, text=planted["search"])
    await reader.send(_SEARCH, text=f"{planted['search']}\x00")
    await reader.ask("RecordMark", input={"lessonId": name, "value": planted["comment"]})
    headers = {**reader.headers, "Idempotency-Key": planted["guess"]}
    await reader.http.post(f"{reader.url}/graphql", content=name, headers=headers)


@asynccontextmanager
async def _overheard(redis: Redis) -> AsyncIterator[list[str]]:
    """Collect every command that Redis is sent while inside, what is published among them."""
    commands: list[str] = []

    async def listen() -> None:
        async for each in monitor.listen():
            commands.append(each["command"])  # noqa: PERF401 — one by one, as they come

    async with redis.monitor() as monitor:
        task = asyncio.create_task(listen())
        try:
            yield commands
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task


async def _kept(redis: Redis) -> str:
    """Every key of Redis, and what stands under it."""
    return repr([(key, await redis.dump(key)) for key in await redis.keys("*")])


async def _change_log() -> str:
    rows = await get_connection("default").execute_query_dict(
        "SELECT string_agg(change_entry::text, ' ') AS text FROM change_entry"
    )
    return str(rows[0]["text"])


async def _log_of_postgresql(database: str) -> str:
    """The log of the embedded server, which lies in its folder."""
    connection = await asyncpg.connect(database)
    folder = await connection.fetchval("SHOW data_directory")
    await connection.close()
    log = Path(folder) / "log"
    return log.read_text(errors="replace") if log.is_file() else ""


def _decoded(cursor: str) -> str:
    return cursor + base64.b64decode(cursor + "==", altchars=b"-_").decode(errors="replace")
