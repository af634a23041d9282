"""Rows that PostgreSQL derives from marks: averages, and what pupils have come to; read only."""

from typing import ClassVar

from tortoise import fields

from models.classes import SchoolClass
from models.curriculum import SchoolYear, Subject, Term
from models.fields import Record, choice, reference
from models.journal import MarkSign
from models.people import Student


class SubjectAverage(Record):
    """A pupil's numeric marks in a subject over a term, counted; `id` is the subject's.

    Two decimals, half up. Source of the formulas: weighted mean = sum(value * weight) / sum(weight)
    over numeric marks, as the region's present system counts.
    `class_average` is the mean of the plain means of those who are in the pupil's class of today,
    to one decimal; null where fewer than five of them have marks.
    """

    key: ClassVar[tuple[str, ...]] = ("student_id", "subject_id", "term_id")

    student: fields.ForeignKeyRelation[Student] = reference("Student", "averages")
    student_id: int
    subject: fields.ForeignKeyRelation[Subject] = reference("Subject", "averages")
    subject_id: int
    term: fields.ForeignKeyRelation[Term] = reference("Term", "averages")
    term_id: int
    average = fields.DecimalField(max_digits=4, decimal_places=2)
    weighted_average = fields.DecimalField(max_digits=4, decimal_places=2)
    mark_count = fields.IntField()
    is_current = fields.BooleanField()
    """Whether the term is one of `current_term`."""
    class_average = fields.DecimalField(max_digits=4, decimal_places=1, null=True)
    weighted_total = fields.IntField()
    weight_total = fields.IntField()
    usual_weight = fields.IntField()
    """The weight of an answer at a lesson in the term's school."""
    five_from = fields.IntField()
    """From which weighted mean the school proposes a 5, in hundredths; and so the next two."""
    four_from = fields.IntField()
    three_from = fields.IntField()
    proposed_value = fields.SmallIntField(null=True)
    proposed_sign: MarkSign | None = choice(MarkSign, null=True)

    class Meta:
        table = "subject_average"


class SubjectResult(Record):
    """What a pupil has come to in a subject in one school year; `id` is the subject's.

    `school_class_id` is a class of the year in which the pupil is or was, so that whoever changed
    classes stands in both. What is proposed rests on the marks that are given: the year's on those
    for its terms, the final one on the annual one and others, as order 546 of 05.10.2020 has it.
    """

    key: ClassVar[tuple[str, ...]] = ("student_id", "subject_id", "school_class_id")

    student: fields.ForeignKeyRelation[Student] = reference("Student", "results")
    student_id: int
    subject: fields.ForeignKeyRelation[Subject] = reference("Subject", "results")
    subject_id: int
    school_class: fields.ForeignKeyRelation[SchoolClass] = reference("SchoolClass", "results")
    school_class_id: int
    school_year: fields.ForeignKeyRelation[SchoolYear] = reference("SchoolYear", "results")
    school_year_id: int
    is_current = fields.BooleanField()
    """Whether the pupil is in the class today."""
    annual_proposed_value = fields.SmallIntField(null=True)
    annual_proposed_sign: MarkSign | None = choice(MarkSign, null=True)
    final_proposed_value = fields.SmallIntField(null=True)
    final_proposed_sign: MarkSign | None = choice(MarkSign, null=True)

    class Meta:
        table = "subject_result"


class SummaryRow(Record):
    """A pupil who is or was in a class, in the summary of its year; `id` is the pupil's."""

    key: ClassVar[tuple[str, ...]] = ("student_id", "school_class_id")

    student: fields.ForeignKeyRelation[Student] = reference("Student", "summaries")
    student_id: int
    school_class: fields.ForeignKeyRelation[SchoolClass] = reference("SchoolClass", "summaries")
    school_class_id: int

    class Meta:
        table = "summary_row"
