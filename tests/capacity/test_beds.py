"""Adding, closing, reopening, withdrawing and reallocating beds."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied

from capacity.actions.beds import add_beds, close_bed, reallocate_bed, reopen_bed, withdraw_bed
from capacity.models import Bed, Ward
from capacity.presence import ward_counts
from capacity.refusals import BedClosed, BedRefused, BedTaken, TimeRefused
from tests.capacity.factories import make_beds, make_icb, make_provider, make_stay

AT = dt.datetime(2026, 3, 2, 10, tzinfo=dt.UTC)
LATER = AT + dt.timedelta(hours=5)


def count(ward, at=LATER):
    return ward_counts(Ward.objects.filter(pk=ward.pk), at)[ward.pk]


def test_labels_go_on_where_the_last_ones_ended(ward, beds):
    more = make_beds(ward, 2)
    surge = make_beds(ward, 2, kind=Bed.Kind.SURGE)
    assert [bed.label for bed in [*beds, *more]] == ["1", "2", "3", "4", "5"]
    assert [bed.label for bed in surge] == ["S1", "S2"]


def test_surge_beds_are_counted_apart_and_are_no_capacity(ward, beds):
    [extra] = make_beds(ward, kind=Bed.Kind.SURGE)
    make_stay(ward, extra, at=AT)
    now = count(ward)
    assert (now.beds, now.surge, now.taken, now.free, now.patients) == (3, 1, 1, 3, 1)


def test_a_closed_bed_is_no_capacity_until_it_is_reopened(ward, beds, ward_nurse):
    close_bed(bed=beds[0], reason="no_kit", by=ward_nurse, at=AT)
    assert (count(ward).beds, count(ward).closed, count(ward).free) == (2, 1, 2)
    reopen_bed(bed=beds[0], by=ward_nurse, at=LATER)
    assert (count(ward, LATER).beds, count(ward, LATER).closed) == (3, 0)


def test_nobody_is_admitted_to_a_closed_bed(ward, beds):
    close_bed(bed=beds[0], reason="no_staff", by=None, at=AT)
    with pytest.raises(BedClosed, match="Bed 1"):
        make_stay(ward, beds[0], at=LATER)


def test_a_bed_with_somebody_in_it_is_not_closed(ward, beds):
    make_stay(ward, beds[0], at=AT)
    with pytest.raises(BedTaken):
        close_bed(bed=beds[0], reason="no_kit", by=None, at=LATER)


def test_a_closed_bed_is_not_closed_again(ward, beds):
    close_bed(bed=beds[0], reason="no_kit", by=None, at=AT)
    with pytest.raises(BedClosed):
        close_bed(bed=beds[0], reason="no_kit", by=None, at=LATER)


def test_an_open_bed_is_not_reopened(ward, beds):
    with pytest.raises(BedRefused):
        reopen_bed(bed=beds[0], by=None)


@pytest.mark.parametrize("who", ["icb_manager", "other_nurse", "referrer", "read_only"])
def test_only_those_who_run_the_ward_close_its_beds(who, beds, request):
    with pytest.raises(PermissionDenied):
        close_bed(bed=beds[0], reason="no_kit", by=request.getfixturevalue(who))


def test_a_withdrawn_bed_is_gone_from_that_instant(ward, beds):
    withdraw_bed(bed=beds[0], by=None, at=LATER)
    assert count(ward, LATER - dt.timedelta(seconds=1)).beds == 3
    assert count(ward, LATER).beds == 2


def test_a_bed_is_not_withdrawn_from_under_somebody(ward, beds):
    make_stay(ward, beds[0], at=AT)
    with pytest.raises(BedTaken):
        withdraw_bed(bed=beds[0], by=None, at=LATER)


def test_a_nurse_does_not_change_how_many_beds_there_are(ward, ward_nurse):
    with pytest.raises(PermissionDenied):
        add_beds(ward=ward, number=1, provider=ward.lead_provider, icb=ward.icb, by=ward_nurse)


def test_a_bed_has_one_reporting_provider_at_a_time(beds):
    uhl = make_provider("RWE", name="University Hospitals of Leicester NHS Trust", kind="acute")
    day = dt.date(2026, 3, 2)
    reallocate_bed(bed=beds[0], provider=uhl, icb=make_icb(), starts=day, by=None)
    rows = beds[0].allocations.order_by("starts").values_list("provider__code", "ends")
    assert list(rows) == [("RT5", day), ("RWE", None)]


def test_an_allocation_is_not_slipped_in_before_a_later_one(beds):
    uhl = make_provider("RWE", name="University Hospitals of Leicester NHS Trust", kind="acute")
    reallocate_bed(bed=beds[0], provider=uhl, icb=make_icb(), starts=dt.date(2026, 3, 2), by=None)
    with pytest.raises(TimeRefused):
        reallocate_bed(
            bed=beds[0], provider=uhl, icb=make_icb(), starts=dt.date(2026, 3, 1), by=None
        )
