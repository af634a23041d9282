"""One subject taught to one class or group: its lessons, homework, works and attendance."""

from datetime import date, timedelta
from itertools import groupby, pairwise
from typing import NamedTuple

from demo import tasks, topics
from demo.curriculum import MATHEMATICS, TALKS, UNMARKED_GRADE, Grading, grading
from demo.desk import Desk, Held, Place
from demo.marks import Marked, Marks, Work
from demo.rolls import Roll
from demo.school import SchoolTerm
from demo.staffing import Duty

_HOMEWORK = 0.55
_SUBSTITUTED = timedelta(weeks=4)
_PLANNED_AHEAD = 14
# A work at every twelfth lesson, or every eighth where there is one lesson a week.
_WORK_EVERY, _RARE_WORK_EVERY = 12, 8
_PAGES = 90
_OWED_SINCE, _OWED_FOR, _OWED_AT = 30, 14, "16:00:00"


class Part(NamedTuple):
    """A class or group, the class that it is of, its roll, and the number of its teacher."""

    school_class: int
    whole_class: int
    roll: Roll
    teacher: int


class Section:
    """Makes the rows of one section."""

    def __init__(self, desk: Desk, grade: int, duty: Duty, part: Part) -> None:
        self._desk = desk
        self._sink = desk.sink
        self._grade = grade
        self._duty = duty
        self._part = part
        self._grading = grading(duty.subject, grade)
        self._teacher = desk.school.teachers[part.teacher]
        self.id = self._sink.add("course_section", part.school_class, desk.subjects[duty.subject])
        since = desk.school.span.first
        self._sink.add("teaching_assignment", self.id, self._teacher, since, None)
        self._draws = desk.school.plan.draws("section", self.id)
        self._of_tasks = desk.school.plan.draws("tasks", self.id)

    def plan(self, slots: list[tuple[int, int]]) -> None:
        """Put its lessons of each week into the timetable: weekdays (0–5) and lesson numbers."""
        part, (first, last) = self._part, self._desk.school.span
        who = self._teacher, self._desk.school.rooms[part.teacher]
        days = "EVERY", first, last + timedelta(days=1)
        for weekday, number in slots:
            of = self.id, part.school_class, part.whole_class, *who
            self._sink.add("timetable_entry", *of, weekday + 1, 1, number, *days)

    def write(self, places: list[Place]) -> None:
        """Write the lessons at these places and all that happened at them until today."""
        lessons = self._lessons(places)
        self._homework(lessons)
        past = [lesson for lesson in lessons if lesson.day.ordinal <= self._desk.today]
        self._attendance(past)
        if self._grading is not Grading.NONE:
            self._marks(past, self._works(lessons))

    def substitute(self, teacher: int, since: date) -> None:
        """Let another of the school's teachers stand in for some weeks."""
        stands_in = self._desk.school.teachers[teacher]
        self._sink.add("substitution", self.id, stands_in, since, since + _SUBSTITUTED)

    def _lessons(self, places: list[Place]) -> list[Held]:
        first = self._sink.counts["lesson"] + 1
        held = [Held(first + n, day, number) for n, (day, number) in enumerate(places)]
        room = self._desk.school.rooms[self._part.teacher]
        tail = f"\t{room}\t{self._part.school_class}\t{self.id}\t{self._teacher}\n"
        subject, count, clocks = self._duty.subject, len(held), self._desk.clocks
        lines = [
            f"{lesson}\t{day.iso}\t1\t{number}\t{clocks[number]}\t"
            f"{topics.topic(subject, n, count)}{tail}"
            for n, (lesson, day, number) in enumerate(held)
        ]
        self._sink.add_lines("lesson", lines)
        return held

    def _homework(self, lessons: list[Held]) -> None:
        """Give homework for the next lesson, up to the end of the current week."""
        if self._grade == UNMARKED_GRADE or self._duty.subject == TALKS:
            return
        wordings = topics.homework(self._duty.subject)
        number, lines, recent = self._sink.counts["homework"], [], []
        since = self._desk.today - tasks.SINCE_DAYS
        for lesson, following in pairwise(lessons):
            if lesson.day.ordinal > self._desk.week_ends:
                break
            drawn = self._draws.share()
            if drawn < _HOMEWORK:
                number += 1
                wording = wordings[int(drawn / _HOMEWORK * len(wordings))]
                page = 5 + lesson.id % _PAGES
                text = wording.format(n=page, m=page * 3, m1=page * 3 + 1)
                due = f"{following.day.iso}\t{following.id}"
                is_recent = lesson.day.ordinal >= since
                *asked, more = tasks.columns(lesson, is_recent=is_recent)
                lines.append(f"{number}\t{lesson.id}\t{self.id}\t{text}\t{due}\t{more}\n")
                if is_recent and lesson.day.ordinal < self._desk.today:
                    recent.append(tasks.Given(number, lesson, following.day.ordinal, *asked))
        self._sink.add_lines("homework", lines)
        done = tasks.Tasks(self._desk, self._part.roll, self._teacher, self._of_tasks)
        for given in recent:
            done.do(given)

    def _works(self, lessons: list[Held]) -> dict[int, Work]:
        """Plan works for the whole class, two weeks ahead; return them by lesson."""
        every = _WORK_EVERY if self._duty.hours > 1 else _RARE_WORK_EVERY
        codes, planned = topics.works(self._duty.subject), {}
        for turn, lesson in enumerate(lessons[every - 3 :: every]):
            if lesson.day.ordinal > self._desk.today + _PLANNED_AHEAD:
                break
            code = codes[turn % len(codes)]
            title = f"Работа № {turn + 1} по теме «{self._topic(lesson, lessons)}»"
            work, _ = self._desk.school.works[code]
            assignment = self._sink.add(
                "assignment", lesson.id, self.id, work, title, lesson.day.iso, True
            )
            planned[lesson.id] = Work(code, str(assignment))
        return planned

    def _topic(self, lesson: Held, lessons: list[Held]) -> str:
        return topics.topic(self._duty.subject, lesson.id - lessons[0].id, len(lessons))

    def _attendance(self, past: list[Held]) -> None:
        """Note who was away, and who came late to the first lesson of a day."""
        number, lines, roll = self._sink.counts["attendance"], [], self._part.roll
        for lesson, day, place in past:
            noted = [(each.student, each.away[day.ordinal]) for each in roll.away(day.ordinal)]
            if place == 1:
                present = roll.present(day.ordinal)
                noted += [(each.student, "LATE") for each in present if day.ordinal in each.late]
            for student, code in noted:
                number += 1
                lines.append(f"{number}\t{lesson}\t{student}\t{code}\n")
        self._sink.add_lines("attendance", lines)

    def _marks(self, past: list[Held], works: dict[int, Work]) -> None:
        """Give marks term by term, and the term's own where it is over."""
        subject = self._desk.subjects[self._duty.subject]
        marked = Marked(self.id, subject, self._teacher, self._grading)
        marks = Marks(self._desk, self._part.roll, marked, self._draws)
        for term, held in groupby(past, key=self._term):
            marks.begin()
            for lesson in held:
                marks.give(lesson, works.get(lesson.id))
            if term.last < self._desk.today:
                marks.conclude(term)
        self._debts(marks.missing, [lesson for lesson in past if lesson.id in works], works)

    def _debts(
        self,
        missing: list[tuple[Held, Work, int]],
        written: list[Held],
        works: dict[int, Work],
    ) -> None:
        """Let who was away owe lately missed works; the head of the roll owes mathematics' last.

        A debt of whoever has a mark is one for a better mark.
        """
        head = self._part.roll.members[0]
        owed = dict.fromkeys(missing)
        if self._duty.subject == MATHEMATICS and written:
            last = written[-1]
            owed[last, works[last.id], head.student] = None
        for lesson, work, student in owed:
            day = lesson.day.ordinal
            if self._desk.today - _OWED_SINCE < day < self._desk.today:
                until = date.fromordinal(day + _OWED_FOR)
                at = self._desk.moment(day + 1, _OWED_AT)
                of = (int(work.assignment), lesson.id, student)
                self._sink.add("debt_mark", *of, until, self._teacher, at)

    def _term(self, lesson: Held) -> SchoolTerm:
        terms = self._desk.school.terms[self._grade]
        return next(term for term in terms if lesson.day.ordinal <= term.last)
