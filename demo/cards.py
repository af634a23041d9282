"""What stands in people's cards: where they live and work, and what care pupils need."""

from demo.draws import Draws

_STREETS = (
    "ул. Лесная", "ул. Речная", "ул. Северная", "ул. Школьная", "ул. Садовая", "ул. Полевая",
    "ул. Набережная", "ул. Советская", "ул. Первомайская", "пер. Тихий", "пр-д Заводской",
)  # fmt: skip
_HOUSES, _FLATS = 90, 120
_WORKPLACES = (
    "Районная больница", "Лесопромышленный комбинат", "Детский сад № 4", "Железная дорога",
    "Городская библиотека", "Магазин «Заря»", "Авиаотряд", "Управление связи", "Пекарня",
)  # fmt: skip
_EMPLOYED = 0.85
_SPORTS = ("BASIC",) * 15 + ("PREPARATORY",) * 3 + ("SPECIAL", "EXEMPT")
_NEEDS = (
    "АООП, вариант 7.1", "АООП, вариант 5.1", "Индивидуальный учебный план", "Обучение на дому",
)  # fmt: skip
_IN_NEED = 0.04
_RISKS = ("Внутришкольный учёт", "Семья в трудной жизненной ситуации", "Под опекой")
_AT_RISK = 0.03


class Cards:
    """Draws what cards say; the names and marks of the region stay what they are without it."""

    def __init__(self, draws: Draws) -> None:
        self._draws = draws

    def address(self) -> str:
        """Draw where a family lives."""
        street = self._draws.pick(_STREETS)
        return f"{street}, д. {self._draws.below(_HOUSES) + 1}, кв. {self._draws.below(_FLATS) + 1}"

    def workplace(self) -> str | None:
        """Draw where a guardian works, if the school was told."""
        return self._draws.pick(_WORKPLACES) if self._draws.chance(_EMPLOYED) else None

    def care(self) -> tuple[str, str | None, str | None]:
        """Draw a pupil's group for sports, special needs and social risk."""
        needs = self._draws.pick(_NEEDS) if self._draws.chance(_IN_NEED) else None
        risk = self._draws.pick(_RISKS) if self._draws.chance(_AT_RISK) else None
        return self._draws.pick(_SPORTS), needs, risk
