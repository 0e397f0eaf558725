"""Loads what every installation begins with: regions, ICBs, populations, published months.

The files beside this package were written from NHS England's Virtual Ward statistics (DAPB4068)
and NHS Digital's patients registered at a GP practice; they show the map of 2024, 42 ICBs.
"""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Final

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from capacity.actions.published import store_month
from capacity.models import IntegratedCareBoard, Population, PublishedFigure, Region
from capacity.workbooks import Line, Month

DATA: Final = Path(__file__).resolve().parent.parent / "data"
MAP_SINCE: Final = dt.date(2022, 7, 1)  # ICBs began with the Health and Care Act 2022
REGISTERED: Final = "NHS Digital, patients registered at a GP practice"
PUBLISHED: Final = "NHS England, Virtual Ward statistics (DAPB4068)"
_BASES: Final = (
    ("aged_16_plus_april_2023", Population.Base.SIXTEEN_PLUS, dt.date(2023, 4, 1)),
    ("all_ages_april_2024", Population.Base.ALL, dt.date(2024, 4, 1)),
)


@transaction.atomic
def load_reference_data(*, by: User | None = None, at: dt.datetime | None = None) -> None:
    """Harmless to repeat: what is there is brought to what the files say."""
    at = at or timezone.now()
    for row in _rows("regions.csv"):
        Region.objects.update_or_create(code=row["code"], defaults={"name": row["name"]})
    for row in _rows("icbs.csv"):
        _load_icb(row)
    for month in _published_months():
        # A month that somebody imported since may be a revised one: it stays.
        if not PublishedFigure.objects.filter(month=month.month).exists():
            store_month(month=month, source=PUBLISHED, by=by, at=at)


def _load_icb(row: dict[str, str]) -> None:
    icb, _ = IntegratedCareBoard.objects.update_or_create(
        code=row["code"],
        defaults={
            "name": row["name"],
            "short_name": row["short_name"],
            "region_id": row["region_code"],
            "starts": MAP_SINCE,
        },
    )
    for column, base, as_of in _BASES:
        Population.objects.update_or_create(
            icb=icb,
            base=base,
            as_of=as_of,
            defaults={"value": int(row[column]), "source": REGISTERED},
        )


def _published_months() -> Iterator[Month]:
    for (month, base), rows in groupby(
        _rows("published.csv"), key=lambda row: (row["month"], row["population_base"])
    ):
        first = dt.date.fromisoformat(f"{month}-01")
        yield Month(month=first, population_base=base, lines=[_line(row) for row in rows])


def _line(row: dict[str, str]) -> Line:
    return Line(
        icb_code=row["icb_code"],
        name=row["name"],
        region_code=row["region_code"],
        capacity=int(row["capacity"]),
        population=int(row["population"]),
        patients=int(row["patients"]) if row["patients"] else None,
    )


def _rows(name: str) -> Iterator[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)
