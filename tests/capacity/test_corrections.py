"""A stay corrected weeks later corrects every figure it touched, and every one says so."""

import csv
import datetime as dt

import pytest
from django.db import IntegrityError, InternalError, transaction
from django.urls import reverse
from django.utils import timezone

from capacity.actions.figures import refresh
from capacity.actions.stays import end_spell, move_stay
from capacity.models import CountCorrection, SettledDay, StaleFigure, Stay, WardExclusion
from capacity.presenters.corrections import corrected_words, note
from capacity.reports.history import (
    england_mornings,
    icb_mornings,
    provider_mornings,
    ward_mornings,
)
from lib import london
from lib.charts.occupancy import Day, Occupancy, occupancy, rows
from tests.capacity.factories import make_beds, make_stay, make_ward

TODAY = london.day_of(timezone.now())
DAY = TODAY - dt.timedelta(days=20)
EIGHT = london.count_instant(DAY)
HOUR = dt.timedelta(hours=1)
WEEKS_LATER = EIGHT + dt.timedelta(days=14)
DAYS = [DAY + dt.timedelta(days=n) for n in range(4)]


@pytest.fixture
def settled(ward, beds):
    """A patient for four mornings, counted and settled."""
    stay = make_stay(ward, beds[0], at=EIGHT)
    make_stay(ward, beds[1], at=EIGHT)
    refresh(days=DAYS, at=london.count_instant(DAYS[-1]) + HOUR)
    return stay


def leave_earlier(stay, days=2):
    """Two mornings too many were counted; nobody had entered that they had gone."""
    end_spell(spell=stay.spell, destination="home", by=None, at=EIGHT + dt.timedelta(days=days))
    refresh(days=[], at=WEEKS_LATER)


def places(ward):
    return (
        icb_mornings(ward.icb, DAYS[0], DAYS[-1]),
        ward_mornings(ward, DAYS[0], DAYS[-1]),
        provider_mornings(ward.lead_provider, [ward.pk], DAYS[0], DAYS[-1]),
        england_mornings(DAYS[0], DAYS[-1]),
    )


def test_every_place_tells_what_it_was_since_when_and_why(settled, ward):
    leave_earlier(settled)
    for mornings in places(ward):
        assert [morning.patients for morning in mornings] == [2, 2, 1, 1]
        assert [morning.was for morning in mornings] == [{}, {}, {"patients": 2}, {"patients": 2}]
        day = london.plain_day(london.day_of(WEEKS_LATER))
        assert corrected_words(mornings[2]) == (
            f"corrected on {day}: 1 patient, was 2 (end of a spell entered later)"
        )
        assert corrected_words(mornings[0]) == ""
        assert note(mornings).startswith("2 days were corrected after having been counted")


def test_the_usual_second_count_is_no_correction(ward, beds):
    refresh(days=[DAY], at=EIGHT)
    make_stay(ward, beds[0], at=EIGHT)  # committed while the first count ran
    refresh(at=EIGHT + dt.timedelta(minutes=16))
    [morning] = icb_mornings(ward.icb, DAY, DAY)
    assert (morning.patients, morning.corrected) == (1, None)
    assert SettledDay.objects.get().day == DAY


def test_a_ward_corrected_before_the_second_count_does_not_settle_the_day(ward, beds):
    other = make_ward("RT5-elsewhere", name="Elsewhere")
    [bed] = make_beds(other, 1)
    refresh(days=[DAY], at=EIGHT)
    # Without a note, as if it had been committed while the first count ran.
    make_stay(other, bed, at=EIGHT)
    StaleFigure.objects.all().delete()
    make_stay(ward, beds[0], at=EIGHT)
    refresh(at=EIGHT + dt.timedelta(minutes=16))
    [morning] = icb_mornings(ward.icb, DAY, DAY)
    assert morning.patients == 2
    assert not CountCorrection.objects.exists()


def test_counting_right_days_again_is_no_correction(settled, ward):
    refresh(days=DAYS, at=WEEKS_LATER)
    assert not CountCorrection.objects.exists()


def test_what_was_corrected_back_is_again_what_it_was(settled, ward, beds):
    make_stay(ward, beds[2], at=EIGHT)
    refresh(days=[], at=WEEKS_LATER)
    assert icb_mornings(ward.icb, DAY, DAY)[0].was == {"patients": 2}
    wrong = Stay.objects.get(bed=beds[2])
    end_spell(spell=wrong.spell, destination="entered_in_error", by=None, at=WEEKS_LATER)
    refresh(days=[], at=WEEKS_LATER + HOUR)
    assert icb_mornings(ward.icb, DAY, DAY)[0].corrected is None
    assert CountCorrection.objects.filter(day=DAY).count() == 2


def test_a_move_entered_later_corrects_both_wards_and_nothing_of_their_board(settled, ward):
    other = make_ward("RT5-elsewhere", name="Elsewhere")
    [bed] = make_beds(other, 1)
    refresh(days=DAYS, at=WEEKS_LATER - HOUR)  # the other ward's bed is new on these days
    move_stay(
        spell=settled.spell,
        ward=other,
        bed=bed,
        reason=Stay.EndReason.TRANSFERRED,
        by=None,
        at=EIGHT + HOUR,
    )
    refresh(days=[], at=WEEKS_LATER)
    for place, was in ((ward, {"patients": 2}), (other, {"patients": 0, "beds": 0})):
        assert ward_mornings(place, DAYS[1], DAYS[1])[0].was == was
    assert icb_mornings(ward.icb, DAYS[1], DAYS[1])[0].was == {"beds": 3}


def test_a_day_of_which_nothing_is_left_is_told_too(settled, ward):
    WardExclusion.objects.create(ward=ward, starts=DAY, ends=DAYS[1], reason="a clinic")
    refresh(days=[DAY], at=WEEKS_LATER)
    [morning] = icb_mornings(ward.icb, DAY, DAY)
    assert (morning.beds, morning.patients) == (0, 0)
    assert morning.was == {"beds": 3, "patients": 2}
    assert corrected_words(morning).endswith("(counted again)")


def test_a_correction_never_changes(settled, ward):
    leave_earlier(settled)
    for change in (CountCorrection.objects.all().delete, lambda: _move_all()):
        with pytest.raises(InternalError), transaction.atomic():
            change()
    row = CountCorrection.objects.all()[0]
    with pytest.raises(IntegrityError), transaction.atomic():
        CountCorrection.objects.create(
            day=row.day,
            ward=row.ward,
            provider=row.provider,
            icb=row.icb,
            figure="patients",
            change=0,
            corrected_at=WEEKS_LATER,
            why="nothing",
        )


def _move_all():
    CountCorrection.objects.update(change=5)


@pytest.mark.parametrize(
    ("name", "args"),
    [
        ("capacity:icb-detail", ["QK1"]),
        ("capacity:ward-detail", ["RT5-soar-valley"]),
        ("capacity:provider-detail", ["RT5"]),
        ("capacity:together-detail", []),
    ],
)
def test_every_page_says_so(name, args, settled, icb_manager, signed_in):
    client = signed_in(icb_manager)
    assert "corrected" not in client.get(reverse(name, args=args)).content.decode()
    leave_earlier(settled)
    page = client.get(reverse(name, args=args)).content.decode()
    assert "2 days were corrected after having been counted, marked in the chart" in page
    assert page.count("1 patient, was 2") >= 3  # below the chart, on it, and in the table


@pytest.mark.parametrize("name", ["icb-days", "ward-days"])
def test_every_file_of_days_says_so(name, settled, icb_manager, signed_in):
    leave_earlier(settled)
    code = "QK1" if name == "icb-days" else "RT5-soar-valley"
    body = signed_in(icb_manager).get(reverse(f"capacity:{name}", args=[code])).content.decode()
    lines = list(csv.DictReader(body.lstrip("\ufeff").splitlines()))
    assert ["was 2" in line["Corrected"] for line in lines] == [True, True, False, False]


def test_the_answer_says_so(settled, icb_manager, signed_in):
    leave_earlier(settled)
    address = f"/api/v1/capacity/icbs/QK1/occupancy/?from={DAYS[1]}&to={DAYS[2]}"
    right, corrected = signed_in(icb_manager).get(address).json()["days"]
    assert right["corrected"] is None
    assert corrected["patients"] == 1
    assert corrected["corrected"] == {
        "at": WEEKS_LATER.isoformat().replace("+00:00", "Z"),
        "why": "end of a spell entered later",
        "was": {"patients": 2},
    }


def test_a_corrected_day_has_its_ring_and_its_words():
    days = [Day(DAY, 3, 2), Day(DAYS[1], 3, 1, corrected="corrected on 12 Nov 2026: 1, was 2")]
    drawn = occupancy(Occupancy(days))
    assert drawn.count("chart-point--hollow") == 1
    assert "1, was 2" in drawn
    assert rows(Occupancy(days)).rows[0][6] == "corrected on 12 Nov 2026: 1, was 2"
