"""What a provider's SitRep is made of: counted from the periods, as frozen, and what is missing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from django.conf import settings
from django.db.models import Count, Exists, Model, OuterRef, Q, QuerySet

from capacity import counting
from capacity.counting import BedLine, PatientLine, Question
from capacity.models import (
    Bed,
    BedAllocation,
    BedClosure,
    FrozenBeds,
    FrozenPatients,
    IntegratedCareBoard,
    Provider,
    SitRep,
    Thursday,
    Ward,
    WardExclusion,
)
from capacity.sitrep import Beds, Figures, Patients, submitted_on, thursdays_until
from lib import london

SHOWN_RETURNS = 6

Dated = TypeVar("Dated", bound=Model)


@dataclass(frozen=True, slots=True)
class Missing:
    """What a return leaves out, or is short of; wards by their codes."""

    # Wards that did not count as virtual wards, and why.
    excluded: tuple[tuple[str, str], ...]
    # Wards that were open and had no bed that counts.
    without_beds: tuple[str, ...]
    # Closed beds by ward and the reason's words.
    closed: tuple[tuple[str, str, int], ...]


@dataclass(frozen=True, slots=True)
class Due:
    """A return that one provider owes: prepared, signed, or neither."""

    provider: Provider
    counted_on: dt.date
    submitted_on: dt.date
    latest: SitRep | None


def counted(provider: Provider, day: dt.date) -> Figures:
    """As at 08:00 London of the day, from the one count, whenever it is asked."""
    return _figures(provider, counting.mornings([day], wards=_ward_ids(provider, day)))


def counted_now(provider: Provider, at: dt.datetime) -> Figures:
    wards = _ward_ids(provider, london.day_of(at))
    return _figures(provider, counting.now(at, wards=wards, counting=True))


def frozen(provider: Provider, day: dt.date) -> Figures | None:
    """As it was frozen on that Thursday; None where it is not frozen yet."""
    thursday = Thursday.objects.filter(day=day).first()
    if thursday is None:
        return None
    related = ("icb", "ward")
    beds = FrozenBeds.objects.filter(thursday=thursday, provider=provider)
    patients = FrozenPatients.objects.filter(thursday=thursday, provider=provider)
    return Figures(
        tuple(
            Beds(one.icb.code, one.ward.code, one.commissioned, one.surge, one.closed)
            for one in beds.select_related(*related)
        ),
        tuple(
            Patients(
                one.icb.code,
                one.ward.code,
                one.pathway,
                one.route,
                one.patients,
                one.over_capacity,
                one.on_leave,
            )
            for one in patients.select_related(*related)
        ),
    )


def missing(
    provider: Provider, figures: Figures, day: dt.date, *, icbs: frozenset[str] | None = None
) -> Missing:
    """Of the wards of these ICBs; None: of all."""
    at = london.count_instant(day)
    own = Ward.objects.filter(pk__in=_ward_ids(provider, day))
    if icbs is not None:
        own = own.filter(icb__code__in=icbs)
    left_out = _on(WardExclusion.objects.filter(ward__in=own), day).order_by("ward__name")
    excluded = tuple((one.ward.code, one.reason) for one in left_out.select_related("ward"))
    out = {code for code, _ in excluded}
    with_beds = {one.ward for one in figures.beds}
    empty = own.exclude(code__in=out | with_beds).values_list("code", flat=True)
    return Missing(excluded, tuple(empty), tuple(_closed(own.exclude(code__in=out), provider, at)))


def names(figures: Iterable[Figures], missing: Missing) -> tuple[dict[str, str], dict[str, str]]:
    """Wards' and ICBs' names by their codes."""
    known = list(figures)
    codes = {code for one in known for code in one.wards}
    codes |= {code for code, _ in missing.excluded} | {*missing.without_beds}
    codes |= {code for code, _, _ in missing.closed}
    wards = Ward.objects.filter(code__in=codes).values_list("code", "name")
    icbs = IntegratedCareBoard.objects.filter(code__in={c for one in known for c in one.icbs})
    return dict(wards), {icb.code: str(icb) for icb in icbs}


def due(providers: Iterable[Provider], at: dt.datetime) -> list[Due]:
    """The last returns of each, the latest first."""
    counts = thursdays_until(london.last_counted(at), friday=settings.SITREP_FRIDAY)
    days = [next(counts) for _ in range(SHOWN_RETURNS)]
    owing = {day: _owing(day) for day in days}
    made = SitRep.objects.filter(counted_on__in=days).order_by("version")
    latest = {(one.provider_id, one.counted_on): one for one in made.select_related("signed_by")}
    known = list(providers)
    return [
        Due(one, day, submitted_on(day), latest.get((one.pk, day)))
        for day in days
        for one in known
        if one.pk in owing[day] or (one.pk, day) in latest
    ]


def _owing(day: dt.date) -> set[int]:
    """Who leads a ward that is open then, or reports a bed."""
    leading = Ward.objects.open_on(day).values_list("lead_provider", flat=True)
    reporting = _on(BedAllocation.objects.all(), day).values_list("provider", flat=True)
    return {*leading.distinct(), *reporting.distinct()}


def _ward_ids(provider: Provider, day: dt.date) -> list[int]:
    reporting = _on(BedAllocation.objects.filter(provider=provider), day).values("bed__ward")
    wards = Ward.objects.open_on(day).filter(Q(lead_provider=provider) | Q(pk__in=reporting))
    return list(wards.values_list("pk", flat=True))


def _figures(provider: Provider, question: Question) -> Figures:
    """Wards are shared: of each only what this provider reports."""
    beds = [line for line in counting.beds(question) if line.provider == provider.pk]
    patients = [line for line in counting.patients(question) if line.provider == provider.pk]
    wards, icbs = _codes([*beds, *patients])
    return Figures(
        tuple(
            Beds(icbs[one.icb], wards[one.ward], one.commissioned, one.surge, one.closed)
            for one in beds
        ),
        tuple(
            Patients(
                icbs[one.icb],
                wards[one.ward],
                one.pathway,
                one.route,
                one.patients,
                one.over_capacity,
                one.on_leave,
            )
            for one in patients
        ),
    )


def _codes(lines: list[BedLine | PatientLine]) -> tuple[dict[int, str], dict[int, str]]:
    wards = Ward.objects.filter(pk__in={line.ward for line in lines})
    icbs = IntegratedCareBoard.objects.filter(pk__in={line.icb for line in lines})
    return dict(wards.values_list("pk", "code")), dict(icbs.values_list("pk", "code"))


def _closed(
    wards: QuerySet[Ward], provider: Provider, at: dt.datetime
) -> Iterator[tuple[str, str, int]]:
    day = london.day_of(at)
    allocated = _on(BedAllocation.objects.filter(bed=OuterRef("pk")), day)
    ours = Q(Exists(allocated.filter(provider=provider))) | (
        ~Exists(allocated) & Q(ward__lead_provider=provider)
    )
    beds = Bed.objects.existing(at).commissioned().filter(ours, ward__in=wards)
    closures = BedClosure.objects.filter(
        Q(ends__isnull=True) | Q(ends__gt=at), starts__lte=at, bed__in=beds
    )
    counts = closures.values("bed__ward__code", "reason").annotate(beds=Count("bed"))
    for one in counts.order_by("bed__ward__name", "reason"):
        yield one["bed__ward__code"], BedClosure.Reason(one["reason"]).label, one["beds"]


def _on(dated: QuerySet[Dated], day: dt.date) -> QuerySet[Dated]:
    return dated.filter(Q(ends__isnull=True) | Q(ends__gt=day), starts__lte=day)
