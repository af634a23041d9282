"""All rows of a data set, in an order that depends on the seed and today alone."""

from collections.abc import Iterator
from datetime import datetime, time
from typing import NamedTuple

from demo import absences, answers, life
from demo.curriculum import SUBJECTS
from demo.directory import Directory
from demo.journal import Journal
from demo.people import Family
from demo.plan import Plan
from demo.pupils import Pupils
from demo.school import School
from demo.sink import Sink
from demo.world import World


class Progress(NamedTuple):
    """How many of the classes have been written."""

    done: int
    total: int


def generate(plan: Plan, sink: Sink) -> Iterator[Progress]:
    """Put the rows into `sink`, class by class."""
    world = World.of(plan, sink)
    directory = Directory(world)
    directory.write()
    subjects = {name: sink.add("subject", name) for name in SUBJECTS}
    total = plan.schools * len(plan.staffing.classes)
    done = 0
    families: list[Family] = []
    for number in range(1, plan.schools + 1):
        school = School(world, number, directory.capital)
        pupils = Pupils(school)
        for _ in _classes(school, pupils, subjects):
            done += 1
            yield Progress(done, total)
        families += pupils.families
        world.cast.belong_to(school.id)
    for day, weekday in plan.calendar.days_off():
        kind, name = ("WORKING", "Перенос") if weekday else ("DAY_OFF", "Праздничный день")
        sink.add("calendar_day", day, kind, weekday, name)
    answers.write_notices(sink, plan.today, world.cast["sysadmin"])
    for number, family in enumerate(families[: plan.load_logins], 1):
        world.cast[f"parent.{number}"] = family.first
        world.cast.belong_to(school.id)
    opened_at = datetime.combine(plan.calendar.span.first, time(9))
    world.cast.write(sink, world.people, plan.seed, opened_at)


def _classes(school: School, pupils: Pupils, subjects: dict[str, int]) -> Iterator[None]:
    journal = Journal(school, subjects)
    draws = school.plan.draws("letters", school.number)
    of_events = school.plan.draws("answers", school.number)
    life.write_school_events(school)
    for of, week in zip(pupils.classes(), school.weeks(), strict=True):
        journal.write(of, week)
        absences.write_notes(school, of)
        life.write_letters(school, of, draws)
        life.write_class_events(school, of, of_events)
        yield
