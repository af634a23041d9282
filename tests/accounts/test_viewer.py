"""What signed-in people are told of themselves."""

from datetime import timedelta

import pytest

from models import GuardianRelation, Position
from tests.diary import Diary
from tests.factories import (
    SchoolMade,
    a_person,
    a_school,
    gid,
)
from tests.sessions import signed_in

pytestmark = pytest.mark.usefixtures("database")


async def test_the_viewer_is_told_what_they_are(diary: Diary, school: SchoolMade) -> None:
    elsewhere = await a_school(near=school)
    klass = await school.class_("7А")
    elder = await klass.pupil(last_name="Ветрова", birth_date=school.today - timedelta(days=4800))
    younger = await klass.pupil(last_name="Азова", birth_date=school.today - timedelta(days=4000))
    adult = await a_person(last_name="Ветрова", first_name="Мария", middle_name="Ильинична")
    for child in (younger, elder):
        await child.guardian(adult)
    former = await (await elsewhere.class_("3Б")).pupil()
    await (await former.guardian(adult, GuardianRelation.OTHER)).guardianship.end()
    await elsewhere.staff(Position.DEPUTY_HEAD, adult)
    await school.staff(Position.TEACHER, adult)
    await klass.led_by(adult)
    account = await adult.account()

    answer = await (await diary.sign_in(account)).ask("Viewer")

    here, there = (
        {"id": gid("Organization", one.id), "name": one.row.name} for one in (school, elsewhere)
    )
    in_class = {"id": gid("SchoolClass", klass.id), "name": "7А"}
    assert answer.data["viewer"] == {
        "id": gid("Viewer", account.id),
        "login": account.login,
        "fullName": "Ветрова Мария Ильинична",
        "roles": [
            {"role": "DEPUTY_HEAD", "organization": there},
            {"role": "GUARDIAN", "organization": here},
            {"role": "HOMEROOM_TEACHER", "organization": here},
            {"role": "TEACHER", "organization": here},
        ],
        "student": None,
        "children": [
            {
                "id": gid("Student", child.id),
                "fullName": child.person.row.full_name,
                "schoolClass": in_class,
            }
            for child in (elder, younger)
        ],
    }


async def test_a_pupil_is_a_student_without_children(diary: Diary, school: SchoolMade) -> None:
    pupil = await (await school.class_("7А")).pupil()
    viewer = (await (await signed_in(diary, pupil)).ask("Viewer")).data["viewer"]
    organization = {"id": gid("Organization", school.id), "name": school.row.name}
    assert viewer["roles"] == [{"role": "STUDENT", "organization": organization}]
    assert viewer["student"] == {
        "id": gid("Student", pupil.id),
        "fullName": pupil.person.row.full_name,
    }
    assert viewer["children"] == []


async def test_whoever_is_nothing_today_has_no_roles(diary: Diary) -> None:
    viewer = (await (await signed_in(diary, await a_person())).ask("Viewer")).data["viewer"]
    assert (viewer["roles"], viewer["student"], viewer["children"]) == ([], None, [])
