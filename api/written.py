"""Values that are JSON already, inside of what graphql-core executes."""

from typing import Any, NamedTuple

import orjson
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext


class Written(NamedTuple):
    """A field's whole value as JSON, with everything that is selected below it."""

    json: orjson.Fragment


class WritingExecutor(StrawberryGraphQLCoreExecutionContext):
    """graphql-core's executor, which takes a value that is written as complete."""

    def complete_value(self, *args: Any) -> Any:
        """Complete a value; `result` stands last but one among the arguments."""
        result = args[-2]
        return result.json if isinstance(result, Written) else super().complete_value(*args)
