"""The GraphQL endpoint: the schema as a whole, and how documents come in and answers go out."""
