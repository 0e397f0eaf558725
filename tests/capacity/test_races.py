"""Two people, two connections, one bed: one gets it, the other is told so."""

import datetime as dt

import pytest

from capacity.actions.beds import close_bed
from capacity.actions.stays import move_stay
from capacity.models import Stay, Ward
from capacity.refusals import BedClosed, BedTaken
from tests.capacity.factories import make_beds, make_stay, make_ward
from tests.races import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def kinds(got):
    return sorted(type(one).__name__ for one in got)


def test_two_admissions_to_the_last_bed_end_with_one_stay_and_one_refusal():
    ward = make_ward()
    [bed] = make_beds(ward, 1)
    got = at_once(lambda: make_stay(ward, bed), lambda: make_stay(ward, bed))
    assert kinds(got) == ["BedTaken", "Stay"]
    assert Stay.objects.count() == 1


def test_closing_a_bed_while_somebody_is_admitted_to_it_leaves_one_of_the_two():
    ward = make_ward()
    [bed] = make_beds(ward, 1)
    at = dt.datetime.now(tz=dt.UTC)
    got = at_once(
        lambda: make_stay(ward, bed, at=at),
        lambda: close_bed(bed=bed, reason="no_kit", by=None, at=at),
    )
    refused = [one for one in got if isinstance(one, BedTaken | BedClosed)]
    assert len(refused) == 1
    assert Stay.objects.count() + bed.closures.count() == 1


def test_transfers_in_opposite_directions_do_not_wait_for_each_other():
    one, other = make_ward(), make_ward("RT5-elsewhere", name="Elsewhere")
    ones, others = make_beds(one, 6), make_beds(other, 6)
    there = [make_stay(one, bed) for bed in ones[:3]]
    back = [make_stay(other, bed) for bed in others[:3]]

    def transfer(stay, ward, bed):
        return lambda: move_stay(
            spell=stay.spell, ward=ward, bed=bed, reason=Stay.EndReason.TRANSFERRED, by=None
        )

    calls = [transfer(stay, other, bed) for stay, bed in zip(there, others[3:], strict=True)]
    calls += [transfer(stay, one, bed) for stay, bed in zip(back, ones[3:], strict=True)]
    got = at_once(*calls)
    assert kinds(got) == ["Stay"] * 6
    assert Stay.objects.current().filter(ward=other, bed__in=others[3:]).count() == 3
    assert Ward.objects.get(pk=one.pk).roster_version == 1 + 3 + 6
