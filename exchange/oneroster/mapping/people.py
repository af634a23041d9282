"""Users as persons, pupils, guardians and staff; no accounts, and never a password."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from exchange.oneroster.checking import Record, RowRefused
from exchange.oneroster.draft import Draft
from exchange.oneroster.facts import Fact, key_of, ref
from exchange.oneroster.kinds import (
    DEMOGRAPHICS,
    GUARDIAN,
    GUARDIANSHIP,
    ORGANIZATION,
    PERSON,
    STAFF_POST,
    STUDENT,
    USER_POST,
    Kind,
)
from models import GuardianRelation, Position, Sex

GUARDIANS = {"guardian", "parent", "relative"}
_POSITIONS = {
    "teacher": Position.TEACHER,
    "administrator": Position.SCHOOL_ADMINISTRATOR,
    "siteAdministrator": Position.SCHOOL_ADMINISTRATOR,
    "principal": Position.HEAD,
    "counselor": Position.PSYCHOLOGIST,
    "districtAdministrator": Position.MUNICIPAL_AUTHORITY,
}
_AUTHORITIES = ("district", "local", "state", "national")
_SEXES = {"male": Sex.MALE.value, "female": Sex.FEMALE.value}


def user(draft: Draft, record: Record) -> Iterator[Fact]:
    """Yield a person, and in 1.1 what the one role makes of them at each of their orgs."""
    cells = record.cells
    columns = {
        "last_name": cells["familyName"],
        "first_name": cells["givenName"],
        "middle_name": cells.get("middleName") or "",
        "email": cells.get("email"),
        "phone": cells.get("phone") or cells.get("sms"),
    }
    yield Fact(PERSON, record.id, record, tuple(columns.values()), columns)
    if draft.is_sent("roles") or not (role_name := cells.get("role")):
        return
    draft.roles[record.id].add(role_name)
    yield from _belonging(record, record.id, role_name)
    yield from _posts(draft, record, role_name)


def _posts(draft: Draft, record: Record, role_name: str) -> Iterator[Fact]:
    if role_name == "student" or role_name in GUARDIANS:
        return
    if not record.cells.get("orgSourcedIds"):
        draft.note(record, f"{role_name} of no known organization; a person without a post")
    for org in record.cells.get("orgSourcedIds", ()):
        if position := _position(draft, record, role_name, org):
            school = draft.organization(org)
            key = key_of(record.id, school, position.value)
            post = _Post(
                kind=USER_POST, key=key, user_id=record.id, org=school, position=position.value
            )
            yield _post(draft, record, post)


def role(draft: Draft, record: Record) -> Iterator[Fact]:
    """Yield what one role of OneRoster 1.2 makes of a person at one organization."""
    cells = record.cells
    name, org, user_id = cells["role"], cells["orgSourcedId"], cells["userSourcedId"]
    begins, ends = cells.get("beginDate"), cells.get("endDate")
    if begins and ends and ends < begins:
        raise RowRefused("endDate is before beginDate")
    draft.roles[user_id].add(name)
    if name == "student" or name in GUARDIANS:
        yield from _belonging(record, user_id, name)
    elif position := _position(draft, record, name, org):
        post = _Post(
            kind=STAFF_POST,
            key=record.id,
            user_id=user_id,
            org=draft.organization(org),
            position=position.value,
            begins=begins,
            ends=ends,
        )
        yield _post(draft, record, post)


def _belonging(record: Record, user_id: str, role_name: str) -> Iterator[Fact]:
    if role_name == "student":
        yield pupil(record, user_id)
    if role_name in GUARDIANS:
        yield Fact(GUARDIAN, user_id, record, (), row=ref(PERSON, user_id))


def pupil(record: Record, user_id: str) -> Fact:
    """Return the user as a pupil: the head of a personal file."""
    return Fact(STUDENT, user_id, record, (), first={"person_id": ref(PERSON, user_id)})


def _position(draft: Draft, record: Record, role_name: str, org: str) -> Position | None:
    position = _POSITIONS.get(role_name)
    if position is None:
        draft.note(record, f"the diary has no post for {role_name}; a person without one")
    elif position is Position.MUNICIPAL_AUTHORITY and not _is_authority(draft, org):
        draft.note(record, f"{role_name} of {org}, which is no authority; a person without a post")
        return None
    return position


def _is_authority(draft: Draft, org: str) -> bool:
    if record := draft.live("orgs", org):
        return record.cells["type"] in _AUTHORITIES
    row_id = draft.known.row_id("organization", org)
    return draft.known.organization_kinds.get(row_id or 0, "").endswith("_AUTHORITY")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Post:
    """A post as a user's one role of 1.1 or a row of roles.csv in 1.2 describes it."""

    kind: Kind
    key: str
    user_id: str
    org: str
    position: str
    begins: date | None = None
    ends: date | None = None


def _post(draft: Draft, record: Record, post: _Post) -> Fact:
    today = draft.known.today
    columns = {
        "person_id": ref(PERSON, post.user_id),
        "organization_id": ref(ORGANIZATION, post.org),
        "position": post.position,
        "valid_until": post.ends,
    }
    since = {"valid_from": post.begins} if post.begins else {}
    first = {} if since else {"valid_from": min(today, post.ends or today)}
    said = (post.user_id, post.org, post.position, post.begins, post.ends)
    return Fact(post.kind, post.key, record, said, columns | since, first)


def demographics(draft: Draft, record: Record) -> Iterator[Fact]:
    """Yield birth date and sex; the record's id is the user's."""
    if place := draft.refused["users"].get(record.id):
        raise RowRefused(f"because {record.id}, {place}, is refused")
    if not (draft.live("users", record.id) or draft.was_known("users", record.id)):
        raise RowRefused(f"nothing is known of the user {record.id}")
    born, sex = record.cells.get("birthDate"), record.cells.get("sex")
    if born and born > draft.known.today:
        raise RowRefused(f"birthDate {born} is still to come")
    columns = {"birth_date": born, "sex": _SEXES.get(sex or "")}
    yield Fact(*(DEMOGRAPHICS, record.id, record, (born, sex), columns), row=ref(PERSON, record.id))


def guardianships(draft: Draft) -> Iterator[Fact]:
    """Yield who represents whom; either side may name the other, and often both do."""
    for record in draft.records("users").values():
        if draft.live("users", record.id) is None:
            continue
        for agent in record.cells.get("agentSourcedIds", ()):
            pair = _pair(draft, record.id, agent)
            if pair is None:
                draft.note(record, f"agent {agent}: not a guardian and a pupil; no guardianship")
                continue
            yield _guardianship(draft, record, *pair)


def _pair(draft: Draft, one: str, other: str) -> tuple[str, str] | None:
    for student, guardian in ((one, other), (other, one)):
        is_student = _is(draft, student, {"student"}, "student")
        if student != guardian and is_student and _is(draft, guardian, GUARDIANS, "guardian"):
            return student, guardian
    return None


def _is(draft: Draft, user_id: str, roles: set[str], kind: str) -> bool:
    said = draft.roles.get(user_id)
    return bool(said & roles) if said else user_id in draft.known.rows[kind]


def _guardianship(draft: Draft, record: Record, student: str, guardian: str) -> Fact:
    return Fact(
        *(GUARDIANSHIP, key_of(student, guardian), record, ()),
        columns={"valid_until": None},
        first={
            "student_id": ref(STUDENT, student),
            "guardian_id": ref(PERSON, guardian),
            "relation": _relation(draft, guardian).value,
            "valid_from": draft.known.today,
        },
    )


def _relation(draft: Draft, guardian: str) -> GuardianRelation:
    roles = draft.roles.get(guardian, set())
    if "parent" not in roles:
        return GuardianRelation.OTHER if roles == {"relative"} else GuardianRelation.GUARDIAN
    person = draft.live("demographics", guardian)
    sex = person.cells.get("sex") if person else None
    parents = {"female": GuardianRelation.MOTHER, "male": GuardianRelation.FATHER}
    return parents.get(sex or "", GuardianRelation.GUARDIAN)
