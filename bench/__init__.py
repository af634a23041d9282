"""Benchmarks: what `make bench` measures, always as ratios between two things in one run.

They are a tool of the developers, as tests are, and are never installed: what starts a private
server or a program of ours stands in `tests` once, and is used from here.
"""
