"""Tortoise's own migrations of the database, in order."""
