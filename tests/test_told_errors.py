"""What is told of errors that graphql-core finds: the client's mistakes, and ours."""

from graphql import (
    GraphQLError,
    GraphQLField,
    GraphQLInt,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLString,
    graphql_sync,
)
from graphql.type import GraphQLArgument
from structlog.testing import capture_logs

from api import answers

_SECRET = "8 (800) 555-35-35"
_SCHEMA = GraphQLSchema(
    GraphQLObjectType(
        "Query",
        {
            "number": GraphQLField(GraphQLInt, resolve=lambda *_: _SECRET),
            "never": GraphQLField(GraphQLNonNull(GraphQLString), resolve=lambda *_: None),
            "asks": GraphQLField(
                GraphQLInt, args={"for": GraphQLArgument(GraphQLNonNull(GraphQLInt))}
            ),
        },
    )
)


def _told(document: str, **variables: object) -> list[GraphQLError]:
    result = graphql_sync(_SCHEMA, document, variable_values=variables)
    return [answers.told(error, "request-0001") for error in result.errors or ()]


def test_a_value_that_is_not_what_its_field_says_is_no_mistake_of_the_client() -> None:
    for document in ("{ number }", "{ never }"):
        with capture_logs() as lines:
            (error,) = _told(document)
        assert error.extensions == {"code": "INTERNAL", "requestId": "request-0001"}
        assert error.message == "Something went wrong on our side."
        assert _SECRET not in str(error.formatted)
        assert [line["event"] for line in lines] == ["graphql.unexpected"]


def test_an_argument_that_is_null_is_the_clients_mistake() -> None:
    (error,) = _told("query ($n: Int = 1) { asks(for: $n) }", n=None)
    assert error.extensions == {"code": "BAD_USER_INPUT"}
