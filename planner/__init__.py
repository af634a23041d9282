"""The planner: a document becomes one SQL statement in which PostgreSQL builds the JSON answer."""
