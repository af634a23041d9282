"""What is told of errors that graphql-core finds: the client's mistakes, and ours."""

import pytest
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
from tests.diary import Diary
from tests.test_protocol import answered, subscribe

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


_SIGN_IN = "mutation ($input: SignInInput!) { signIn(input: $input) { userErrors { code } } }"
_WRITTEN = "mutation { signIn(input: {%s}) { userErrors { code } } }"
_PASSWORD = "Zq9-never-told"


@pytest.mark.parametrize(
    ("document", "given", "told"),
    [
        (
            _SIGN_IN,
            {"password": _PASSWORD},
            (
                "Variable '$input' has invalid value: Expected value of type 'SignInInput' "
                "to include required field 'login'."
            ),
        ),
        (
            _SIGN_IN,
            {"login": "a", "password": [_PASSWORD]},
            (
                "Variable '$input' has invalid value at .password: "
                "String cannot represent a non string value."
            ),
        ),
        (
            _SIGN_IN,
            _PASSWORD,
            (
                "Variable '$input' has invalid value: "
                "Expected value of type 'SignInInput' to be an object."
            ),
        ),
        (
            _WRITTEN % f'login: "a", password: ["{_PASSWORD}"]',
            None,
            "String cannot represent a non string value.",
        ),
        (
            _WRITTEN % f'password: "{_PASSWORD}"',
            None,
            "Expected value of type 'SignInInput' to include required field 'login'.",
        ),
        (
            _WRITTEN % f'login "{_PASSWORD}"',
            None,
            "Syntax Error: Expected ':', found String.",
        ),
        (
            _WRITTEN % f'login: "a" """{_PASSWORD}"""',
            None,
            "Syntax Error: Expected Name, found BlockString.",
        ),
        (
            "query ($input: Date!) { region { figures(from: $input, to: $input) { month } } }",
            _PASSWORD,
            "Variable '$input' has invalid value: Value cannot represent a Date.",
        ),
        (
            "query ($input: AccountStatus) { viewer { accounts(status: $input) { totalCount } } }",
            _PASSWORD,
            "Variable '$input' has invalid value: Value does not exist in 'AccountStatus' enum.",
        ),
    ],
)
async def test_no_value_is_told_back(diary: Diary, document: str, given: object, told: str) -> None:
    answer = await diary.nobody.send(document, input=given)
    assert answer.codes == ["BAD_USER_INPUT"]
    assert answer.body["errors"][0]["message"] == told
    message = subscribe(document, variables={"input": given})
    [heard] = await answered(diary.url, message, count=1)
    payload = heard["payload"]
    errors = payload if heard["type"] == "error" else payload["errors"]
    assert [each["message"] for each in errors] == [told]


async def test_a_name_without_end_is_not_told_back(diary: Diary) -> None:
    answer = await diary.nobody.send(f"{{ {'x' * 100_000} }}")
    assert answer.codes == ["BAD_USER_INPUT"]
    assert answer.body["errors"][0]["message"] == f"Cannot query field '{'x' * 280} …"
