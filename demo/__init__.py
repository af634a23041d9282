"""The demo region and the benchmark data set, made by one deterministic generator."""

from demo.build import DatabaseNotEmpty, Summary, build, is_empty
from demo.cast import PASSWORD

__all__ = ["PASSWORD", "DatabaseNotEmpty", "Summary", "build", "is_empty"]
