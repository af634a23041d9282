"""The class journal, as its writers and readers know it."""
