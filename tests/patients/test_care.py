"""Who may change what: tightening, loosening, modes, pauses, oxygen."""

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from hypothesis import given
from hypothesis import strategies as st

from patients.actions.care import (
    end_pause,
    expect,
    prescribe_oxygen,
    set_expected_discharge,
    set_limit,
    set_mode,
    set_pause,
    set_ready_since,
    set_times,
    stop_oxygen,
)
from patients.actions.plans import limit_day
from patients.agreements import running_out
from patients.planned import PRIORITIES, Limits, loosens
from tests.patients.factories import MORNING, make_admission, make_patient

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)
DAY = dt.timedelta(days=1)
NOON = MORNING + 4 * HOUR
SPO2: dict[str, Any] = {"kind": "spo2", "high": None, "reason": "Usual 88 to 90"}


@pytest.fixture
def admission(ward):
    return make_admission(ward=ward, at=MORNING)


def line(admission, at, kind="spo2"):
    return admission.plan_lines.at(at).get(kind=kind)


def test_any_treating_clinician_tightens(admission, ward_nurse):
    set_limit(admission=admission, **SPO2, low=94, by=ward_nurse, at=NOON)
    assert (line(admission, NOON).low, line(admission, NOON).expires_at) == (94, None)
    assert line(admission, NOON - HOUR).low == 92


def test_loosening_needs_a_senior_or_their_recorded_agreement(admission, ward_nurse, ward_doctor):
    with pytest.raises(PermissionDenied):
        set_limit(admission=admission, **SPO2, low=88, by=ward_nurse, at=NOON)
    with pytest.raises(PermissionDenied):
        set_limit(admission=admission, **SPO2, low=88, agreed_by=ward_nurse, by=ward_nurse, at=NOON)
    set_limit(admission=admission, **SPO2, low=88, agreed_by=ward_doctor, by=ward_nurse, at=NOON)
    now = line(admission, NOON)
    assert (now.low, now.agreed_by, now.expires_at) == (88, ward_doctor, NOON + 14 * DAY)


def test_what_was_loosened_runs_out_by_itself(admission, ward_doctor):
    until = NOON + 2 * DAY
    set_limit(admission=admission, **SPO2, low=88, expires_at=until, by=ward_doctor, at=NOON)
    assert line(admission, until - HOUR).low == 88
    assert line(admission, until).low == 92


def test_no_agreement_lasts_more_than_14_days(admission, ward_doctor):
    too_long = NOON + 14 * DAY + HOUR
    with pytest.raises(ValidationError, match="14 days"):
        set_limit(admission=admission, **SPO2, low=88, expires_at=too_long, by=ward_doctor, at=NOON)


def test_tightening_towards_the_pathway_keeps_the_seniors_name(admission, ward_nurse, ward_doctor):
    set_limit(admission=admission, **SPO2, low=86, by=ward_doctor, at=NOON)
    set_limit(admission=admission, **SPO2, low=88, by=ward_nurse, at=NOON + DAY)
    now = line(admission, NOON + DAY)
    assert (now.agreed_by, now.expires_at) == (ward_doctor, NOON + 14 * DAY)
    set_limit(admission=admission, **SPO2, low=92, by=ward_nurse, at=NOON + 2 * DAY)
    assert line(admission, NOON + 20 * DAY).low == 92
    assert line(admission, NOON + 2 * DAY).expires_at is None


def test_less_urgent_is_looser(admission, ward_nurse):
    pulse: dict[str, Any] = {"kind": "pulse", "low": 41, "high": 130, "reason": "Known"}
    set_limit(admission=admission, **pulse, priority="urgent", by=ward_nurse, at=NOON)
    with pytest.raises(PermissionDenied):
        set_limit(admission=admission, **pulse, priority="prompt", by=ward_nurse, at=NOON + HOUR)


@pytest.mark.parametrize(
    ("low", "high"), [(None, None), (95, 90), (90, 90), (None, 101), (-1, None)]
)
def test_a_limit_that_watches_nothing_is_refused(admission, ward_doctor, low, high):
    with pytest.raises(ValidationError):
        set_limit(admission=admission, kind="spo2", low=low, high=high, reason="x", by=ward_doctor)


def test_a_limit_says_why_and_is_of_the_plan(admission, ward_doctor):
    with pytest.raises(ValidationError, match="Say why"):
        set_limit(admission=admission, kind="spo2", low=94, high=None, reason=" ", by=ward_doctor)
    with pytest.raises(ValidationError, match="not in the patient's plan"):
        set_limit(admission=admission, kind="glucose", low=4, high=None, reason="x", by=ward_doctor)


edge = st.none() | st.integers(min_value=0, max_value=100).map(float)
some_limits = st.builds(Limits, edge, edge, st.sampled_from(PRIORITIES))


def rank(limits, value):
    below = limits.low is not None and value < limits.low
    above = limits.high is not None and value > limits.high
    return PRIORITIES.index(limits.priority) + 1 if below or above else 0


@given(some_limits, some_limits, st.integers(min_value=-1, max_value=101))
def test_what_does_not_loosen_rings_wherever_it_rang(old, new, value):
    if not loosens(old, new):
        assert rank(new, value) >= rank(old, value)


@pytest.mark.parametrize("mode", ["news2_scale2", "comfort"])
def test_scale_2_and_comfort_are_a_seniors(admission, ward_nurse, ward_doctor, mode):
    with pytest.raises(PermissionDenied):
        set_mode(admission=admission, mode=mode, reason="x", by=ward_nurse, at=NOON)
    set_mode(
        admission=admission, mode=mode, reason="x", agreed_by=ward_doctor, by=ward_nurse, at=NOON
    )
    assert admission.modes.at(NOON).get().agreed_by == ward_doctor
    assert admission.modes.at(NOON - HOUR).get().mode == "news2_scale1"
    assert admission.modes.at(NOON + 14 * DAY).get().mode == "news2_scale1"


def test_scale_2_moves_the_limit_of_spo2_with_it_and_back(admission, ward_doctor, ward_nurse):
    set_mode(admission=admission, mode="news2_scale2", reason="CO2", by=ward_doctor, at=NOON)
    assert line(admission, NOON).low == 84
    assert line(admission, NOON + 14 * DAY).low == 92
    set_mode(
        admission=admission, mode="news2_scale1", reason="Not so", by=ward_nurse, at=NOON + DAY
    )
    assert line(admission, NOON + DAY).low == 92
    assert admission.modes.at(NOON + 20 * DAY).get().mode == "news2_scale1"


def test_children_are_not_scored(ward, ward_doctor):
    child = make_admission(ward=ward, patient=make_patient(born=dt.date(2015, 1, 1)), at=MORNING)
    with pytest.raises(ValidationError, match="under 16"):
        set_mode(admission=child, mode="news2_scale1", reason="x", by=ward_doctor, at=NOON)


def test_the_team_may_choose_limits_only(admission, ward_nurse):
    set_mode(admission=admission, mode="limits_only", reason="Pregnant", by=ward_nurse, at=NOON)
    assert admission.modes.at(NOON + 20 * DAY).get().mode == "limits_only"


def test_a_pause_over_24_hours_needs_a_senior(admission, ward_nurse, ward_doctor):
    why: dict[str, Any] = {"reason": "Scan in hospital"}
    set_pause(admission=admission, until=NOON + DAY, **why, by=ward_nurse, at=NOON)
    with pytest.raises(PermissionDenied):
        set_pause(admission=admission, until=NOON + DAY + HOUR, **why, by=ward_nurse, at=NOON)
    pause = set_pause(
        admission=admission,
        until=NOON + 2 * DAY,
        **why,
        agreed_by=ward_doctor,
        by=ward_nurse,
        at=NOON,
    )
    assert pause.agreed_by == ward_doctor


def test_two_short_pauses_are_one_long_one(admission, ward_nurse):
    why: dict[str, Any] = {"reason": "Scan"}
    set_pause(admission=admission, until=NOON + DAY, **why, by=ward_nurse, at=NOON)
    late = NOON + 23 * HOUR
    with pytest.raises(PermissionDenied):
        set_pause(admission=admission, until=late + DAY, **why, by=ward_nurse, at=late)


def test_a_pause_can_be_ended_early(admission, ward_nurse):
    set_pause(admission=admission, until=NOON + DAY, reason="Scan", by=ward_nurse, at=NOON)
    end_pause(admission=admission, by=ward_nurse, at=NOON + HOUR)
    assert not admission.pauses.at(NOON + HOUR).exists()
    assert admission.pauses.at(NOON).exists()


def test_one_oxygen_prescription_at_a_time(admission, ward_nurse):
    prescribe_oxygen(admission=admission, litres_per_minute=2, by=ward_nurse, at=NOON)
    prescribe_oxygen(admission=admission, litres_per_minute=1, by=ward_nurse, at=NOON + HOUR)
    assert admission.oxygen.at(NOON).get().litres_per_minute == 2
    assert admission.oxygen.at(NOON + HOUR).get().litres_per_minute == 1
    stop_oxygen(admission=admission, by=ward_nurse, at=NOON + DAY)
    assert not admission.oxygen.at(NOON + DAY).exists()


def test_times_are_london_wall_time_or_every_so_many_hours(admission, ward_nurse):
    new: dict[str, Any] = {
        "admission": admission,
        "kind": "pulse",
        "reason": "Two a day",
        "by": ward_nurse,
    }
    set_times(**new, times=["20:00", "08:00"], at=NOON)
    assert line(admission, NOON, "pulse").times == ["08:00", "20:00"]
    set_times(**new, every_hours=4, at=NOON + HOUR)
    assert line(admission, NOON + HOUR, "pulse").every_hours == 4
    for wrong in ({"times": ["25:00"]}, {}, {"times": ["08:00"], "every_hours": 4}):
        with pytest.raises(ValidationError):
            set_times(**new, **wrong, at=NOON + DAY)


def test_every_expected_day_to_leave_is_kept(admission, ward_nurse):
    day = dt.date(2023, 12, 20)
    set_expected_discharge(admission=admission, day=day, reason="Slower", by=ward_nurse, at=NOON)
    assert admission.expected_discharge == day
    assert admission.expected_discharges.count() == 2
    with pytest.raises(ValidationError, match="before the patient came"):
        set_expected_discharge(admission=admission, day=dt.date(2023, 12, 1), by=ward_nurse)


@pytest.mark.parametrize("who", ["other_nurse", "read_only", "referrer", "icb_manager"])
def test_nobody_else_changes_care(admission, who, request):
    user = request.getfixturevalue(who)
    with pytest.raises(PermissionDenied):
        set_limit(admission=admission, **SPO2, low=95, by=user, at=NOON)
    with pytest.raises(PermissionDenied):
        set_mode(admission=admission, mode="limits_only", reason="x", by=user)
    with pytest.raises(PermissionDenied):
        set_pause(admission=admission, until=NOON, reason="x", by=user)
    with pytest.raises(PermissionDenied):
        prescribe_oxygen(admission=admission, litres_per_minute=1, by=user)


def test_what_was_agreed_warns_the_day_before(admission, ward_doctor):
    until = NOON + 3 * DAY
    set_limit(admission=admission, **SPO2, low=88, expires_at=until, by=ward_doctor, at=NOON)
    set_mode(
        admission=admission,
        mode="comfort",
        reason="x",
        expires_at=until + HOUR,
        by=ward_doctor,
        at=NOON,
    )
    ids = [admission.pk]
    assert running_out(ids, at=until - DAY - HOUR) == []
    assert [one.ends for one in running_out(ids, at=until - DAY)] == [until]
    assert [one.ends for one in running_out(ids, at=until - HOUR)] == [until, until + HOUR]
    assert running_out(ids, at=until + HOUR) == []


def test_a_stay_beyond_the_pathways_limit_says_why(admission, ward_nurse):
    limit = limit_day(admission)
    set_expected_discharge(admission=admission, day=limit, by=ward_nurse, at=NOON)
    beyond = {"admission": admission, "day": limit + DAY, "by": ward_nurse, "at": NOON}
    for cause in ("", "weather"):
        with pytest.raises(ValidationError, match="say why"):
            set_expected_discharge(**beyond, cause=cause)
    set_expected_discharge(**beyond | {"at": NOON + HOUR}, cause="clinical")
    assert admission.expected_discharges.first().cause == "clinical"


def test_who_waits_for_something_but_care_is_ready_since_a_day_and_stays_so(admission, ward_nurse):
    later = limit_day(admission) + DAY
    asked = {"admission": admission, "cause": "housing", "by": ward_nurse, "at": NOON + 3 * DAY}
    with pytest.raises(ValidationError, match="since when"):
        expect(**asked, day=later, ready_since=None)
    since = NOON.date() + DAY
    expect(**asked, day=later, ready_since=since)
    set_expected_discharge(**asked, day=later + DAY)
    admission.refresh_from_db()
    assert admission.ready_since.date() == since
    assert [one.ready_since for one in admission.expected_discharges.all()[:2]] == [
        admission.ready_since
    ] * 2
    set_ready_since(admission=admission, since=None, by=ward_nurse)
    admission.refresh_from_db()
    assert admission.ready_since is None


def test_being_ready_is_a_fact_of_the_spell_without_a_person(admission, ward_nurse):
    """Of which the figures of delays are made, floors below."""
    later, since = limit_day(admission) + DAY, NOON.date() + DAY
    asked = {"admission": admission, "day": later, "ready_since": since, "by": ward_nurse}
    expect(**asked, cause="housing", at=NOON + 2 * DAY)
    expect(**asked, cause="kit", at=NOON + 3 * DAY)
    admission.refresh_from_db()
    told = admission.spell.delays.order_by("starts").values_list("cause", "starts", "ends")
    turned = NOON + 3 * DAY
    assert list(told) == [("housing", admission.ready_since, turned), ("kit", turned, None)]
    set_ready_since(admission=admission, since=None, by=ward_nurse, at=NOON + 4 * DAY)
    assert admission.spell.delays.get(cause="kit").ends == NOON + 4 * DAY


@pytest.mark.parametrize(("days", "words"), [(-5, "before the patient came"), (9, "lies ahead")])
def test_nobody_is_ready_before_they_came_or_tomorrow(admission, ward_nurse, days, words):
    with pytest.raises(ValidationError, match=words):
        set_ready_since(admission=admission, since=NOON.date() + days * DAY, by=ward_nurse, at=NOON)
