"""Documents as they are used again and again: parsed and validated once, in bounded memory."""

import sys
from collections import OrderedDict
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from graphql import (
    ASTValidationRule,
    DocumentNode,
    GraphQLError,
    GraphQLSchema,
    GraphQLSyntaxError,
    NoSchemaIntrospectionCustomRule,
    OperationDefinitionNode,
    OperationType,
    parse,
    specified_rules,
    validate,
)
from strawberry.schema.validation_rules.maybe_null import MaybeNullValidationRule
from strawberry.schema.validation_rules.one_of import OneOfInputValidationRule

from api.introspection import breadth
from api.limits import DEFAULTS, Limits
from api.shape import excess
from errors import BadUserInput
from service import metrics

MOST_BYTES = 16 * 1024 * 1024
"""What all kept documents may take together; the contract's largest takes 40 kB."""
MOST_DOCUMENTS = 1_000
# A tree takes 320 to 420 bytes for each token of the contract's operations.
_BYTES_PER_TOKEN = 400
_BYTES_PER_ERROR = 1_000
# Of the whole, for documents that were asked for only once and for those that are wrong.
_SHARE_ON_PROBATION = 0.2
_SHARE_OF_FAILING = 0.05
_SEVERAL_OPERATIONS = "The document has several operations: name one of them."
_NO_OPERATION = "The document has no such operation."
_CODE = {"code": BadUserInput.code}
_KEPT = metrics.DOCUMENTS.of(result="kept")
_PREPARED = metrics.DOCUMENTS.of(result="prepared")


T = TypeVar("T")


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """A document's text and what parsing and validating it gave.

    There is either a document that may run, or there are errors; `is_readable` says whether it was
    parsed at all. The same text gives the same object for as long as it is kept.
    """

    text: str
    document: DocumentNode | None
    errors: tuple[GraphQLError, ...] = ()
    is_readable: bool = True
    operations: Mapping[str | None, OperationDefinitionNode] = field(default_factory=dict)
    beside: dict[Hashable, Any] = field(default_factory=dict)
    """What others remember of the document for as long as it is kept."""

    def operation(self, name: str | None) -> OperationDefinitionNode:
        """The operation that a request with this name means; raises GraphQLError."""
        if name is None and len(self.operations) > 1:
            raise GraphQLError(_SEVERAL_OPERATIONS, extensions=_CODE)
        named = next(iter(self.operations)) if name is None and self.operations else name
        if named not in self.operations:
            raise GraphQLError(_NO_OPERATION, extensions=_CODE)
        return self.operations[named]

    def is_subscription(self, name: str | None) -> bool:
        """Whether a request with this name means a subscription; not where it means nothing."""
        try:
            return self.operation(name).operation is OperationType.SUBSCRIPTION
        except GraphQLError:
            return False

    @property
    def size(self) -> int:
        """About how many bytes it takes."""
        tokens = self.document.token_count if self.document else 0
        weight = tokens * _BYTES_PER_TOKEN + len(self.errors) * _BYTES_PER_ERROR
        return sys.getsizeof(self.text) + weight


class Documents:
    """Prepares documents for one schema and keeps those that come again.

    A document that comes a second time is kept apart from those that came once, so that a flood of
    different ones pushes out only each other; wrong ones have a small place of their own.
    """

    def __init__(
        self, schema: GraphQLSchema, *, introspection: bool, limits: Limits = DEFAULTS
    ) -> None:
        self._schema = schema
        self._shows_schema = introspection
        self._limits = limits
        self._rules: Sequence[type[ASTValidationRule]] = (
            *specified_rules,
            MaybeNullValidationRule,
            OneOfInputValidationRule,
            *(() if introspection else (NoSchemaIntrospectionCustomRule,)),
        )
        on_probation = int(MOST_BYTES * _SHARE_ON_PROBATION)
        failing = int(MOST_BYTES * _SHARE_OF_FAILING)
        self._known: Kept[Prepared] = Kept(MOST_DOCUMENTS, MOST_BYTES - on_probation - failing)
        self._new: Kept[Prepared] = Kept(MOST_DOCUMENTS, on_probation)
        self._failing: Kept[Prepared] = Kept(MOST_DOCUMENTS, failing)

    def prepared(self, text: str) -> Prepared:
        """The document of this text, from what is kept or made now."""
        found = self._known.get(text) or self._used_again(text) or self._failing.get(text)
        (_KEPT if found else _PREPARED).count()
        return found or self._prepare(text)

    def _used_again(self, text: str) -> Prepared | None:
        found = self._new.take(text)
        if found is not None:
            self._known.put(text, found, found.size)
        return found

    def _prepare(self, text: str) -> Prepared:
        try:
            document = parse(text, max_tokens=self._limits.tokens)
        except GraphQLSyntaxError as error:
            return self._refuse(text, [error], is_readable=False)
        try:
            errors = validate(
                self._schema, document, self._rules, hide_suggestions=not self._shows_schema
            )
        except RecursionError:
            errors = [GraphQLError("The document is nested too deeply.")]
        problem = None if errors else excess(document, self._limits) or breadth(document)
        if problem:
            errors = [GraphQLError(problem)]
        if errors:
            return self._refuse(text, errors, is_readable=True)
        _unlink_tokens(document)
        operations = {
            each.name.value if each.name else None: each
            for each in document.definitions
            if isinstance(each, OperationDefinitionNode)
        }
        made = Prepared(text, document, operations=operations)
        self._new.put(text, made, made.size)
        return made

    def _refuse(self, text: str, errors: Sequence[GraphQLError], *, is_readable: bool) -> Prepared:
        if any(error.original_error for error in errors):
            # Whoever tells it looks into what was raised, which holds far more than the document.
            return Prepared(text, None, tuple(errors), is_readable)
        made = Prepared(text, None, tuple(_detached(error) for error in errors), is_readable)
        self._failing.put(text, made, made.size)
        return made


class Kept(Generic[T]):
    """Things by their texts, the longest unused of which give way to new ones."""

    def __init__(self, most: int, most_bytes: int) -> None:
        self._most = most
        self._most_bytes = most_bytes
        self._bytes = 0
        self._kept: OrderedDict[str, tuple[T, int]] = OrderedDict()

    def get(self, key: str) -> T | None:
        """What is kept under the key, which counts as a use."""
        found = self._kept.get(key)
        if found is None:
            return None
        self._kept.move_to_end(key)
        return found[0]

    def take(self, key: str) -> T | None:
        """What was kept under the key and is no longer."""
        found = self._kept.pop(key, None)
        if found is None:
            return None
        self._bytes -= found[1]
        return found[0]

    def put(self, key: str, thing: T, size: int) -> None:
        """Keep it, and let go of others where there are too many or they are too large."""
        self.take(key)
        self._kept[key] = thing, size
        self._bytes += size
        while len(self._kept) > self._most or self._bytes > self._most_bytes:
            _, (_, freed) = self._kept.popitem(last=False)
            self._bytes -= freed


def _unlink_tokens(document: DocumentNode) -> None:
    """Let go of what only a printer of comments would need.

    Each token knows its neighbours. Documents would be cycles, and stay in memory long after their
    place was taken: the collector runs rarely here.
    """
    token = document.loc.start_token if document.loc else None
    while token is not None:
        following = token.next
        token.prev = token.next = None
        token = following


def _detached(error: GraphQLError) -> GraphQLError:
    """The same error without the tree that it points into and the frames that raised it."""
    return GraphQLError(error.message, source=error.source, positions=error.positions)
