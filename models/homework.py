"""Homework that is given at a lesson, to whom, and what its pupils have done of it."""

from tortoise import fields
from tortoise.indexes import Index

from models.attached import AttachedFile, of_some_size
from models.curriculum import CourseSection
from models.fields import Record, check, reference, unique
from models.people import Person, Student
from models.timetable import Lesson


class Homework(Record):
    """Homework given at a lesson, to be done by a day.

    It may be due at a later lesson of the section: then `due_on` is the day of `due_lesson`, and
    follows it when that is moved. Homework that was taken back stays, with `removed_at` set.
    """

    lesson: fields.ForeignKeyRelation[Lesson] = reference("Lesson", "homework")
    lesson_id: int
    section: fields.ForeignKeyRelation[CourseSection] = reference("CourseSection", "homework")
    section_id: int
    text = fields.CharField(max_length=4000)
    due_on = fields.DateField()
    due_lesson: fields.ForeignKeyNullableRelation[Lesson] = reference(
        "Lesson", "due_homework", null=True
    )
    due_lesson_id: int | None
    expected_minutes = fields.SmallIntField(null=True)
    is_mandatory = fields.BooleanField(default=False, db_default=False)
    is_individual = fields.BooleanField(default=False, db_default=False)
    takes_answers = fields.BooleanField(default=False, db_default=False)
    takes_late_answers = fields.BooleanField(default=False, db_default=False)
    version = fields.IntField(default=1, db_default=1)
    removed_at = fields.DatetimeField(null=True)

    class Meta:
        table = "homework"
        constraints = (
            check("homework_expected_minutes", "expected_minutes BETWEEN 1 AND 600"),
            check("homework_late_answers", "takes_answers OR NOT takes_late_answers"),
            check("homework_version", "version > 0"),
        )
        indexes = (
            Index(fields=("lesson_id",), name="homework_lesson"),
            Index(fields=("section_id", "due_on"), name="homework_due"),
            Index(fields=("due_lesson_id",), name="homework_due_lesson"),
        )


class HomeworkRecipient(Record):
    """A pupil for whom individual homework is; nobody else of the class has it."""

    homework: fields.ForeignKeyRelation[Homework] = reference("Homework", "recipients")
    homework_id: int
    student: fields.ForeignKeyRelation[Student] = reference("Student", "individual_homework")
    student_id: int

    class Meta:
        table = "homework_recipient"
        constraints = (unique("homework_recipient_once", "homework_id", "student_id"),)
        indexes = (Index(fields=("student_id",), name="homework_recipient_student"),)


class HomeworkAnswer(Record):
    """What a pupil has done of homework: that it is done, and an answer where it takes one.

    `version` counts the answers, 0 where there is none; `text` is the last one.
    """

    homework: fields.ForeignKeyRelation[Homework] = reference("Homework", "answers")
    homework_id: int
    student: fields.ForeignKeyRelation[Student] = reference("Student", "homework_answers")
    student_id: int
    done_at = fields.DatetimeField(null=True)
    text = fields.CharField(max_length=8000, null=True)
    version = fields.IntField(default=0)
    answered_at = fields.DatetimeField(null=True)
    read_at = fields.DatetimeField(null=True)
    comment = fields.CharField(max_length=2000, null=True)
    commented_at = fields.DatetimeField(null=True)
    commented_by: fields.ForeignKeyNullableRelation[Person] = reference(
        "Person", "homework_comments", null=True
    )
    commented_by_id: int | None

    class Meta:
        table = "homework_answer"
        constraints = (
            unique("homework_answer_once", "homework_id", "student_id"),
            check(
                "homework_answer_whole",
                "(version > 0) = (text IS NOT NULL) AND (version > 0) = (answered_at IS NOT NULL)",
            ),
        )
        indexes = (
            Index(fields=("student_id",), name="homework_answer_student"),
            Index(fields=("commented_by_id",), name="homework_answer_commented"),
        )


class HomeworkAnswerRevision(Record):
    """A pupil's answer as it was given at one moment; never changed or deleted."""

    answer: fields.ForeignKeyRelation[HomeworkAnswer] = reference("HomeworkAnswer", "revisions")
    answer_id: int
    version = fields.IntField()
    text = fields.CharField(max_length=8000)
    at = fields.DatetimeField()

    class Meta:
        table = "homework_answer_revision"
        constraints = (unique("homework_answer_revision_version", "answer_id", "version"),)


class HomeworkAnswerAttachment(AttachedFile):
    """A file that goes with a pupil's answer as it was given at one moment; never changed."""

    answer: fields.ForeignKeyRelation[HomeworkAnswer] = reference("HomeworkAnswer", "attachments")
    answer_id: int
    version = fields.IntField()

    class Meta:
        table = "homework_answer_attachment"
        constraints = (
            unique("homework_answer_attachment_once", "answer_id", "version", "file_id"),
            of_some_size("homework_answer_attachment"),
        )
