"""The region's places and institutions, apart from the full schools."""

from demo.region import DISTRICTS, REGION
from demo.world import World

CAPITAL = "Сыктывкар"

# Beside the full schools; each of these has a head and nobody else.
_INSTITUTIONS = (
    ("PRESCHOOL", "Детский сад «Северное сияние»", CAPITAL),
    ("PRESCHOOL", "Детский сад «Морошка»", CAPITAL),
    ("PRESCHOOL", "Детский сад «Оленёнок»", "Воркута"),
    ("PRESCHOOL", "Детский сад «Кедровая шишка»", "Печора"),
    ("SUPPLEMENTARY", "Дом детского творчества", CAPITAL),
    ("SUPPLEMENTARY", "Спортивная школа", "Ухта"),
    ("SUPPLEMENTARY", "Детская школа искусств", "Инта"),
    ("SUPPLEMENTARY", "Станция юных натуралистов", "Усинск"),
    ("VOCATIONAL", "Лесопромышленный колледж", CAPITAL),
    ("VOCATIONAL", "Горный техникум", "Воркута"),
    ("VOCATIONAL", "Политехнический колледж", "Ухта"),
)


class Directory:
    """Makes region, municipalities, settlements, authorities and small institutions."""

    def __init__(self, world: World) -> None:
        self._sink = world.sink
        self._people = world.people
        self._cast = world.cast
        self._since = world.plan.calendar.span.first
        self._centres: dict[str, int] = {}

    @property
    def capital(self) -> int:
        """The settlement in which the full schools are."""
        return self._centres[CAPITAL]

    def write(self) -> None:
        """Write everything; the people of the contract who work there join the cast."""
        region = self._sink.add("region", REGION)
        for district in DISTRICTS:
            municipality = self._sink.add("municipality", region, district.name)
            for oktmo, first, until in district.codes():
                self._sink.add("municipality_code", municipality, oktmo, first, until)
            for kind, name in district.places():
                settlement = self._sink.add("settlement", municipality, name, kind)
                if name == district.centre:
                    self._centres[district.name] = settlement
        self._authorities()
        self._institutions()

    def _authorities(self) -> None:
        for district, settlement in self._centres.items():
            name = f"Управление образования: {district}"
            authority = self._sink.add("organization", settlement, "MUNICIPAL_AUTHORITY", name)
            person = self._hired(authority, "MUNICIPAL_AUTHORITY")
            if district == CAPITAL:
                self._cast["municipal.one"] = person
                self._cast.belong_to(authority)
        ministry = self._organization("REGIONAL_AUTHORITY", "Министерство образования", CAPITAL)
        self._cast["region.one"] = self._hired(ministry, "REGIONAL_OPERATOR")
        self._cast.belong_to(ministry)
        operator = self._organization("OPERATOR", "Оператор электронного дневника", CAPITAL)
        self._cast["sysadmin"] = self._hired(operator, "SYSTEM_ADMINISTRATOR")
        self._cast["support"] = self._hired(operator, "SUPPORT")
        self._cast.belong_to(operator)

    def _institutions(self) -> None:
        for kind, name, place in _INSTITUTIONS:
            self._hired(self._organization(kind, name, place), "HEAD")
        for district in DISTRICTS:
            if district.name != CAPITAL:
                school = self._organization("GENERAL", f"Школа: {district.centre}", district.name)
                self._hired(school, "HEAD")

    def _organization(self, kind: str, name: str, district: str) -> int:
        return self._sink.add("organization", self._centres[district], kind, name)

    def _hired(self, organization: int, position: str) -> int:
        person = self._people.adult(is_woman=organization % 3 > 0)
        self._sink.add("staff_post", person, organization, position, self._since, None)
        return person
