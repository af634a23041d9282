"""Issuing accounts, from the first paper to the last session."""
