"""What happens at a school beside lessons: letters to families, and events past and to come."""

from datetime import datetime, time, timedelta
from typing import NamedTuple

from demo import answers
from demo.draws import Draws
from demo.pupils import SchoolClass
from demo.school import School
from demo.sink import Sink

_READ = 0.7


class _Letter(NamedTuple):
    days_ago: int
    subject: str
    body: str


# From the homeroom teacher to every representative in the class, and to the pupils.
_LETTERS = (
    _Letter(
        24,
        "Расписание консультаций",
        "Добрый день! Консультации по предметам проходят по средам после шестого урока.\n"
        "Если ребёнку нужна помощь, напишите мне, пожалуйста, заранее.",
    ),
    _Letter(
        9,
        "Питание в столовой",
        "Уважаемые родители! Меню на следующие две недели вывешено в столовой.\n"
        "Об аллергии и диете сообщите классному руководителю.",
    ),
    _Letter(
        2,
        "Родительское собрание",
        "Приглашаю на собрание класса. Обсудим успеваемость и ближайшие поездки.\n"
        "Время и место указаны в событиях класса.",
    ),
    _Letter(
        1,
        "Сменная обувь",
        "Напоминаю, что без сменной обуви в спортивный зал не пускают. Спасибо!",
    ),
)


_ANSWER = "Спасибо, поняли. Сменную обувь завтра принесём."
_DRAFT = ("Экскурсия в музей", "Уважаемые родители! В субботу едем в Национальный музей.")


class _Event(NamedTuple):
    days_ahead: int
    starts_at: time
    hours: int
    title: str
    place: str
    asks_acknowledgement: bool = False
    capacity: int | None = None


_SCHOOL_EVENTS = (
    _Event(-40, time(10), 2, "День здоровья", "Стадион"),
    _Event(-12, time(12), 2, "Школьный тур олимпиады", "Актовый зал"),
    _Event(3, time(17), 2, "Концерт школьного хора", "Актовый зал"),
    _Event(10, time(11), 3, "День открытых дверей", "Школа"),
    _Event(24, time(15), 2, "Ярмарка проектов", "Холл первого этажа"),
)
_CLASS_EVENTS = (
    _Event(-20, time(18), 1, "Родительское собрание класса", "Кабинет класса"),
    _Event(
        2,
        time(18, 30),
        1,
        "Родительское собрание класса",
        "Кабинет класса",
        asks_acknowledgement=True,
    ),
    _Event(8, time(13), 3, "Поездка в музей", "Национальный музей", capacity=15),
)
_PUBLISHED_BEFORE = timedelta(days=14)


def write_letters(school: School, of: SchoolClass, draws: Draws) -> None:
    """Send the homeroom teacher's letters; the older ones have been read by most."""
    recipients = dict.fromkeys(
        person
        for pupil, _, until in of.stays
        if until is None
        for person in (pupil.person, *(guardian for guardian, _ in pupil.family.guardians))
    )
    for letter in _LETTERS:
        sent_at = datetime.combine(school.plan.today - timedelta(days=letter.days_ago), time(16))
        message = school.sink.add(
            "message", of.teacher, letter.subject, letter.body, sent_at, None, None, False, True
        )
        for person in recipients:
            read = letter.days_ago > 1 and draws.chance(_READ)
            read_at = sent_at + timedelta(minutes=20 + draws.below(420)) if read else None
            school.sink.add("message_receipt", message, person, read_at)
    _answer(school.sink, of, message, sent_at)
    _keep(school.sink, of.teacher, sent_at)


def _answer(sink: Sink, of: SchoolClass, message: int, sent_at: datetime) -> None:
    """Let a guardian answer the latest letter, which makes it a thread."""
    families = (pupil.family for pupil, _, until in of.stays if until is None)
    guardians = [adult for family in families for adult, _ in family.guardians]
    if guardians:
        answered_at = sent_at + timedelta(hours=2)
        values = (_LETTERS[-1].subject, _ANSWER, answered_at, message, message, False, False)
        answer = sink.add("message", guardians[0], *values)
        sink.add("message_receipt", answer, of.teacher, None)


def _keep(sink: Sink, teacher: int, at: datetime) -> None:
    """Give the homeroom teacher a folder, and a message that is not sent yet."""
    sink.add("message_folder", teacher, "Родители")
    sink.add("message_draft", teacher, *_DRAFT, "[]", False, False, False, 1, at)


def write_school_events(school: School) -> None:
    """Announce what is for the whole school, in its head's name."""
    for event in _SCHOOL_EVENTS:
        number = _event(school, event, school.head)
        school.sink.add("event_audience", number, school.id, None)


def write_class_events(school: School, of: SchoolClass, draws: Draws) -> None:
    """Announce what is for one class, in its homeroom teacher's name, and let families answer."""
    for event in _CLASS_EVENTS:
        number = _event(school, event, of.teacher)
        school.sink.add("event_audience", number, school.id, of.id)
        told = answers.Announced(number, event.capacity, _published_at(school, event))
        if event.capacity is not None:
            answers.register(school.sink, of, told, draws)
        if event.asks_acknowledgement:
            answers.acknowledge(school.sink, of, told, draws)


def _published_at(school: School, event: _Event) -> datetime:
    today = school.plan.today
    published = today + timedelta(days=event.days_ahead) - _PUBLISHED_BEFORE
    return datetime.combine(min(published, today - timedelta(days=1)), time(15))


def _event(school: School, event: _Event, author: int) -> int:
    today = school.plan.today
    starts_at = datetime.combine(today + timedelta(days=event.days_ahead), event.starts_at)
    ends_at = starts_at + timedelta(hours=event.hours)
    published_at = _published_at(school, event)
    told = (event.title, None, event.place, starts_at, ends_at, published_at)
    asked = (event.asks_acknowledgement, event.capacity is not None, event.capacity)
    return school.sink.add("school_event", author, school.id, *told, *asked)
