"""Accounts: signing in and out, and what sessions and tokens are worth."""
