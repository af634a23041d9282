"""Where schools are: region, municipalities, settlements and the organizations in them."""

from enum import StrEnum

from tortoise import fields
from tortoise.indexes import Index

from models.fields import Record, choice, dates_in_order, one_of, reference, unique


class OrganizationKind(StrEnum):
    """What an organization does."""

    PRESCHOOL = "PRESCHOOL"
    GENERAL = "GENERAL"
    SUPPLEMENTARY = "SUPPLEMENTARY"
    VOCATIONAL = "VOCATIONAL"
    MUNICIPAL_AUTHORITY = "MUNICIPAL_AUTHORITY"
    REGIONAL_AUTHORITY = "REGIONAL_AUTHORITY"
    OPERATOR = "OPERATOR"


INSTITUTION_KINDS = (
    OrganizationKind.PRESCHOOL,
    OrganizationKind.GENERAL,
    OrganizationKind.SUPPLEMENTARY,
    OrganizationKind.VOCATIONAL,
)


class Region(Record):
    """The region that this deployment serves."""

    name = fields.CharField(max_length=200, unique=True)

    class Meta:
        table = "region"


class Municipality(Record):
    """A municipal or urban district of the region."""

    region: fields.ForeignKeyRelation[Region] = reference("Region", "municipalities")
    region_id: int
    name = fields.CharField(max_length=200)

    class Meta:
        table = "municipality"
        constraints = (unique("municipality_name", "region_id", "name"),)


class MunicipalityCode(Record):
    """A municipality's OKTMO code while it held.

    Reforms change codes, so a code is dated and never a key.
    """

    municipality: fields.ForeignKeyRelation[Municipality] = reference("Municipality", "codes")
    municipality_id: int
    oktmo = fields.CharField(max_length=11)
    valid_from = fields.DateField()
    valid_until = fields.DateField(null=True)

    class Meta:
        table = "municipality_code"
        constraints = (
            unique("municipality_code_start", "municipality_id", "valid_from"),
            dates_in_order("municipality_code"),
        )


class Settlement(Record):
    """A town or village; `kind` is the usual Russian abbreviation (г, пгт, с, п, д)."""

    municipality: fields.ForeignKeyRelation[Municipality] = reference("Municipality", "settlements")
    municipality_id: int
    name = fields.CharField(max_length=200)
    kind = fields.CharField(max_length=8)

    class Meta:
        table = "settlement"
        constraints = (unique("settlement_name", "municipality_id", "name", "kind"),)


class Organization(Record):
    """A school, kindergarten, club, college, education authority or the system's operator."""

    settlement: fields.ForeignKeyRelation[Settlement] = reference("Settlement", "organizations")
    settlement_id: int
    kind: OrganizationKind = choice(OrganizationKind)
    name = fields.CharField(max_length=300)

    class Meta:
        table = "organization"
        constraints = (one_of("organization", "kind", OrganizationKind),)
        indexes = (Index(fields=("settlement_id", "kind"), name="organization_settlement"),)
