"""What is taught: subjects, weekly hours of each grade, who may teach them, and their topics.

The subjects are those of the federal basic programmes with the region's own Komi language; the
hours keep to the weekly limits of the sanitary rules (21 in grade 1 up to 37 in grade 11).
"""

from enum import Enum
from typing import NamedTuple

from models import PHYSICAL_EDUCATION


class Grading(Enum):
    """How a subject is marked."""

    NUMBERS = "NUMBERS"
    WORDS = "WORDS"
    NONE = "NONE"


RUSSIAN = "Русский язык"
ENGLISH = "Иностранный язык (английский)"
MATHEMATICS = "Математика"
TALKS = "Разговоры о важном (внеурочная)"
PROJECT = "Индивидуальный проект"
KOMI = "Коми язык (государственный)"
PHYSICAL = PHYSICAL_EDUCATION

SUBJECTS = (
    RUSSIAN, "Литературное чтение", "Литература", "Родной (коми) язык", KOMI,
    "Литературное чтение на родном (коми) языке", "Родная (коми) литература", ENGLISH,
    "Второй иностранный язык", MATHEMATICS, "Алгебра", "Геометрия", "Вероятность и статистика",
    "Алгебра и начала математического анализа", "Информатика", "Окружающий мир", "ОРКСЭ",
    "История", "Обществознание", "География", "Физика", "Химия", "Биология",
    "Изобразительное искусство", "Музыка", "Труд (технология)", PHYSICAL, "ОБЗР", PROJECT, TALKS,
)  # fmt: skip

PRIMARY_GRADES = range(1, 5)
UNMARKED_GRADE = 1
LAST_GRADE = 11


class Speciality(NamedTuple):
    """What one kind of teacher teaches, and from which grade on."""

    name: str
    subjects: frozenset[str]
    first_grade: int = 5


# The first two head the list: the demo's own mathematician and philologist come first of them.
SPECIALITIES = (
    Speciality("mathematics", frozenset(SUBJECTS[9:14])),
    Speciality("russian", frozenset({RUSSIAN, "Литература"})),
    Speciality("english", frozenset({ENGLISH}), 2),
    Speciality("komi", frozenset({KOMI, "Родная (коми) литература"}), 2),
    Speciality("history", frozenset({"История", "Обществознание"})),
    Speciality("geography", frozenset({"География"})),
    Speciality("physics", frozenset({"Физика", "Информатика"})),
    Speciality("biology", frozenset({"Биология", "Химия"})),
    Speciality("art", frozenset({"Изобразительное искусство"})),
    Speciality("music", frozenset({"Музыка"}), 1),
    Speciality("labour", frozenset({"Труд (технология)"})),
    Speciality("physical", frozenset({PHYSICAL}), 1),
    Speciality("safety", frozenset({"ОБЗР", PROJECT})),
)

# Subjects in the order of the columns below; grade 7 keeps one journal for all of mathematics, as
# the federal programme names it, and grades 8–11 one for each of its courses.
_HOURS = """
Русский язык                             5 5 5 5 5 6 4 3 3 2 2
Литературное чтение                      4 4 4 3 0 0 0 0 0 0 0
Литература                               0 0 0 0 3 3 2 2 3 3 3
Коми язык (государственный)              0 1 1 1 2 2 2 2 1 1 1
Родная (коми) литература                 0 0 0 0 1 0 0 0 0 0 0
Иностранный язык (английский)            0 2 2 2 3 3 3 3 3 3 3
Математика                               4 4 4 4 5 5 6 0 0 0 0
Алгебра                                  0 0 0 0 0 0 0 3 3 0 0
Геометрия                                0 0 0 0 0 0 0 2 2 2 2
Вероятность и статистика                 0 0 0 0 0 0 0 1 1 1 1
Алгебра и начала математического анализа 0 0 0 0 0 0 0 0 0 4 4
Информатика                              0 0 0 0 0 0 1 1 1 1 1
Окружающий мир                           2 2 2 2 0 0 0 0 0 0 0
ОРКСЭ                                    0 0 0 1 0 0 0 0 0 0 0
История                                  0 0 0 0 2 2 2 2 2 2 2
Обществознание                           0 0 0 0 0 1 1 1 1 2 2
География                                0 0 0 0 1 1 2 2 2 1 1
Физика                                   0 0 0 0 0 0 2 2 3 2 2
Химия                                    0 0 0 0 0 0 0 2 2 1 1
Биология                                 0 0 0 0 1 1 1 2 2 1 1
Изобразительное искусство                1 1 1 1 1 1 1 0 0 0 0
Музыка                                   1 1 1 1 1 1 1 1 0 0 0
Труд (технология)                        1 1 1 1 2 2 2 1 1 0 0
Физическая культура                      2 2 2 2 2 2 2 2 2 3 3
ОБЗР                                     0 0 0 0 0 0 0 1 1 1 1
Индивидуальный проект                    0 0 0 0 0 0 0 0 0 1 1
Разговоры о важном (внеурочная)          1 1 1 1 1 1 1 1 1 1 1
"""


def hours(grade: int) -> dict[str, int]:
    """Return the lessons a week of each subject that the grade has."""
    table = {}
    for line in _HOURS.strip().splitlines():
        words = line.split()
        weekly = int(words[grade - 1 - LAST_GRADE])
        if weekly:
            table[" ".join(words[:-LAST_GRADE])] = weekly
    return table


def grading(subject: str, grade: int) -> Grading:
    """Return how the subject is marked in the grade; grade 1 is taught without marks."""
    if grade == UNMARKED_GRADE or subject == TALKS:
        return Grading.NONE
    return Grading.WORDS if subject == PROJECT else Grading.NUMBERS
