"""The hub: every committed entry once and in order."""
