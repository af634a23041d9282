"""The facts written into the demo agree with the lists that they were taken from."""

import csv
from datetime import date
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from demo.curriculum import LAST_GRADE, SUBJECTS, hours
from demo.grades import SHARES
from demo.holidays import days_off
from demo.people import snils
from demo.region import DISTRICTS
from demo.topics import TOPICS, works
from demo.works import WORKS
from tests.programs import ROOT

_DATA = ROOT.parent / "shared" / "data"
needs_lists = pytest.mark.skipif(
    not _DATA.exists(), reason="The lists beside the repository (../shared) are not here."
)


def _rows(path: str, delimiter: str = ",") -> list[dict[str, str]]:
    with Path(_DATA, path).open(encoding="utf-8") as file:
        return list(csv.DictReader(file, delimiter=delimiter))


@needs_lists
def test_municipalities_and_their_codes() -> None:
    listed = _rows("geo/komi_municipalities.csv")
    assert [(d.name, d.old_code, d.new_code) for d in DISTRICTS] == [
        (row["name_ru"], row["oktmo_2021"], row["oktmo_2026"]) for row in listed
    ]


@needs_lists
def test_settlements() -> None:
    listed = _rows("geo/komi_localities.csv")
    assert {(d.name, *place) for d in DISTRICTS for place in d.places()} == {
        (row["municipality_ru"], row["locality_type"], row["locality_ru"]) for row in listed
    }


def test_there_are_20_municipalities_with_their_centres_and_173_settlements() -> None:
    assert len(DISTRICTS) == 20
    assert sum(len(d.places()) for d in DISTRICTS) == 173
    assert all(d.centre in {place.name for place in d.places()} for d in DISTRICTS)


@needs_lists
def test_subjects() -> None:
    assert list(SUBJECTS) == [
        row["name_ru"] for row in _rows("reference/curriculum_subjects_ru.csv")
    ]


@needs_lists
def test_work_types() -> None:
    listed = _rows("reference/assignment_types_sgo.csv")
    assert [(w.code, w.abbreviation, w.name) for w in WORKS] == [
        (row["enum"], row["abbr_ru"], row["name_ru"]) for row in listed
    ]


@needs_lists
@pytest.mark.parametrize("year", range(2020, 2027))
def test_state_holidays(year: int) -> None:
    tree = ET.parse(_DATA / "calendar" / f"ru_{year}.xml")  # noqa: S314  # a file of our own
    listed = {
        date(year, *map(int, day.attrib["d"].split(".")))
        for day in tree.iter("day")
        if day.attrib["t"] == "1"
    }
    assert days_off(year) == listed


def test_later_years_have_the_holidays_of_the_labour_code() -> None:
    assert len(days_off(2031)) == 8 + 6
    assert date(2031, 6, 12) in days_off(2031)


@needs_lists
def test_shares_of_marks() -> None:
    finals = [int(row["G3"]) for row in _rows("student-por.csv", ";")]
    counted = {
        2: sum(g < 10 for g in finals),
        3: sum(10 <= g <= 11 for g in finals),
        4: sum(12 <= g <= 14 for g in finals),
        5: sum(g >= 15 for g in finals),
    }
    assert {value: count / len(finals) for value, count in counted.items()} == SHARES


def test_weekly_hours() -> None:
    weekly = [sum(hours(grade).values()) for grade in range(1, LAST_GRADE + 1)]
    assert weekly == [21, 24, 24, 24, 30, 31, 33, 34, 34, 32, 32]


def test_every_taught_subject_has_topics_and_works() -> None:
    taught = {subject for grade in range(1, LAST_GRADE + 1) for subject in hours(grade)}
    assert taught <= set(SUBJECTS)
    assert set(TOPICS) == taught
    assert {code for subject in taught for code in works(subject)} <= {w.code for w in WORKS}


@pytest.mark.parametrize(
    ("digits", "whole"),
    # The last one sums up to 100, which is written as 00.
    [(112233445, "11223344595"), (87654303, "08765430300"), (900000000, "90000000081")],
)
def test_snils_check_digits(digits: int, whole: str) -> None:
    assert snils(digits) == whole
