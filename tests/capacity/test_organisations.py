"""Providers, wards and their hours, and what the database refuses about them."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import DataError, IntegrityError, transaction
from django.db.utils import InternalError

from capacity.actions.hours import set_ward_hours
from capacity.actions.organisations import open_ward
from capacity.models import (
    Bed,
    BedAllocation,
    BedClosure,
    IntegratedCareBoard,
    Leave,
    Population,
    PublishedFigure,
    Spell,
    Stay,
    Succession,
    Ward,
)
from capacity.refusals import BedRefused
from tests.capacity.factories import make_icb, make_provider, make_stay

AT = dt.datetime(2026, 3, 2, 10, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)
DAY = dt.date(2026, 3, 2)


def test_a_wards_code_begins_with_its_lead_providers(db):
    with pytest.raises(BedRefused, match="begins with"):
        open_ward(
            code="RWE-soar-valley",
            name="Soar Valley",
            lead_provider=make_provider(),
            icb=make_icb(),
            opens=DAY,
            by=None,
        )


def test_a_wards_code_never_changes(ward):
    with pytest.raises(InternalError, match="ward_code_never_changes"), transaction.atomic():
        Ward.objects.filter(pk=ward.pk).update(code="RT5-other")


def test_new_hours_end_the_old_ones_on_their_first_day(ward):
    set_ward_hours(
        ward=ward,
        opens=dt.time(7, 30),
        closes=dt.time(21),
        phone="0116 496 0003",
        out_of_hours_team="Night practitioners",
        out_of_hours_phone="0116 496 0002",
        starts=DAY,
        by=None,
    )
    rows = list(ward.hours.order_by("starts").values_list("ends", "periods__opens").distinct())
    assert rows == [(DAY, dt.time(8)), (None, dt.time(7, 30))]


def refused(constraint):
    """The database, not the code, says no."""
    return pytest.raises(IntegrityError, match=constraint)


def test_a_bed_ends_after_it_starts(beds):
    with refused("bed_ends_after_start"), transaction.atomic():
        Bed.objects.filter(pk=beds[0].pk).update(ends=beds[0].starts)


def test_a_label_stands_once_on_a_ward(beds):
    with refused("bed_label_once_a_ward"), transaction.atomic():
        Bed.objects.filter(pk=beds[0].pk).update(label=beds[1].label)


def test_a_bed_has_one_provider_at_a_time(beds, ward):
    with refused("bed_has_one_provider_at_a_time"), transaction.atomic():
        BedAllocation.objects.create(
            bed=beds[0], provider=ward.lead_provider, icb=ward.icb, starts=DAY
        )


def test_a_bed_is_closed_once_at_a_time(beds):
    BedClosure.objects.create(bed=beds[0], starts=AT, reason="no_kit")
    with refused("bed_closed_once_at_a_time"), transaction.atomic():
        BedClosure.objects.create(bed=beds[0], starts=AT + HOUR, reason="no_staff")


def test_a_spell_is_in_one_stay_at_a_time(ward, beds):
    stay = make_stay(ward, beds[0], at=AT)
    with refused("one_stay_per_spell_at_a_time"), transaction.atomic():
        Stay.objects.create(
            spell=stay.spell,
            ward=ward,
            bed=beds[1],
            pathway="frailty",
            route="step_up",
            starts=AT + HOUR,
        )


@pytest.mark.parametrize(
    ("values", "constraint"),
    [
        ({"ends": AT + HOUR}, "stay_end_has_its_reason"),
        ({"end_reason": "moved"}, "stay_end_has_its_reason"),
        ({"ends": AT - HOUR, "end_reason": "moved"}, "stay_ends_after_start|range lower bound"),
        ({"bed": None}, "no_bed_says_why"),
        ({"bed": None, "no_bed": "over_capacity"}, "no_bed_says_why"),
        ({"no_bed": "over_capacity", "no_bed_reason": "agreed"}, "no_bed_says_why"),
    ],
)
def test_a_stay_that_makes_no_sense_is_refused(ward, beds, values, constraint):
    stay = make_stay(ward, beds[0], at=AT)
    # A range that runs backwards is bad data before it breaks a constraint.
    with pytest.raises((IntegrityError, DataError), match=constraint), transaction.atomic():
        Stay.objects.filter(pk=stay.pk).update(**values)


@pytest.mark.parametrize(
    ("values", "constraint"),
    [
        ({"discharged_at": AT + HOUR}, "spell_end_has_its_destination"),
        ({"destination": "home"}, "spell_end_has_its_destination"),
        ({"discharged_at": AT - HOUR, "destination": "home"}, "spell_ends_after_start"),
        ({"deprivation_decile": 11}, "decile_is_one_to_ten"),
    ],
)
def test_a_spell_that_makes_no_sense_is_refused(ward, beds, values, constraint):
    stay = make_stay(ward, beds[0], at=AT)
    with refused(constraint), transaction.atomic():
        Spell.objects.filter(pk=stay.spell_id).update(**values)


def test_a_spell_is_on_one_leave_at_a_time(ward, beds):
    spell = make_stay(ward, beds[0], at=AT).spell
    away = {"spell": spell, "kind": "home", "bed_held": True}
    Leave.objects.create(starts=AT, expected_back=AT + HOUR, **away)
    with refused("one_leave_per_spell_at_a_time"), transaction.atomic():
        Leave.objects.create(starts=AT + HOUR, expected_back=AT + 2 * HOUR, **away)
    with refused("leave_expected_back_after_start"), transaction.atomic():
        Leave.objects.create(starts=AT, expected_back=AT, ends=AT, **away)


def test_an_icb_and_a_population_make_sense(db):
    icb = make_icb()
    with refused("icb_ends_after_start"), transaction.atomic():
        IntegratedCareBoard.objects.filter(pk=icb.pk).update(ends=icb.starts)
    with refused("population_positive"), transaction.atomic():
        Population.objects.filter(icb=icb).update(value=0)


def test_a_split_states_each_parts_share(db):
    with refused("split_states_its_share"), transaction.atomic():
        Succession.objects.create(
            predecessor_code="QH8", successor_code="QXX", on=DAY, kind="split"
        )
    with refused("share_is_a_fraction"), transaction.atomic():
        Succession.objects.create(
            predecessor_code="QH8", successor_code="QXX", on=DAY, kind="split", share=Decimal("1.1")
        )


def test_a_published_return_has_its_patients(db):
    with refused("a_return_has_its_patients"), transaction.atomic():
        PublishedFigure.objects.create(
            month=DAY,
            icb_code="QK1",
            name="x",
            population_base="all",
            population=1,
            capacity=1,
            returned=True,
            source="a test",
            imported_at=AT,
        )
