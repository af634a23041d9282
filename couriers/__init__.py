"""Telling people something outside of the program: letters, who takes them, and their outbox."""
