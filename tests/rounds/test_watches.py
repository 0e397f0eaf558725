"""A ward that nobody holds: told by the clock itself, and rung by a stored deadline."""

import datetime as dt

import pytest
import time_machine

from observations.actions.alerts import close
from observations.models import Alert, Bell
from rounds.actions.handovers import accept_handover, offer_handover, take_over
from rounds.actions.watches import ring_unwatched
from rounds.board.version import board_version
from rounds.models import WardWatch
from rounds.tasks import ring_unwatched as ring_task
from tests.patients.factories import make_admission

pytestmark = pytest.mark.django_db
EVENING = dt.datetime(2023, 12, 13, 19, 40, tzinfo=dt.UTC)
RUNS_OUT = dt.datetime(2023, 12, 14, 8, 30, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def admission(ward):
    return make_admission(ward=ward, at=EVENING - dt.timedelta(days=3))


@pytest.fixture
def night(ward, admission, out_of_hours):
    return take_over(ward=ward, by=out_of_hours, at=EVENING)


def _alerts():
    return Alert.objects.open().filter(kind=Alert.Kind.UNWATCHED)


def test_nothing_rings_while_somebody_holds_the_ward(night):
    assert ring_unwatched(at=RUNS_OUT - MINUTE) == 0


def test_it_rings_once_when_the_acceptance_runs_out(night, ward):
    assert ring_unwatched(at=RUNS_OUT) == 1
    assert ring_unwatched(at=RUNS_OUT + MINUTE) == 0
    alert = _alerts().get()
    assert (alert.ward, alert.admission, alert.owner) == (ward, None, None)
    assert alert.next_step_at is not None  # its ladder is climbed like any other's
    assert "Nobody holds this ward since" in Bell.objects.get(alert=alert).text
    assert "1 patient" in alert.triggers.get().text


def test_it_says_whom_it_was_offered_to(night, ward, ward_nurse, out_of_hours, admission):
    offer_handover(
        ward=ward, by=out_of_hours, to=ward_nurse, lines=[_quiet(admission)],
        until=RUNS_OUT + dt.timedelta(hours=12), at=RUNS_OUT - 9 * MINUTE,
    )  # fmt: skip
    ring_unwatched(at=RUNS_OUT)
    assert f"Offered to {ward_nurse.short_name}" in _alerts().get().triggers.get().text


def _quiet(admission):
    from rounds.actions.handovers import NewLine

    return NewLine(admission.pk, False, "low", "TEST", "", "", "", "")


def test_taking_over_answers_it(night, ward, ward_nurse):
    ring_unwatched(at=RUNS_OUT)
    take_over(ward=ward, by=ward_nurse, at=RUNS_OUT + 5 * MINUTE)
    assert not _alerts().exists()
    closed = Alert.objects.get(kind=Alert.Kind.UNWATCHED)
    assert closed.closed_by == ward_nurse
    assert "took the ward over" in closed.outcome_note


def test_accepting_answers_it(night, ward, ward_nurse, out_of_hours, admission):
    offered = offer_handover(
        ward=ward, by=out_of_hours, to=ward_nurse, lines=[_quiet(admission)],
        until=RUNS_OUT + dt.timedelta(hours=12), at=RUNS_OUT - MINUTE,
    )  # fmt: skip
    ring_unwatched(at=RUNS_OUT)
    accept_handover(handover=offered, by=ward_nurse, at=RUNS_OUT + MINUTE)
    assert not _alerts().exists()


def test_closing_the_alert_is_no_taking_over(night, ward_nurse):
    ring_unwatched(at=RUNS_OUT)
    close(alert=_alerts().get(), outcome="no_change", by=ward_nurse, at=RUNS_OUT + MINUTE)
    assert ring_unwatched(at=RUNS_OUT + 59 * MINUTE) == 0
    assert ring_unwatched(at=RUNS_OUT + 60 * MINUTE) == 1


def test_a_ward_without_patients_rings_when_one_comes(ward, out_of_hours):
    take_over(ward=ward, by=out_of_hours, at=EVENING)
    assert ring_unwatched(at=RUNS_OUT) == 0
    make_admission(ward=ward, at=RUNS_OUT + MINUTE)
    assert ring_unwatched(at=RUNS_OUT + 2 * MINUTE) == 1


def test_the_next_acceptance_moves_the_deadline(night, ward, ward_nurse):
    take_over(ward=ward, by=ward_nurse, at=RUNS_OUT - 40 * MINUTE)
    watch = WardWatch.objects.get(ward=ward)
    assert watch.until == dt.datetime(2023, 12, 14, 20, 30, tzinfo=dt.UTC)
    assert ring_unwatched(at=RUNS_OUT) == 0


def test_the_task_rings_by_the_clock(night):
    with time_machine.travel(RUNS_OUT + MINUTE, tick=False):
        ring_task()
    assert _alerts().count() == 1


def test_with_a_stopped_worker_board_and_patient_say_so_by_the_clock_alone(
    signed_in, night, ward, admission, ward_nurse
):
    """No sweep runs here: nothing is written after the evening."""
    client = signed_in(ward_nurse)
    pages = (f"/wards/{ward.code}/board/", f"/admissions/{admission.pk}/")
    with time_machine.travel(RUNS_OUT - MINUTE, tick=False):
        calm = [client.get(page).content.decode() for page in pages]
        before = board_version(ward, ward_nurse, RUNS_OUT - MINUTE)
    with time_machine.travel(RUNS_OUT, tick=False):
        loud = [client.get(page).content.decode() for page in pages]
        after = board_version(ward, ward_nurse, RUNS_OUT)
    assert not any("Unwatched since" in text for text in calm)
    assert all("Unwatched since 08:30" in text for text in loud)
    assert before != after  # or a poll would go on saying that nothing changed
    assert not _alerts().exists()


def test_whom_to_call_turns_with_the_clock_alone(signed_in, night, ward, admission, ward_nurse):
    client = signed_in(ward_nurse)
    with time_machine.travel(RUNS_OUT - 31 * MINUTE, tick=False):
        early = client.get(f"/admissions/{admission.pk}/").content.decode()
        version = board_version(ward, ward_nurse, RUNS_OUT - 31 * MINUTE)
    with time_machine.travel(RUNS_OUT - 30 * MINUTE, tick=False):
        late = client.get(f"/admissions/{admission.pk}/").content.decode()
        assert board_version(ward, ward_nurse, RUNS_OUT - 30 * MINUTE) != version
    assert "Night practitioners 0116 496 0002 until 08:00" in early
    assert "Ward 0116 496 0001; after 20:00 Night practitioners 0116 496 0002" in late
