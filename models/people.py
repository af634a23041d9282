"""Persons and what they are to a school: pupils, guardians, staff."""

from enum import StrEnum

from tortoise import fields
from tortoise.indexes import Index

from models.directory import Organization
from models.fields import Record, check, choice, dates_in_order, one_of, reference, sealed


class Sex(StrEnum):
    """Sex as in the birth certificate."""

    FEMALE = "FEMALE"
    MALE = "MALE"


class HealthGroup(StrEnum):
    """Health group I–V of a medical examination."""

    I = "I"  # noqa: E741 — the Roman numerals are the groups' official names
    II = "II"
    III = "III"
    IV = "IV"
    V = "V"


class PhysicalEducationGroup(StrEnum):
    """In which group a pupil does sports, by a medical examination (физкультурная группа)."""

    BASIC = "BASIC"
    PREPARATORY = "PREPARATORY"
    SPECIAL = "SPECIAL"
    EXEMPT = "EXEMPT"


class GuardianRelation(StrEnum):
    """What a guardian is to the child."""

    MOTHER = "MOTHER"
    FATHER = "FATHER"
    GRANDPARENT = "GRANDPARENT"
    GUARDIAN = "GUARDIAN"
    OTHER = "OTHER"


class Position(StrEnum):
    """The post that a member of staff holds."""

    TEACHER = "TEACHER"
    DEPUTY_HEAD = "DEPUTY_HEAD"
    HEAD = "HEAD"
    SCHOOL_ADMINISTRATOR = "SCHOOL_ADMINISTRATOR"
    LIBRARIAN = "LIBRARIAN"
    PSYCHOLOGIST = "PSYCHOLOGIST"
    MUNICIPAL_AUTHORITY = "MUNICIPAL_AUTHORITY"
    REGIONAL_OPERATOR = "REGIONAL_OPERATOR"
    SYSTEM_ADMINISTRATOR = "SYSTEM_ADMINISTRATOR"
    SUPPORT = "SUPPORT"


class Person(Record):
    """A human being, once, whatever they are to how many schools.

    `full_name` is made by PostgreSQL from the three names (family name first). The SNILS is sealed
    (access/vault.py); `snils_digest` is what it is found by, and what keeps it one person's.
    """

    last_name = fields.CharField(max_length=100)
    first_name = fields.CharField(max_length=100)
    middle_name = fields.CharField(max_length=100, default="")
    full_name = fields.CharField(max_length=302, generated=True)
    birth_date = fields.DateField(null=True)
    sex: Sex | None = choice(Sex, null=True)
    snils_sealed = fields.CharField(max_length=200, null=True)
    snils_digest = fields.CharField(max_length=64, null=True, unique=True)
    phone = fields.CharField(max_length=32, null=True)
    email = fields.CharField(max_length=254, null=True)
    address = fields.CharField(max_length=300, null=True)
    workplace = fields.CharField(max_length=300, null=True)

    class Meta:
        table = "person"
        constraints = (
            one_of("person", "sex", Sex),
            check("person_snils_whole", "(snils_sealed IS NULL) = (snils_digest IS NULL)"),
            sealed("person", "snils_sealed"),
        )


class Student(Record):
    """A person as a pupil: the head of the personal file (личное дело).

    `special_needs` and `social_risk` say in words what a psychologist or the school wrote down;
    where there is nothing to say they are null.
    """

    person: fields.OneToOneRelation[Person] = fields.OneToOneField(
        "diary.Person", related_name="student", on_delete=fields.OnDelete.RESTRICT
    )
    person_id: int
    health_group: HealthGroup | None = choice(HealthGroup, null=True)
    physical_education_group: PhysicalEducationGroup | None = choice(
        PhysicalEducationGroup, null=True
    )
    special_needs = fields.CharField(max_length=500, null=True)
    social_risk = fields.CharField(max_length=500, null=True)

    class Meta:
        table = "student"
        constraints = (
            one_of("student", "health_group", HealthGroup),
            one_of("student", "physical_education_group", PhysicalEducationGroup),
        )


class Guardianship(Record):
    """An adult represents a pupil from `valid_from` until the day before `valid_until`."""

    student: fields.ForeignKeyRelation[Student] = reference("Student", "guardianships")
    student_id: int
    guardian: fields.ForeignKeyRelation[Person] = reference("Person", "guardianships")
    guardian_id: int
    relation: GuardianRelation = choice(GuardianRelation)
    valid_from = fields.DateField()
    valid_until = fields.DateField(null=True)

    class Meta:
        table = "guardianship"
        constraints = (
            one_of("guardianship", "relation", GuardianRelation),
            dates_in_order("guardianship"),
        )
        indexes = (
            Index(fields=("student_id",), name="guardianship_student"),
            Index(fields=("guardian_id",), name="guardianship_guardian"),
        )


class StaffPost(Record):
    """A person holds a post in an organization from `valid_from` until before `valid_until`."""

    person: fields.ForeignKeyRelation[Person] = reference("Person", "posts")
    person_id: int
    organization: fields.ForeignKeyRelation[Organization] = reference("Organization", "posts")
    organization_id: int
    position: Position = choice(Position)
    valid_from = fields.DateField()
    valid_until = fields.DateField(null=True)

    class Meta:
        table = "staff_post"
        constraints = (one_of("staff_post", "position", Position), dates_in_order("staff_post"))
        indexes = (
            Index(fields=("person_id",), name="staff_post_person"),
            Index(fields=("organization_id", "position"), name="staff_post_organization"),
        )
