"""Invented people: family names, first names and patronymics in both their forms."""

from typing import NamedTuple

from demo.draws import Draws


def _words(spelled: str) -> tuple[str, ...]:
    return tuple(spelled.split())


_FAMILY = _words("""
Андреев Артеев Безносиков Белых Беляев Богданов Вавилов Васильев Ветошкин Власов Вокуев
Воробьёв Габов Герасимов Голубев Гришин Демин Дуркин Ермолин Ефимов Жданов Жуков Забоев
Зайцев Захаров Зорин Иванов Игнатов Изъюров Казаков Калинин Канев Карманов Киселёв Клюев
Козлов Кокшаров Колегов Комаров Коновалов Коробов Косолапов Котов Кочанов Крылов Кузнецов
Куратов Лапин Лебедев Логинов Лыткин Макаров Малышев Мартынов Матвеев Мезенцев Мишарин
Морозов Мяндин Напалков Нестеров Никитин Носков Осипов Островский Павлов Панюков Петров
Пономарёв Попов Потапов Пунегов Размыслов Рочев Рябов Савельев Семяшкин Сидоров Сметанин
Смирнов Соболев Соколов Старцев Степанов Сухановский Тарабукин Терентьев Тимофеев Титов
Торопов Трошев Уляшев Уваров Фёдоров Филиппов Фомин Хозяинов Цветков Черных Чупров Шаньгин
Шевченко Широков Шишкин Шмыгов Щербаков Юдин Юркин Яковлев
""")

# A father's name and the two patronymics made of it.
_FATHERS = (
    ("Александр", "Александрович", "Александровна"), ("Алексей", "Алексеевич", "Алексеевна"),
    ("Андрей", "Андреевич", "Андреевна"), ("Антон", "Антонович", "Антоновна"),
    ("Артём", "Артёмович", "Артёмовна"), ("Борис", "Борисович", "Борисовна"),
    ("Вадим", "Вадимович", "Вадимовна"), ("Василий", "Васильевич", "Васильевна"),
    ("Виктор", "Викторович", "Викторовна"), ("Виталий", "Витальевич", "Витальевна"),
    ("Геннадий", "Геннадьевич", "Геннадьевна"), ("Григорий", "Григорьевич", "Григорьевна"),
    ("Денис", "Денисович", "Денисовна"), ("Дмитрий", "Дмитриевич", "Дмитриевна"),
    ("Евгений", "Евгеньевич", "Евгеньевна"), ("Иван", "Иванович", "Ивановна"),
    ("Игорь", "Игоревич", "Игоревна"), ("Константин", "Константинович", "Константиновна"),
    ("Леонид", "Леонидович", "Леонидовна"), ("Максим", "Максимович", "Максимовна"),
    ("Михаил", "Михайлович", "Михайловна"), ("Николай", "Николаевич", "Николаевна"),
    ("Олег", "Олегович", "Олеговна"), ("Павел", "Павлович", "Павловна"),
    ("Пётр", "Петрович", "Петровна"), ("Роман", "Романович", "Романовна"),
    ("Семён", "Семёнович", "Семёновна"), ("Сергей", "Сергеевич", "Сергеевна"),
    ("Степан", "Степанович", "Степановна"), ("Юрий", "Юрьевич", "Юрьевна"),
)  # fmt: skip
_MEN = tuple(name for name, _, _ in _FATHERS)
_WOMEN = _words("""
Алла Анна Валентина Вера Галина Дарья Екатерина Елена Жанна Зинаида Инна Ирина Ксения Лариса
Лидия Любовь Людмила Марина Мария Надежда Наталья Нина Оксана Ольга Полина Раиса Светлана
Софья Тамара Татьяна Ульяна Юлия
""")
_BOYS = _words("""
Александр Алексей Андрей Арсений Артём Богдан Вадим Василий Виктор Владислав Всеволод Глеб
Григорий Даниил Денис Дмитрий Егор Захар Иван Игнат Илья Кирилл Константин Лев Макар Максим
Марк Матвей Михаил Никита Николай Павел Роман Савелий Семён Степан Тимофей Фёдор Юрий
Ярослав
""")
_GIRLS = _words("""
Агата Алёна Алина Алиса Анастасия Анна Арина Валерия Варвара Василиса Вера Вероника Виктория
Дарья Диана Ева Екатерина Елизавета Есения Злата Кира Кристина Ксения Маргарита Марина Мария
Милана Надежда Ника Ольга Полина Светлана София Таисия Татьяна Ульяна Эвелина Юлия Яна
""")


class Name(NamedTuple):
    """The three names of a person, in the forms of their sex."""

    last: str
    first: str
    middle: str


class House(NamedTuple):
    """What a family hands down: its name and, by the father's, the children's patronymic."""

    family: str
    father: int


def house(draws: Draws) -> House:
    """Draw a family name and a father's first name."""
    return House(draws.pick(_FAMILY), draws.below(len(_FATHERS)))


def feminine(family: str) -> str:
    """Return the form of a family name that a woman bears."""
    if family.endswith(("ов", "ев", "ёв", "ин", "ын")):
        return f"{family}а"
    return f"{family[:-2]}ая" if family.endswith("ий") else family


def child(draws: Draws, of: House, *, is_girl: bool) -> Name:
    """Draw a child of the house."""
    return _named(draws.pick(_GIRLS if is_girl else _BOYS), of, is_woman=is_girl)


def mother(draws: Draws, of: House) -> Name:
    """Draw the mother of the house's children."""
    return _named(draws.pick(_WOMEN), House(of.family, draws.below(len(_FATHERS))), is_woman=True)


def father(draws: Draws, of: House) -> Name:
    """Draw the father of the house's children: they bear his first name as patronymic."""
    return _named(_MEN[of.father], House(of.family, draws.below(len(_FATHERS))), is_woman=False)


def _named(first: str, of: House, *, is_woman: bool) -> Name:
    _, masculine, feminine_form = _FATHERS[of.father]
    if is_woman:
        return Name(feminine(of.family), first, feminine_form)
    return Name(of.family, first, masculine)
