"""Looking for words in Russian and in English, whatever form they stand in."""

from collections.abc import Sequence
from typing import Any, cast

from pypika_tortoise.terms import BasicCriterion, Function, Term
from tortoise.contrib.postgres.fields import TSVectorField
from tortoise.contrib.postgres.search import Comp

# Of PostgreSQL's configurations, this one takes the endings off Russian words and, where a word is
# written in Latin letters, off English ones: see decision 0030.
_CONFIGURATION = "'russian'"


class WordsField(TSVectorField):
    """The words of other columns, made by PostgreSQL; those of the first weigh more.

    Compared by `search` with what somebody types: words, "phrases", `or`, `-without`.
    """

    def __init__(self, source_fields: Sequence[str], **options: Any) -> None:
        weights = "ABCD"[: len(source_fields)]
        super().__init__(source_fields, weights=weights, **options)

    def _to_tsvector_sql(self, db_field: str) -> str:
        return f'to_tsvector({_CONFIGURATION}, "{db_field}")'


def query_sql(operand: str) -> str:
    """What is looked for, from the text that is typed."""
    return f"websearch_to_tsquery({_CONFIGURATION}, {operand})"


class _Query(Function):
    """`query_sql` of a value, for statements that Tortoise makes."""

    def get_sql(self, ctx: Any) -> str:
        (typed,) = self.args
        return query_sql(typed.get_sql(ctx))


def matches(field: Term, typed: str) -> BasicCriterion:
    """The words of the column are what is looked for."""
    return BasicCriterion(cast("Any", Comp.search), field, _Query("websearch", typed))
