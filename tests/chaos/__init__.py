"""Chaos: families listen and schools write while everything between them breaks."""
