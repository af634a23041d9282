"""Averages, and marks for terms, years and courses."""
