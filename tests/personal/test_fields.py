"""What depends on more than a role: a consent, an age, a subject, how many have marks."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from access import masks, snils
from access.viewer import anonymous
from models import PHYSICAL_EDUCATION, ConsentPurpose
from tests.diary import Client, Diary
from tests.factories import PupilMade, a_consent, a_school, gid
from tests.sessions import signed_in

pytestmark = pytest.mark.usefixtures("database")

_DAY = timedelta(days=1)
_SHARING = ConsentPurpose.CONTACT_SHARING


async def _student(client: Client, pupil: PupilMade, selection: str) -> Any:
    document = f'{{ student(id: "{gid("Student", pupil.id)}") {{ {selection} }} }}'
    return (await client.send(document)).partial["student"]


async def test_a_teacher_sees_the_contacts_that_a_guardian_shares(diary: Diary) -> None:
    school, elsewhere = await a_school(), await a_school()
    klass = await school.class_("7А")
    pupil = await klass.pupil()
    guardian = await pupil.guardian(last_name="Ясная", phone="+7 000 1", email="y@example.org")
    other = await pupil.guardian(phone="+7 000 2")
    client = await signed_in(diary, (await klass.section("Алгебра")).teacher)
    stranger = await signed_in(diary, (await (await school.class_("7Б")).section("Химия")).teacher)
    selected = "guardians { phone email workplace documents { kind } }"
    shared: dict[str, Any] = {
        "phone": "+7 000 1",
        "email": "y@example.org",
        "workplace": None,
        "documents": [],
    }

    # For something else, to another school, of the other guardian who took it back.
    await a_consent(guardian, school, ConsentPurpose.DATA_PROCESSING)
    await a_consent(guardian, elsewhere, _SHARING)
    await a_consent(other, school, _SHARING, withdrawn_at="2026-09-02T00:00:00+00:00")
    await a_consent(other, school, _SHARING, given_on=school.today + _DAY)
    await a_consent(other, school, _SHARING, valid_until=school.today)
    assert await _student(client, pupil, selected) == {"guardians": []}

    consent = await a_consent(guardian, school, _SHARING, valid_until=school.today + _DAY)
    assert await _student(client, pupil, selected) == {"guardians": [shared]}
    assert await _student(stranger, pupil, selected) is None
    await consent.change(valid_until=school.today)
    assert await _student(client, pupil, selected) == {"guardians": []}


async def test_from_fourteen_on_a_pupil_reads_what_was_agreed_about_them(diary: Diary) -> None:
    school = await a_school()
    klass = await school.class_("7А")
    birthday = anonymous(school.today, datetime.now(UTC)).fourteen_years_ago
    young = await klass.pupil(birth_date=birthday + _DAY)
    grown = await klass.pupil(birth_date=birthday)
    for pupil, seen in ((young, []), (grown, [{"purpose": "PUBLICATION", "isInForce": True}])):
        mother = await pupil.guardian()
        await a_consent(pupil.person, school, ConsentPurpose.PUBLICATION, mother)
        selected = "consents { purpose isInForce }"
        client = await signed_in(diary, pupil)
        assert await _student(client, pupil, selected) == {"consents": seen}
        leader = await signed_in(diary, mother)
        whole = await _student(leader, pupil, "consents { purpose categories givenOn }")
        since = str(school.today - 30 * _DAY)
        told = {"purpose": "PUBLICATION", "categories": "name, birth date", "givenOn": since}
        assert whole == {"consents": [told]}


async def test_teachers_see_whether_a_consent_stands_and_not_what_it_says(diary: Diary) -> None:
    school = await a_school()
    klass = await school.class_("7А")
    pupil = await klass.pupil()
    await a_consent(pupil.person, school, withdrawn_at="2026-09-02T00:00:00+00:00")
    client = await signed_in(diary, (await klass.section("Алгебра")).teacher)
    seen = await _student(client, pupil, "consents { purpose isInForce categories withdrawnAt }")
    told = {"purpose": "DATA_PROCESSING", "isInForce": False}
    assert seen == {"consents": [{**told, "categories": None, "withdrawnAt": None}]}


async def test_a_teacher_of_sports_sees_the_group_until_the_lessons_end(diary: Diary) -> None:
    school = await a_school()
    klass = await school.class_("7А")
    pupil = await klass.pupil()
    await pupil.change(physical_education_group="SPECIAL", health_group="III")
    sports = await klass.section(PHYSICAL_EDUCATION)
    client = await signed_in(diary, sports.teacher)
    algebra = await signed_in(diary, (await klass.section("Алгебра")).teacher)
    selected = "physicalEducationGroup healthGroup"
    seen = {"physicalEducationGroup": "SPECIAL", "healthGroup": None}
    assert await _student(client, pupil, selected) == seen
    nothing = {"physicalEducationGroup": None, "healthGroup": None}
    assert await _student(algebra, pupil, selected) == nothing
    # Who goes on with another subject of the class sees the pupil, and no longer the group.
    await (await klass.section("Химия")).taught_by(sports.teacher)
    await sports.assignment.end(school.today)
    assert await _student(client, pupil, selected) == nothing


async def test_the_average_of_a_class_is_a_number_of_five_or_more(diary: Diary) -> None:
    klass = await (await a_school()).class_("7А")
    pupils = [await klass.pupil() for _ in range(5)]
    section = await klass.section("Алгебра")
    lesson = await section.lesson()
    client = await signed_in(diary, await pupils[0].guardian())
    asked = "subjectAverages { average classAverage }"
    for pupil, value in zip(pupils[:4], (5, 4, 4, 3), strict=True):
        await lesson.mark(pupil, value)
    # A second mark of one pupil is no fifth pupil.
    await lesson.mark(pupils[1], 2)
    few = {"average": 5.0, "classAverage": None}
    assert await _student(client, pupils[0], asked) == {"subjectAverages": [few]}
    await lesson.mark(pupils[4], 2)
    # Of the means 5, 3, 4, 3 and 2.
    many = {"average": 5.0, "classAverage": 3.4}
    assert await _student(client, pupils[0], asked) == {"subjectAverages": [many]}


async def test_a_family_sees_when_a_mark_was_corrected_and_not_why(diary: Diary) -> None:
    klass = await (await a_school()).class_("7А")
    pupil = await klass.pupil()
    lesson = await (await klass.section("Алгебра")).lesson()
    as_given, corrected = await lesson.mark(pupil, 3), await lesson.mark(pupil, 4)
    await corrected.correct(5, "Описка")
    client = await signed_in(diary, pupil)
    seen = await _student(client, pupil, "recentMarks { id correctedOn history { reason } }")
    days = {each["id"]: (each["correctedOn"], each["history"]) for each in seen["recentMarks"]}
    today = str(klass.school.today)
    assert days == {
        gid("Mark", as_given.id): (None, None),
        gid("Mark", corrected.id): (today, None),
    }


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("112-233-445 95", "11223344595"),
        ("08765430300", "08765430300"),
        ("001-001-998 13", "00100199813"),
        ("112-233-445 59", None),
        ("112-233-445", None),
        ("112-233-445 9５", None),
        ("000-000-000 00", None),
        ("", None),
    ],
)
def test_a_snils_has_digits_that_check_it(text: str, digits: str | None) -> None:
    assert snils.digits_of(text) == digits


def test_a_mask_leaves_three_characters() -> None:
    assert masks.snils("11223344595") == "***-***-445 **"
    assert masks.number("87 12 345678") == "** ** ***678"
    assert masks.number("II-ЕА 123456") == "**-** ***456"
    assert masks.number("12345") == "*****"
