"""Imports of OneRoster bundles."""
