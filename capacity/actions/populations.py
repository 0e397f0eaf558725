"""Loads the population by age and sex, each board's as a whole, with its source and date."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts import audit
from accounts.models import User
from capacity.ages import BEYOND, band_of
from capacity.models import IntegratedCareBoard, PopulationBand


class Band(NamedTuple):
    """`age_to` is the last age in it; None: and over."""

    icb_code: str
    sex: str
    age_from: int
    age_to: int | None
    people: int


@transaction.atomic
def load_population(
    *,
    bands: Iterable[Band],
    as_of: dt.date,
    source: str,
    by: User | None = None,
    at: dt.datetime | None = None,
) -> int:
    """Answers how many boards; loaded again of the same date, a board's is replaced. Raises
    ValidationError where an age of either sex is missing, told twice, or cannot be told in the
    bands of `capacity.ages`, and then nothing was written."""
    if not source.strip():
        raise ValidationError("Say whose figures these are.", code="source")
    by_board: defaultdict[str, list[Band]] = defaultdict(list)
    for band in bands:
        by_board[band.icb_code].append(band)
    if not by_board:
        raise ValidationError("There is no population in it.", code="empty")
    for code, told in sorted(by_board.items()):
        icb = _known(code)
        _check(code, told)
        PopulationBand.objects.filter(icb=icb, as_of=as_of).delete()
        PopulationBand.objects.bulk_create(
            PopulationBand(
                icb=icb,
                as_of=as_of,
                sex=band.sex,
                age_from=band.age_from,
                age_to=band.age_to,
                people=band.people,
                source=source.strip(),
            )
            for band in told
        )
        detail = {"as_of": as_of.isoformat(), "people": sum(band.people for band in told)}
        audit.record(by=by, verb="population-loaded", subject=icb, detail=detail, at=at)
    return len(by_board)


def _known(code: str) -> IntegratedCareBoard:
    icb = IntegratedCareBoard.objects.filter(code=code).first()
    if icb is None:
        raise ValidationError(f"No board {code} is known here.", code="icb")
    return icb


def _check(code: str, told: Sequence[Band]) -> None:
    for sex in PopulationBand.Sex.values:
        _check_ages(f"{code}, {sex}", sorted(b[2:] for b in told if b.sex == sex))
    if others := sorted({band.sex for band in told} - {*PopulationBand.Sex.values}):
        raise ValidationError(f"{code}: {others[0]} is neither female nor male.", code="sex")


def _check_ages(whose: str, ages: Sequence[tuple[int, int | None, int]]) -> None:
    """Every age once, from nought to "and over", none across an edge of the bands shown."""
    wanted: int | None = 0
    for age_from, age_to, people in ages:
        if people < 0:
            raise ValidationError(f"{whose}: fewer than nobody of {age_from}.", code="people")
        if age_from != wanted or (age_to is not None and age_to < age_from):
            told = f"{whose}: each age once, from 0 on; it goes wrong at {age_from}."
            raise ValidationError(told, code="ages")
        if band_of(age_from) != band_of(BEYOND if age_to is None else age_to):
            told = f"{whose}: the ages from {age_from} lie in two of the bands that are shown."
            raise ValidationError(told, code="bands")
        wanted = None if age_to is None else age_to + 1
    if wanted is not None:
        raise ValidationError(f"{whose}: the ages from {wanted} on are missing.", code="missing")
