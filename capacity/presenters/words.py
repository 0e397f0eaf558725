"""How counts, shares and names are written wherever they appear."""

from __future__ import annotations

import datetime as dt
from decimal import ROUND_HALF_UP, Decimal

from capacity.models import Population
from capacity.models.stays import Route
from capacity.occupancy import Count, percent

# As short as a bar's label must be.
_SHORT = {
    "copd": "COPD",
    "opat": "OPAT",
    "acute-respiratory-infection": "Acute respiratory",
}
_REGIONS = {"East of England": "East", "North East and Yorkshire": "NE and Yorks"}


def pathway_name(code: str) -> str:
    """From its code, which is all that capacity holds of a pathway."""
    known = _SHORT.get(code)
    return known or code.replace("-", " ").replace("_", " ").capitalize()


def route_name(code: str) -> str:
    return Route(code).label.capitalize() if code in Route.values else code


def rate(value: float) -> str:
    """15.6, a half rounded up; it was compared unrounded."""
    return str(Decimal(repr(value)).quantize(Decimal("0.1"), rounding=ROUND_HALF_UP))


def base_words(base: str) -> str:
    """As a sentence goes on after "per 100,000"."""
    return "aged 16 and over" if base == Population.Base.SIXTEEN_PLUS else "of all ages"


def base_title(population: Population) -> str:
    """Aged 16+, April 2023"""
    who = "Aged 16+" if population.base == Population.Base.SIXTEEN_PLUS else "All ages"
    return f"{who}, {population.as_of:%B %Y}"


def region_name(name: str) -> str:
    return _REGIONS.get(name, name)


def month_name(month: dt.date) -> str:
    return f"{month:%B %Y}"


def share(count: Count) -> str:
    """Uncapped, to one decimal; a dash without beds."""
    return percent(count)


def against_wanted(count: Count) -> str:
    """What an occupancy means: high is good up to the point of being full."""
    if not count.beds:
        return ""
    hundredths = 100 * count.patients / count.beds
    if hundredths > 100:
        return "more patients than beds"
    if hundredths >= 100:
        return "full"
    if hundredths > 92:
        return "nearly full: think of the next patient"
    if hundredths >= 80:
        return "within the 80 to 92% wanted"
    return "just under the 80% wanted" if hundredths >= 78 else "under the 80% wanted"


def plural(number: int, one: str, many: str = "") -> str:
    """1 bed, 2 beds, 1,234 beds"""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def nights(value: float | None) -> str:
    return "–" if value is None else f"{value:g}"


def ordinal(number: int) -> str:
    """1st, 2nd, 11th, 42nd"""
    if number % 100 in (11, 12, 13):
        return f"{number}th"
    return f"{number}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th') }"
