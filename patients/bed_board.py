"""All that a ward's bed board tells, read in a fixed number of queries."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from accounts.models import User
from capacity.leave import LeaveRule
from capacity.models import Bed, BedClosure, Leave, Spell, Stay, Ward
from capacity.presence import WardCount, ward_counts
from capacity.reports.leave import leave_rules
from lib import london
from patients.models import Admission, Referral


@dataclass(frozen=True, slots=True)
class Place:
    """A bed, or a patient without one (`bed` is None), and what is known of it."""

    bed: Bed | None
    stay: Stay | None = None
    admission: Admission | None = None
    leave: Leave | None = None
    closure: BedClosure | None = None
    held_for: Referral | None = None
    free_since: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class BedBoard:
    """`counted_at` is the last 08:00; `came` and `left` lie between it and `at`. `leave` says
    whether people on leave count in occupancy now, and `leave_then` at the last 08:00."""

    ward: Ward
    at: dt.datetime
    count: WardCount
    counted_at: dt.datetime
    counted: WardCount
    came: int
    left: int
    left_to: Mapping[str, int]
    places: list[Place]
    leave: LeaveRule
    leave_then: LeaveRule
    waiting: list[Referral] = field(default_factory=list)

    @property
    def admissions(self) -> list[Admission]:
        return [place.admission for place in self.places if place.admission is not None]


def bed_board(ward: Ward, *, user: User, at: dt.datetime) -> BedBoard:
    counted_at = london.count_instant(london.last_counted(at))
    now, then = _on(ward, at), _on(ward, counted_at)
    left = then - now
    rules = leave_rules()
    return BedBoard(
        ward=ward,
        at=at,
        count=_count(ward, at),
        counted_at=counted_at,
        counted=_count(ward, counted_at),
        came=len(now - then),
        left=len(left),
        left_to=_left_to(left),
        places=_places(ward, user, at),
        leave=rules.on(london.day_of(at)),
        leave_then=rules.on(london.day_of(counted_at)),
        waiting=waiting(ward, user),
    )


def waiting(ward: Ward, user: User) -> list[Referral]:
    asked = Referral.objects.caring(user).filter(ward=ward)
    found = asked.waiting() | asked.awaiting_bed()
    return list(found.select_related("patient", "pathway", "held_bed").order_by("referred_at"))


def _count(ward: Ward, at: dt.datetime) -> WardCount:
    return ward_counts(Ward.objects.filter(pk=ward.pk), at)[ward.pk]


def _on(ward: Ward, at: dt.datetime) -> set[object]:
    return set(Stay.objects.at(at).filter(ward=ward).values_list("spell", flat=True))


def _left_to(spells: Iterable[object]) -> Mapping[str, int]:
    """How many to each destination; whoever is on another ward now went there."""
    found = Spell.objects.filter(pk__in=list(spells))
    return Counter(
        spell.get_destination_display() if spell.destination else "another ward" for spell in found
    )


def _places(ward: Ward, user: User, at: dt.datetime) -> list[Place]:
    stays = list(Stay.objects.at(at).filter(ward=ward).select_related("bed"))
    admissions = _by_spell(ward, user)
    leaves = {leave.spell_id: leave for leave in _leaves(stays, at)}
    by_bed = {stay.bed_id: stay for stay in stays if stay.bed_id is not None}
    rest = _beds_without(ward, at)
    places = [
        Place(
            bed=bed,
            stay=stay,
            admission=admissions.get(stay.spell_id) if stay else None,
            leave=leaves.get(stay.spell_id) if stay else None,
            closure=rest.closures.get(bed.pk),
            held_for=rest.held.get(bed.pk),
            free_since=rest.free_since.get(bed.pk),
        )
        for bed, stay in ((bed, by_bed.get(bed.pk)) for bed in rest.beds)
    ]
    without = [stay for stay in stays if stay.bed_id is None]
    return places + [
        Place(
            bed=None,
            stay=stay,
            admission=admissions.get(stay.spell_id),
            leave=leaves.get(stay.spell_id),
        )
        for stay in without
    ]


@dataclass(frozen=True, slots=True)
class _Beds:
    beds: list[Bed]
    closures: Mapping[int, BedClosure]
    held: Mapping[int, Referral]
    free_since: Mapping[int, dt.datetime]


def _beds_without(ward: Ward, at: dt.datetime) -> _Beds:
    beds = list(ward.beds.existing(at).order_by("position", "label"))
    closed = BedClosure.objects.filter(bed__ward=ward).select_related("closed_by")
    held = Referral.objects.awaiting_bed().filter(held_bed__in=beds, held_until__gt=at)
    ended = Stay.objects.counted().filter(bed__in=beds, ends__lte=at).order_by("ends")
    return _Beds(
        beds=beds,
        closures={
            closure.bed_id: closure
            for closure in closed.filter(starts__lte=at).exclude(ends__lte=at)
        },
        held={r.held_bed_id: r for r in held.select_related("patient") if r.held_bed_id},
        free_since={
            bed: ends
            for bed, ends in ended.filter(ends__gt=at - dt.timedelta(days=14)).values_list(
                "bed", "ends"
            )
            if bed and ends
        },
    )


def _by_spell(ward: Ward, user: User) -> dict[object, Admission]:
    found = Admission.objects.caring(user).current().on(ward)
    rows = found.select_related("patient", "pathway_version__pathway")
    return {admission.spell_id: admission for admission in rows}


def _leaves(stays: Iterable[Stay], at: dt.datetime) -> Iterable[Leave]:
    spells = [stay.spell_id for stay in stays]
    return Leave.objects.filter(spell__in=spells, starts__lte=at).exclude(ends__lte=at)
