"""Work types of a school's journal, with the letters and weights that teachers know."""

from typing import NamedTuple


class Work(NamedTuple):
    """A kind of work; the weights are the 10, 20 and 40 of the region's present system."""

    code: str
    abbreviation: str
    name: str
    weight: int


WORKS = (
    Work("PRACTICAL_WORK", "А", "Практическая работа", 20),
    Work("BENCHMARK_TEST", "В", "Срезовая работа", 40),
    Work("HOMEWORK_CHECKED", "Д", "Домашняя работа", 10),
    Work("CONTROL_WORK", "К", "Контрольная работа", 40),
    Work("INDEPENDENT_WORK", "С", "Самостоятельная работа", 20),
    Work("LAB_WORK", "Л", "Лабораторная работа", 20),
    Work("PROJECT", "П", "Проект", 40),
    Work("DICTATION", "Н", "Диктант", 40),
    Work("ESSAY_REPORT", "Р", "Реферат", 20),
    Work("LESSON_ANSWER", "О", "Ответ на уроке", 10),
    Work("COMPOSITION", "Ч", "Сочинение", 40),
    Work("SUMMARY_WRITING", "И", "Изложение", 40),
    Work("CREDIT_TEST", "З", "Зачёт", 40),
    Work("TEST", "Т", "Тестирование", 20),
    Work("HOMEWORK", "ДЗ", "Домашнее задание", 10),
)
AT_LESSON = ("LESSON_ANSWER", "LESSON_ANSWER", "LESSON_ANSWER", "HOMEWORK")
