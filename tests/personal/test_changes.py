"""Personal data are changed field by field, by whom they are given to, and the trail has it all."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tortoise.transactions import in_transaction

from models import Account, AuditEntry, Guardianship, PasswordRecovery, Person, Position, Student
from tests.diary import Client, Diary
from tests.factories import ClassMade, PupilMade, StaffMade, a_person, a_school, gid, serial
from tests.personal.asking import done, tell
from tests.sessions import signed_in
from tests.traces import Deed, deeds, reasons

pytestmark = pytest.mark.usefixtures("database")

# Valid by the published example of the algorithm.
_SNILS = "112-233-445 95"


@dataclass
class Story:
    """A class with its pupil, and everybody who writes something of them."""

    klass: ClassMade
    pupil: PupilMade
    administrator: StaffMade
    office: Client
    leader: Client
    psychologist: Client

    @property
    def student(self) -> dict[str, str]:
        return {"studentId": gid("Student", self.pupil.id)}


@pytest.fixture(scope="module")
async def story(diary: Diary) -> Story:
    school = await a_school()
    klass = await school.class_("7А")
    leader = await school.teacher()
    await klass.led_by(leader)
    administrator = await school.staff(Position.SCHOOL_ADMINISTRATOR)
    psychologist = await school.staff(Position.PSYCHOLOGIST)
    return Story(
        klass,
        await klass.pupil(),
        administrator,
        await signed_in(diary, administrator),
        await signed_in(diary, leader),
        await signed_in(diary, psychologist),
    )


async def test_the_administrator_changes_everything_at_once(story: Story) -> None:
    pupil = await story.klass.pupil(
        last_name="Старова", first_name="Анна", middle_name="Павловна", phone="+7 000 1"
    )
    given = {
        "studentId": gid("Student", pupil.id),
        "lastName": "Новикова",
        "middleName": None,
        "birthDate": "2013-02-28",
        "sex": "FEMALE",
        "snils": _SNILS,
        "phone": " 8 (912) 345-67-89 ",
        "email": "anna@example.org",
        "address": "Сыктывкар, ул. Мира, 1",
    }
    payload = await done(story.office, "changePersonalData", **given)
    assert payload["student"] == {
        "fullName": "Новикова Анна",
        "birthDate": "2013-02-28",
        "sex": "FEMALE",
        "snilsMasked": "***-***-445 **",
        "phone": "+79123456789",
        "email": "anna@example.org",
        "address": "Сыктывкар, ул. Мира, 1",
    }
    [deed] = await deeds("Person", pupil.person.id)
    names = ("last_name", "middle_name", "birth_date", "sex", "phone", "email", "address", "snils")
    assert (deed.action, deed.person_id) == ("person.changed", story.administrator.id)
    assert set(deed.before) == set(deed.after) == set(names)
    assert (deed.before["last_name"], deed.after["last_name"]) == ("Старова", "Новикова")
    assert (deed.before["middle_name"], deed.after["middle_name"]) == ("Павловна", "")
    assert (deed.before["snils"], deed.after["snils"]) == (None, "***-***-445 **")


async def test_what_is_left_out_stays_and_null_takes_away(story: Story) -> None:
    pupil = await story.klass.pupil(phone="+7 000 1", email="a@example.org")
    given = {"studentId": gid("Student", pupil.id), "phone": None}
    assert (await done(story.office, "changePersonalData", **given))["userErrors"] == []
    row = await Person.get(id=pupil.person.id)
    assert (row.phone, row.email) == (None, "a@example.org")
    [deed] = await deeds("Person", row.id)
    assert (deed.before, deed.after) == ({"phone": "+7 000 1"}, {"phone": None})


async def test_a_homeroom_teacher_changes_birth_date_and_sex_and_nothing_else(story: Story) -> None:
    allowed = {**story.student, "birthDate": "2013-01-31", "sex": "MALE"}
    assert (await done(story.leader, "changePersonalData", **allowed))["userErrors"] == []
    before = await _rows(story)
    refused = {**story.student, "sex": "FEMALE", "lastName": "Иная", "snils": _SNILS}
    payload = await done(story.leader, "changePersonalData", **refused)
    errors = [("FORBIDDEN", "lastName"), ("FORBIDDEN", "snils")]
    assert (payload["student"], reasons(payload)) == (None, errors)
    assert await _rows(story) == before


async def test_who_is_homeroom_teacher_there_and_administrator_elsewhere_mixes_nothing(
    diary: Diary, story: Story
) -> None:
    """What one relation writes, another one does not get to write in its rows."""
    leader = await story.klass.school.teacher()
    klass = await story.klass.school.class_("7Б")
    await klass.led_by(leader)
    await (await a_school()).staff(Position.SCHOOL_ADMINISTRATOR, leader)
    pupil = await klass.pupil()
    client = await signed_in(diary, leader)
    given = {"studentId": gid("Student", pupil.id), "sex": "MALE"}
    assert (await done(client, "changePersonalData", **given))["userErrors"] == []
    payload = await done(client, "changePersonalData", **given, address="Где-то")
    assert reasons(payload) == [("FORBIDDEN", "address")]


@pytest.mark.parametrize(
    ("given", "errors"),
    [
        ({}, [("REQUIRED", None)]),
        ({"lastName": ""}, [("REQUIRED", "lastName")]),
        ({"firstName": None}, [("REQUIRED", "firstName")]),
        ({"middleName": "ё" * 101}, [("TOO_LONG", "middleName")]),
        ({"address": "а\x00"}, [("OUT_OF_RANGE", "address")]),
        ({"birthDate": "2100-01-01"}, [("OUT_OF_RANGE", "birthDate")]),
        ({"birthDate": "1800-01-01"}, [("OUT_OF_RANGE", "birthDate")]),
        ({"phone": "звоните"}, [("MALFORMED", "phone")]),
        ({"email": "anna@"}, [("MALFORMED", "email")]),
        ({"snils": "112-233-445 96"}, [("MALFORMED", "snils")]),
        ({"snils": "000-000-000 00"}, [("MALFORMED", "snils")]),
        ({"phone": "?", "email": "?"}, [("MALFORMED", "phone"), ("MALFORMED", "email")]),
        ({"studentId": gid("Student", 2**50), "sex": "MALE"}, [("NOT_FOUND", "studentId")]),
    ],
)
async def test_personal_data_are_refused(story: Story, given: Any, errors: Any) -> None:
    before = await _rows(story)
    payload = await done(story.office, "changePersonalData", **story.student | given)
    assert (payload["student"], reasons(payload)) == (None, errors)
    assert await _rows(story) == before


async def test_a_number_belongs_to_one_person(story: Story) -> None:
    other = await story.klass.pupil(snils=f"9{serial():010d}")
    given = {"studentId": gid("Student", other.id), "snils": "087-654-303 00"}
    assert (await done(story.office, "changePersonalData", **given))["userErrors"] == []
    # Once more is no second person.
    assert (await done(story.office, "changePersonalData", **given))["userErrors"] == []
    before = await _rows(story)
    given = {**story.student, "snils": "08765430300"}
    payload = await done(story.office, "changePersonalData", **given)
    assert reasons(payload) == [("TAKEN", "snils")]
    assert await _rows(story) == before


async def test_care_is_changed_by_whom_it_is_given_to(story: Story) -> None:
    pupil = await story.klass.pupil()
    given = {"studentId": gid("Student", pupil.id)}
    groups = {"healthGroup": "II", "physicalEducationGroup": "PREPARATORY"}
    payload = await done(story.office, "changeCare", **given, **groups)
    assert payload["student"] == {**groups, "hasSpecialConditions": False}
    texts = {"specialNeeds": "АООП 7.1", "socialRisk": "Опека"}
    payload = await done(story.psychologist, "changeCare", **given, **texts)
    assert payload["student"] == {**groups, "hasSpecialConditions": True}
    row = await Student.get(id=pupil.id)
    assert (row.special_needs, row.social_risk) == ("АООП 7.1", "Опека")
    refused = await done(story.psychologist, "changeCare", **given, healthGroup="I", socialRisk="")
    assert (refused["student"], reasons(refused)) == (None, [("FORBIDDEN", "healthGroup")])
    assert (await Student.get(id=pupil.id)).social_risk == "Опека"

    first, second = await deeds("Student", pupil.id)
    before = {"health_group": None, "physical_education_group": None}
    after = {"health_group": "II", "physical_education_group": "PREPARATORY"}
    assert first == Deed(
        "person.care_changed", story.administrator.id, ["SCHOOL_ADMINISTRATOR"], before, after
    )
    hidden = {"special_needs": "***", "social_risk": "***"}
    assert (second.before, second.after) == (dict.fromkeys(hidden), hidden)


@pytest.mark.parametrize(
    ("given", "errors"),
    [
        ({}, [("REQUIRED", None)]),
        ({"specialNeeds": "ё" * 501}, [("TOO_LONG", "specialNeeds")]),
        ({"studentId": gid("Student", 2**50), "socialRisk": None}, [("NOT_FOUND", "studentId")]),
    ],
)
async def test_care_is_refused(story: Story, given: Any, errors: Any) -> None:
    before = await _rows(story)
    payload = await done(story.office, "changeCare", **story.student | given)
    assert (payload["student"], reasons(payload)) == (None, errors)
    assert await _rows(story) == before


async def test_a_guardians_data_are_changed_by_the_administrator(story: Story) -> None:
    guardian = await story.pupil.guardian(phone="+7 000 1", workplace="Завод")
    given = {
        "guardianId": gid("Guardian", guardian.guardianship.id),
        "phone": "+7 912 000-00-02",
        "email": "g@example.org",
        "workplace": "Больница",
    }
    payload = await done(story.office, "changeGuardianData", **given)
    assert payload["guardian"] == {"phone": "+79120000002", "email": "g@example.org"}
    assert (await Person.get(id=guardian.id)).workplace == "Больница"
    [deed] = await deeds("Person", guardian.id)
    assert deed.before == {"phone": "+7 000 1", "email": None, "workplace": "***"}
    assert deed.after == {"phone": "+79120000002", "email": "g@example.org", "workplace": "***"}


async def test_who_changes_their_own_contacts_at_this_moment_goes_first(story: Story) -> None:
    guardian = await story.pupil.guardian()
    account = await guardian.account()
    given = {"guardianId": gid("Guardian", guardian.guardianship.id), "email": "g2@example.org"}
    async with in_transaction():
        await Account.filter(id=account.id).select_for_update(no_key=True)
        payload = await done(story.office, "changeGuardianData", **given)
    assert (payload["guardian"], reasons(payload)) == (None, [("CONFLICT", None)])
    assert (await Person.get(id=guardian.id)).email is None
    assert await deeds("Person", guardian.id) == []
    assert (await done(story.office, "changeGuardianData", **given))["userErrors"] == []


async def test_the_contacts_of_staff_are_their_own(story: Story) -> None:
    """An administrator who could change a head's e-mail would have the head's account."""
    head = await (await a_school()).staff(Position.HEAD)
    guardian = await story.pupil.guardian(head)
    given = {"guardianId": gid("Guardian", guardian.guardianship.id)}
    mine = {"phone": "+7 912 000-00-03", "email": "mine@example.org"}
    payload = await done(story.office, "changeGuardianData", **given, **mine)
    assert payload["guardian"] is None
    assert reasons(payload) == [("FORBIDDEN", "phone"), ("FORBIDDEN", "email")]
    assert (await Person.get(id=head.id)).email is None
    assert await deeds("Person", head.id) == []
    payload = await done(story.office, "changeGuardianData", **given, workplace="Школа № 2")
    assert payload["userErrors"] == []
    # Nor does it help to enrol the head as a pupil.
    pupil = await story.klass.pupil()
    await pupil.change(person_id=head.id)
    taken = {"studentId": gid("Student", pupil.id), "email": "mine@example.org"}
    payload = await done(story.office, "changePersonalData", **taken)
    assert (payload["student"], reasons(payload)) == (None, [("FORBIDDEN", "email")])


async def test_codes_to_former_contacts_work_no_more(story: Story) -> None:
    """A parent who has lost the child's e-mail address to somebody else has it changed."""
    guardian = await story.pupil.guardian(email="former@example.org")
    account = await guardian.account()
    now = datetime.now(UTC)
    recovery = await PasswordRecovery.create(
        account_id=account.id,
        channel="EMAIL",
        ticket_digest=f"{serial():064d}",
        code_digest="0" * 64,
        created_at=now,
        expires_at=now + timedelta(minutes=15),
    )
    given = {"guardianId": gid("Guardian", guardian.guardianship.id)}
    for changed, is_used in (
        ({"workplace": "Почта"}, False),
        ({"email": "former@example.org"}, False),
        ({"email": "new@example.org"}, True),
    ):
        payload = await done(story.office, "changeGuardianData", **given, **changed)
        assert payload["userErrors"] == []
        await recovery.refresh_from_db()
        assert (recovery.used_at is not None) is is_used


@pytest.mark.parametrize(
    ("given", "errors"),
    [
        ({}, [("REQUIRED", None)]),
        ({"workplace": "ё" * 301}, [("TOO_LONG", "workplace")]),
        ({"email": "a b@example.org"}, [("MALFORMED", "email")]),
        ({"guardianId": gid("Guardian", 2**50), "phone": None}, [("NOT_FOUND", "guardianId")]),
    ],
)
async def test_a_guardians_data_are_refused(story: Story, given: Any, errors: Any) -> None:
    guardian = await Guardianship.filter(student_id=story.pupil.id).first() or (
        (await story.pupil.guardian(await a_person())).guardianship.row
    )
    before = await AuditEntry.all().count()
    usual = {"guardianId": gid("Guardian", guardian.id)}
    payload = await done(story.office, "changeGuardianData", **usual | given)
    assert (payload["guardian"], reasons(payload)) == (None, errors)
    assert await AuditEntry.all().count() == before


async def test_what_is_no_field_is_no_input(story: Story) -> None:
    """Nobody smuggles a column in."""
    for smuggled in ({"personId": 1}, {"healthGroup": "I"}, {"snilsSealed": "v1."}):
        answer = await tell(story.office, "changePersonalData", **story.student, **smuggled)
        assert answer.codes == ["BAD_USER_INPUT"]


async def _rows(story: Story) -> tuple[Any, ...]:
    """The pupil's rows and how many deeds there are: nothing else may have changed."""
    person = await Person.filter(id=story.pupil.person.id).values()
    return person, await Student.filter(id=story.pupil.id).values(), await AuditEntry.all().count()
