"""Leaving: what ends with an admission ends, each open thing is answered, errors are taken back."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from capacity.models import Bed, Leave, Stay
from lib.london import wall
from observations.models import Alert, Device, Holding, Prompt
from patients.actions.admissions import start_leave
from rounds.actions.stays import (
    Closing,
    Closings,
    discharge_with_open,
    take_back_discharge,
)
from rounds.actions.tasks import complete_task
from rounds.models import Task
from tests.observations.factories import make_held_hub
from tests.patients.factories import make_admission
from tests.rounds.factories import make_alert, make_task

HOUR = dt.timedelta(hours=1)


@pytest.fixture
def admission(ward, now):
    return make_admission(ward=ward, at=now - 48 * HOUR)


@pytest.fixture
def alert(admission, now):
    return make_alert(admission, at=now - HOUR)


@pytest.fixture
def task(admission, ward_nurse, now):
    return make_task(admission, by=ward_nurse, due_at=now - HOUR, text="Chase the bloods")


@pytest.fixture
def hub(admission, ward_nurse):
    return make_held_hub(admission, by=ward_nurse)


def _prompt(admission, now):
    return Prompt.objects.create(
        kind="repeat_measurement",
        ward=admission.ward,
        admission=admission,
        text="SpO2 12 %",
        raised_at=now - HOUR,
    )


def test_a_task_that_nobody_answered_for_stops_the_discharge(admission, task, ward_nurse, now):
    with pytest.raises(ValidationError, match="Chase the bloods"):
        discharge_with_open(admission=admission, destination="home", by=ward_nurse, at=now)
    admission.refresh_from_db()
    assert admission.is_open
    assert Stay.objects.current().filter(spell=admission.spell).exists()


def test_each_open_thing_is_closed_or_handed_over(admission, alert, task, hub, ward_nurse, now):
    prompt = _prompt(admission, now)
    discharge_with_open(
        admission=admission,
        destination="home",
        closings=Closings(
            alert_outcome="advice",
            alert_note="Call 111 if worse",
            tasks={task.pk: Closing(handed_to="Test Lane Surgery")},
        ),
        by=ward_nurse,
        at=now,
    )
    for row in (alert, task, prompt, hub):
        row.refresh_from_db()
    assert (alert.outcome, alert.closed_by, alert.next_step_at) == ("advice", ward_nurse, None)
    assert (task.handed_to, task.outcome) == (
        "Test Lane Surgery",
        "handed over to Test Lane Surgery",
    )
    assert prompt.done_at == now
    assert hub.status == Device.Status.WANTED_BACK
    assert Holding.objects.open().filter(device=hub).exists()


def test_death_takes_one_outcome_for_all_that_was_open(admission, alert, task, ward_nurse, now):
    died = Closing(outcome="Died at home")
    discharge_with_open(
        admission=admission,
        destination="died",
        closings=Closings(alert_note="Died at home", all_tasks=died),
        by=ward_nurse,
        at=now,
    )
    assert not Alert.objects.open().exists()
    assert not Alert.objects.ladder_due(now + 24 * HOUR).exists()
    assert not Task.objects.open().exists()
    admission.patient.refresh_from_db()
    assert admission.patient.died_at == now


def test_the_bed_is_free_from_the_time_stated_not_from_the_time_of_writing(
    admission, ward_nurse, now
):
    left = now - 3 * HOUR
    discharge_with_open(
        admission=admission, destination="died", left_at=left, by=ward_nurse, at=now
    )
    assert Bed.objects.free_at(left).filter(ward=admission.ward).exists()
    assert not Bed.objects.free_at(left - HOUR).filter(ward=admission.ward).exists()


def test_a_leave_ends_with_the_stay(admission, ward_nurse, now):
    start_leave(
        admission=admission,
        kind="hospital",
        place="LRI",
        held_by="Dr X",
        expected_back=now + HOUR,
        bed_held=True,
        by=ward_nurse,
        at=now - HOUR,
    )
    discharge_with_open(admission=admission, destination="hospital", by=ward_nurse, at=now)
    assert not Leave.objects.filter(spell=admission.spell, ends__isnull=True).exists()


@pytest.mark.parametrize("who", ["other_nurse", "read_only", "icb_manager", "referrer"])
def test_only_those_who_treat_discharge(who, request, admission):
    with pytest.raises(PermissionDenied):
        discharge_with_open(
            admission=admission, destination="home", by=request.getfixturevalue(who)
        )


def test_a_departure_in_error_is_taken_back_with_all_that_it_closed(
    admission, alert, task, hub, ward_nurse, now
):
    bed = Stay.objects.current().get(spell=admission.spell).bed
    died = Closing(outcome="Died")
    discharge_with_open(
        admission=admission,
        destination="died",
        closings=Closings(all_tasks=died),
        by=ward_nurse,
        at=now,
    )
    admission.refresh_from_db()
    take_back_discharge(
        admission=admission, reason="The wrong patient", by=ward_nurse, at=now + HOUR
    )
    for row in (admission, alert, task, hub, admission.patient):
        row.refresh_from_db()
    assert admission.is_open
    assert admission.patient.died_at is None
    assert Stay.objects.current().get(spell=admission.spell).bed == bed
    assert alert.closed_at is None
    assert alert.next_step_at == now + HOUR
    assert (task.done_at, task.outcome) == (None, "")
    assert hub.status == Device.Status.ISSUED


def test_what_was_done_before_the_departure_stays_done(admission, task, ward_nurse, now):
    complete_task(task=task, outcome="normal", by=ward_nurse, at=now - HOUR)
    discharge_with_open(admission=admission, destination="home", by=ward_nurse, at=now)
    admission.refresh_from_db()
    take_back_discharge(admission=admission, reason="error", by=ward_nurse, at=now + HOUR)
    task.refresh_from_db()
    assert task.outcome == "normal"


# The form


@pytest.fixture
def send(signed_in, admission):
    address = reverse("rounds:admission-discharge", args=[admission.pk])

    def post(user, data):
        return signed_in(user).post(address, data)

    return post


@pytest.fixture
def typed(now):
    return {
        "destination": "home",
        "left_at_0": f"{wall(now):%d/%m/%Y}",
        "left_at_1": f"{wall(now):%H:%M}",
        "outcome": "complete",
        "medicines": "not_asked",
        "medicine_changes": "Doxycycline stopped",
        "follow_up_known": "not_asked",
        "experience": "not_asked",
        "follow_up": "GP in a week",
        "safety_net_advice": "111 if breathless",
    }


def test_the_form_names_what_is_open_and_whom_it_discharges(
    signed_in, admission, alert, task, hub, ward_nurse
):
    text = (
        signed_in(ward_nurse)
        .get(reverse("rounds:admission-discharge", args=[admission.pk]))
        .content.decode()
    )
    assert "NEWS2 9, was 3" in text
    assert "Chase the bloods" in text
    assert hub.serial in text
    number = admission.patient.nhs_number
    assert f"{number[:3]} {number[3:6]} {number[6:]}</button>" in text


def test_an_ordinary_discharge_answers_each_and_leads_to_the_summary(
    send, typed, signed_in, admission, alert, task, ward_nurse
):
    answered = typed | {
        "alert_outcome": "advice",
        f"fate_{task.pk}": "handed",
        f"told_{task.pk}": "Test Lane Surgery",
    }
    answer = send(ward_nurse, answered)
    assert answer["Location"] == reverse("rounds:admission-summary", args=[admission.pk])
    summary = signed_in(ward_nurse).get(answer["Location"]).content.decode()
    for words in ("Doxycycline stopped", "GP in a week", "111 if breathless"):
        assert words in summary


def test_what_is_not_answered_is_asked_beside_it_and_all_typed_stays(
    send, typed, admission, alert, task, ward_nurse
):
    answer = send(ward_nurse, typed)
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "Say what came of the alert." in text
    assert "Say whether it is done or handed over." in text
    assert "Doxycycline stopped" in text
    admission.refresh_from_db()
    assert admission.is_open


def test_death_asks_one_answer_only(send, typed, admission, alert, task, ward_nurse):
    assert send(ward_nurse, typed | {"destination": "died"}).status_code == 422
    told = {"destination": "died", "one_outcome": "Died at home, expected"}
    assert send(ward_nurse, typed | told).status_code == 302
    task.refresh_from_db()
    alert.refresh_from_db()
    assert task.outcome == "Died at home, expected"
    assert alert.outcome_note == "Died at home, expected"


def test_nobody_leaves_in_the_future(send, typed, admission, ward_nurse):
    answer = send(ward_nurse, typed | {"left_at_0": "01/01/2099"})
    assert "That time lies ahead." in answer.content.decode()
    admission.refresh_from_db()
    assert admission.is_open


def test_the_form_takes_a_departure_back(signed_in, send, typed, admission, ward_nurse):
    send(ward_nurse, typed)
    address = reverse("rounds:discharge-take-back", args=[admission.pk])
    browser = signed_in(ward_nurse)
    assert browser.post(address, {"reason": ""}).status_code == 422
    assert browser.post(address, {"reason": "Wrong patient"}).status_code == 302
    admission.refresh_from_db()
    assert admission.is_open
