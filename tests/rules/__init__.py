"""Rules of the house that a person would otherwise have to look for in every review."""
