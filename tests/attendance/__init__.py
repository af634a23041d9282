"""Attendance through the door: notes of families, sheets of days, counts."""
