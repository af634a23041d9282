"""Homework through the door: given, changed, done, answered."""
