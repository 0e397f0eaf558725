"""Organisations, wards and beds for tests, made through the actions wherever one exists."""

import datetime as dt
from itertools import count

from capacity.actions.beds import add_beds
from capacity.actions.hours import set_ward_hours
from capacity.actions.organisations import add_provider, open_ward
from capacity.actions.stays import open_spell
from capacity.facts import SpellFacts
from capacity.models import Bed, IntegratedCareBoard, Population, Provider, Region, Stay, Ward

LONG_AGO = dt.date(2020, 1, 1)
OPENED = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
_people = count(1)


def make_region(code: str = "Y60", name: str = "Midlands") -> Region:
    return Region.objects.get_or_create(code=code, defaults={"name": name})[0]


def make_icb(
    code: str = "QK1",
    *,
    name: str = "NHS Leicester, Leicestershire and Rutland Integrated Care Board",
    short_name: str = "Leicester, Leicestershire and Rutland",
    region: Region | None = None,
    sixteen_plus: int = 990_432,
    all_ages: int = 1_227_698,
) -> IntegratedCareBoard:
    """With its population on both bases."""
    icb, new = IntegratedCareBoard.objects.get_or_create(
        code=code,
        defaults={
            "name": name,
            "short_name": short_name,
            "region": region or make_region(),
            "starts": LONG_AGO,
        },
    )
    if new:
        make_population(icb, "16+", dt.date(2023, 4, 1), sixteen_plus)
        make_population(icb, "all", dt.date(2024, 4, 1), all_ages)
    return icb


def make_population(icb: IntegratedCareBoard, base: str, as_of: dt.date, value: int) -> Population:
    return Population.objects.create(
        icb=icb, base=base, as_of=as_of, value=value, source="written for a test"
    )


def make_provider(
    code: str = "RT5",
    *,
    name: str = "Leicestershire Partnership NHS Trust",
    kind: str = Provider.Kind.MENTAL_HEALTH,
) -> Provider:
    found = Provider.objects.filter(code=code).first()
    return found or add_provider(code=code, name=name, kind=kind, starts=LONG_AGO, by=None)


def make_ward(
    code: str = "RT5-soar-valley",
    *,
    name: str = "Soar Valley",
    icb: IntegratedCareBoard | None = None,
    provider: Provider | None = None,
    opens: dt.date = LONG_AGO,
) -> Ward:
    """Staffed 08:00 to 20:00; without beds until `make_beds`."""
    found = Ward.objects.filter(code=code).first()
    if found:
        return found
    ward = open_ward(
        code=code,
        name=name,
        lead_provider=provider or make_provider(code.partition("-")[0]),
        icb=icb or make_icb(),
        opens=opens,
        by=None,
    )
    set_ward_hours(
        ward=ward,
        opens=dt.time(8),
        closes=dt.time(20),
        phone="0116 496 0001",
        out_of_hours_team="Night practitioners",
        out_of_hours_phone="0116 496 0002",
        starts=opens,
        by=None,
    )
    return ward


def make_beds(
    ward: Ward,
    number: int = 1,
    *,
    kind: str = Bed.Kind.COMMISSIONED,
    provider: Provider | None = None,
    icb: IntegratedCareBoard | None = None,
    starts: dt.datetime = OPENED,
) -> list[Bed]:
    return add_beds(
        ward=ward,
        number=number,
        kind=kind,
        provider=provider or ward.lead_provider,
        icb=icb or ward.icb,
        starts=starts,
        by=None,
    )


def make_facts(**more: object) -> SpellFacts:
    """Of a new person each time."""
    facts: dict[str, object] = {
        "person_key": f"{next(_people):064d}",
        "age_on_admission": 81,
        "sex": "female",
        "source": "gp",
    }
    return SpellFacts(**{**facts, **more})  # type: ignore[arg-type]  # by field name, from a test


def make_stay(
    ward: Ward,
    bed: Bed | None = None,
    *,
    at: dt.datetime | None = None,
    pathway: str = "frailty",
    route: str = "step_up",
    no_bed_reason: str = "",
    **facts: object,
) -> Stay:
    return open_spell(
        ward=ward,
        bed=bed,
        no_bed_reason=no_bed_reason,
        facts=make_facts(**facts),
        pathway=pathway,
        route=route,
        by=None,
        at=at,
    )
