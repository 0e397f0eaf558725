"""What the chart draws and the timeline tells: nothing marked is lost, everything in its order."""

import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from observations import news2
from patients.actions.admissions import move_bed
from patients.actions.care import set_mode
from rounds.actions.stays import discharge_with_open, take_back_discharge
from rounds.patient.charted import Course, Measured, course, thinned, window
from rounds.patient.history import history
from rounds.presenters.patient_timeline import TimelinePresenter, entries
from tests.capacity.factories import make_beds
from tests.observations.factories import make_held_hub, make_key, post_set
from tests.patients.factories import make_admission
from tests.rounds.factories import NORMAL, make_score

HOUR = dt.timedelta(hours=1)
START = dt.datetime(2023, 12, 9, 8, tzinfo=dt.UTC)


def _measured(n, number, *, late=False, error=False):
    at = START + n * dt.timedelta(minutes=5)
    return Measured("pulse", at, float(number), None, 1, 1, 1, at, late, error, "", "", f"r{n}", 1)


@given(
    st.lists(
        st.tuples(st.integers(40, 180), st.booleans(), st.booleans()), min_size=161, max_size=900
    )
)
def test_thinning_keeps_the_extremes_and_all_that_is_marked(drawn):
    readings = [
        _measured(n, value, late=late, error=error) for n, (value, late, error) in enumerate(drawn)
    ]
    kept = list(thinned(readings))
    assert {one.sender_id for one in readings if one.late or one.error} <= {
        one.sender_id for one in kept
    }
    numbers = [one.number for one in readings]
    assert {min(numbers), max(numbers)} <= {one.number for one in kept}
    assert kept == sorted(kept, key=lambda one: one.at)


def _course_of(*told, received=dt.timedelta(0), late=False):
    """Readings of (kind, seconds after the start)."""
    readings = []
    for n, (kind, seconds) in enumerate(told):
        at = START + dt.timedelta(seconds=seconds)
        one = _measured(n, 70, late=late)
        readings.append(one._replace(kind=kind, at=at, received_at=at + received))
    return Course(START, START + HOUR, tuple(readings), (), {})


def test_one_device_after_the_other_makes_one_set():
    told = [("pulse", 0), ("spo2", 0), ("systolic", 40), ("temperature", 200), ("pulse", 900)]
    looks = _course_of(*told).looks
    assert [[one.kind for one in look] for look in looks] == [
        ["pulse", "spo2", "systolic", "temperature"],
        ["pulse"],
    ]


def test_a_value_measured_again_at_once_makes_a_set_of_its_own():
    """Nothing is left out of the table, the struck one least."""
    looks = _course_of(("spo2", 0), ("pulse", 5), ("spo2", 60)).looks
    assert [[one.kind for one in look] for look in looks] == [["spo2", "pulse"], ["spo2"]]


def test_of_the_scores_of_one_look_the_last_is_drawn_and_counted():
    parts: dict[str, Any] = {
        "respiratory_rate": 16,
        "spo2": 97,
        "oxygen": False,
        "systolic": 124,
        "pulse": 72,
    }
    incomplete = news2.score(**parts, consciousness=None, temperature=None)
    whole = news2.score(**parts, consciousness="A", temperature=36.8)
    told = [(0, incomplete), (40, incomplete), (90, whole), (900, incomplete)]
    scores = tuple((START + dt.timedelta(seconds=after), score) for after, score in told)
    found = Course(START, START + HOUR, (), scores, {})
    assert [score for _, score in found.set_scores] == [whole, incomplete]
    assert found.full_sets == 1


def test_a_late_set_of_several_devices_counts_once():
    late = _course_of(("spo2", 0), ("systolic", 40), received=HOUR, late=True)
    assert late.late_sets == 1


def test_what_fits_on_the_paper_is_drawn_whole():
    readings = [_measured(n, 70 + n % 3) for n in range(160)]
    assert list(thinned(readings)) == readings


def test_unmarked_readings_of_weeks_are_thinned_to_what_can_be_told_apart():
    assert len(list(thinned([_measured(n, n % 50) for n in range(4000)]))) <= 160


@pytest.fixture
def admission(ward, now):
    return make_admission(ward=ward, at=now - 48 * HOUR)


@pytest.mark.parametrize(("show", "hours"), [("24h", 24), ("5d", 48), ("stay", 48)])
def test_a_window_is_never_longer_than_the_stay(admission, now, show, hours):
    start, end = window(admission, show, now)
    assert now - start == hours * HOUR
    assert end > now


def test_a_stay_of_an_hour_does_not_fill_the_paper(ward, now):
    start, _ = window(make_admission(ward=ward, at=now - HOUR), "24h", now)
    assert now - start == 12 * HOUR


def test_only_what_lies_between_the_bounds_is_read(admission, ward_nurse, now):
    hub, key = make_held_hub(admission, by=ward_nurse), make_key()
    for hours in (30, 5):
        post_set(key, hub, now - hours * HOUR)
    day = course(admission, (now - 24 * HOUR, now))
    assert len(day.readings) == 7
    assert day.full_sets == 1
    assert len(course(admission, (now - 48 * HOUR, now)).readings) == 14


def test_scores_of_one_look_are_one_line(admission, now):
    for minutes in (25, 20, 15):
        make_score(admission, NORMAL, at=now - dt.timedelta(minutes=minutes))
    told = [
        entry for entry in entries(history(admission, until=now), now) if "NEWS2" in entry.strong
    ]
    assert [entry.at for entry in told] == [now - dt.timedelta(minutes=15)]


def test_what_is_agreed_for_a_time_to_come_has_not_happened_yet(admission, ward_doctor, now):
    set_mode(
        admission=admission,
        mode="comfort",
        reason="Dying at home",
        by=ward_doctor,
        at=now - HOUR,
    )
    told = list(entries(history(admission, until=now), now))
    assert all(entry.at <= now for entry in told)
    assert any("Dying at home" in entry.words for entry in told)


def test_the_timeline_tells_moves_kit_and_a_departure_taken_back(admission, ward_nurse, ward, now):
    hub = make_held_hub(admission, by=ward_nurse)
    move_bed(admission=admission, bed=make_beds(ward, 1)[0], by=ward_nurse, at=now - 5 * HOUR)
    discharge_with_open(admission=admission, destination="died", by=ward_nurse, at=now - 2 * HOUR)
    admission.refresh_from_db()
    back = take_back_discharge(
        admission=admission, reason="The wrong patient", by=ward_nurse, at=now - HOUR
    )
    shown = TimelinePresenter(history(back, until=now), now=now, url="/", whole=True)
    told = [f"{e.strong} {e.words}" for day in shown.days for e in day.entries]
    assert "The wrong patient" in told[0]
    for words in ("Moved to Soar Valley, bed", hub.serial, "Admitted to Soar Valley, bed"):
        assert any(words in line for line in told), words
    assert [e.at for day in shown.days for e in day.entries] == sorted(
        (e.at for day in shown.days for e in day.entries), reverse=True
    )


def test_a_long_timeline_begins_short_and_says_how_much_there_is(admission, now):
    for n in range(30):
        make_score(admission, NORMAL, at=now - n * HOUR - dt.timedelta(minutes=1))
    shown = TimelinePresenter(history(admission, until=now), now=now, url="/x/", whole=False)
    assert sum(len(day.entries) for day in shown.days) == 14
    assert shown.many > 30
    assert not shown.whole
