"""Readings told on the phone: first-class, all or none, from one form that keeps what was typed."""

import datetime as dt
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from accounts.models import AuditEvent
from lib.london import wall
from observations.kinds import NUMBERS
from observations.models import LatestVital, Reading, Score, Standing
from observations.models.readings import Source
from patients.actions.admissions import discharge
from rounds.actions.phoning import phone_readings
from rounds.models import Review, Task
from tests.patients.factories import make_admission
from tests.rounds.factories import make_task

HOUR = dt.timedelta(hours=1)
SEVEN: dict[str, float | str] = {
    "respiratory_rate": 25.0,
    "spo2": 92.0,
    "oxygen": "air",
    "systolic": 108.0,
    "pulse": 112.0,
    "consciousness": "A",
    "temperature": 38.4,
}


@pytest.fixture
def admission(ward, now):
    return make_admission(ward=ward, at=now - 48 * HOUR)


@pytest.fixture
def typed(now):
    london = wall(now)
    return {
        "source": "phone",
        "said_by": "the daughter",
        "measured_at_0": f"{london:%d/%m/%Y}",
        "measured_at_1": f"{london:%H:%M}",
        "respiratory_rate": "25",
        "spo2": "92",
        "oxygen": "Air",
        "systolic": "108",
        "diastolic": "61",
        "pulse": "112",
        "consciousness": "A",
        "temperature": "38,4",
    }


@pytest.fixture
def send(signed_in, admission):
    def post(user, data, page="readings-create"):
        return signed_in(user).post(reverse(f"rounds:{page}", args=[admission.pk]), data)

    return post


def _readings(admission, now):
    return Reading.objects.filter(
        admission_id=admission.pk, measured_at__gt=now - 24 * HOUR, measured_at__lte=now + HOUR
    )


def test_a_phoned_set_is_scored_like_any_other(admission, ward_nurse, now):
    phone_readings(
        admission=admission, values=SEVEN, measured_at=now, said_by="her son", by=ward_nurse, at=now
    )
    standing = Standing.objects.get(pk=admission.pk)
    assert (standing.total, standing.response) == (9, "high")
    assert not standing.self_reported
    reading = _readings(admission, now).get(kind=6)
    assert (reading.source, reading.reported_by) == (Source.PHONE, "her son")


def test_a_phoned_set_rings_and_stands_on_the_board(admission, ward_nurse, now):
    phone_readings(
        admission=admission, values=SEVEN, measured_at=now, said_by="son", by=ward_nurse, at=now
    )
    assert admission.alerts.open().get().priority == "emergency"
    assert LatestVital.objects.filter(admission=admission).count() == 7


def test_one_value_that_cannot_be_keeps_out_the_whole_set(admission, ward_nurse, now):
    with pytest.raises(ValidationError) as refused:
        phone_readings(
            admission=admission,
            values=SEVEN | {"spo2": 9.0},
            measured_at=now,
            said_by="son",
            by=ward_nurse,
            at=now,
        )
    assert list(refused.value.message_dict) == ["spo2"]
    assert not _readings(admission, now).exists()


def test_nobody_phones_readings_of_who_has_left(admission, ward_nurse, now):
    discharge(admission=admission, destination="home", by=ward_nurse, at=now - HOUR)
    with pytest.raises(ValidationError, match="has left"):
        phone_readings(
            admission=admission, values=SEVEN, measured_at=now, said_by="son", by=ward_nurse, at=now
        )


@pytest.mark.parametrize("who", ["other_nurse", "read_only", "icb_manager", "referrer"])
def test_only_those_who_treat_phone_readings(who, request, admission, now):
    with pytest.raises(PermissionDenied):
        phone_readings(
            admission=admission,
            values=SEVEN,
            measured_at=now,
            said_by="son",
            by=request.getfixturevalue(who),
            at=now,
        )


def test_the_form_stores_seven_and_diastolic_with_a_comma_for_a_point(
    send, typed, admission, ward_nurse, now
):
    answer = send(ward_nurse, typed)
    assert answer["Location"] == reverse("rounds:patient-detail", args=[admission.pk])
    assert _readings(admission, now).count() == 8
    score = Score.objects.get(
        admission_id=admission.pk, measured_at__gt=now - HOUR, measured_at__lte=now + HOUR
    )
    assert score.total == 9


@pytest.mark.parametrize(
    ("kind", "value", "words"),
    [
        ("spo2", "9", "Check it: it must be between 30 and 100 %."),
        ("pulse", "fast", "Enter a number."),
        ("oxygen", "mask", "Enter “air” or litres a minute."),
        ("said_by", "", "Say who."),
    ],
)
def test_what_is_wrong_is_said_beside_it_and_the_rest_stays(
    send, typed, ward_nurse, kind, value, words
):
    answer = send(ward_nurse, typed | {kind: value})
    text = answer.content.decode()
    assert answer.status_code == 422
    assert words in text
    assert 'value="38,4"' in text


def test_the_summary_of_what_is_wrong_reads_as_the_page_does(send, typed, ward_nurse):
    wrong = {"said_by": "", "temperature": "warm", "respiratory_rate": "220", "weight": "heavy"}
    form = send(ward_nurse, typed | wrong).context["form"]
    assert [field.name for field in form if field.errors] == [
        *("respiratory_rate", "temperature", "said_by", "weight")
    ]


@pytest.mark.parametrize(("weight", "opened"), [("heavy", True), ("81", True), ("", False)])
def test_what_is_filled_in_of_the_rest_is_not_folded_away(send, typed, ward_nurse, weight, opened):
    text = send(ward_nurse, typed | {"said_by": "", "weight": weight}).content.decode()
    assert ('<details class="group" open>' in text) == opened


def test_a_form_without_a_single_value_is_refused(send, typed, ward_nurse):
    empty = {name: typed[name] for name in ("source", "said_by", "measured_at_0", "measured_at_1")}
    answer = send(ward_nurse, empty)
    assert "Enter at least one reading." in answer.content.decode()


def test_a_measurement_that_lies_ahead_is_refused_and_none_is_stored(
    send, typed, admission, ward_nurse, now
):
    answer = send(ward_nurse, typed | {"measured_at_0": "01/01/2099"})
    assert answer.status_code == 422
    assert "That time lies ahead." in answer.content.decode()
    assert not _readings(admission, now).exists()


def test_a_form_sent_twice_is_stored_once(send, typed, ward_nurse):
    twice = typed | {"token": str(uuid4())}
    assert [send(ward_nurse, twice).status_code for _ in range(2)] == [302, 302]
    assert Reading.objects.count() == 8
    assert AuditEvent.objects.filter(verb="readings-entered").count() == 1


def test_back_and_another_value_is_told_and_overwrites_nothing(send, typed, ward_nurse):
    first = typed | {"token": str(uuid4())}
    send(ward_nurse, first)
    again = send(ward_nurse, first | {"pulse": "90"})
    assert again.status_code == 422
    assert "This form is stored already" in again.content.decode()
    assert sorted(Reading.objects.filter(kind=NUMBERS["pulse"]).values_list("number")) == [(112.0,)]


def test_from_a_visit_the_form_knows_how_and_by_whom_and_leads_back(
    signed_in, typed, ward, admission, ward_nurse
):
    visits = reverse("rounds:ward-visits", args=[ward.code])
    page = reverse("rounds:readings-create", args=[admission.pk])
    asked = f"{page}?source=visit&next={visits}"
    browser = signed_in(ward_nurse)
    form = browser.get(asked).context["form"]
    assert (form["source"].value(), form["said_by"].value()) == ("visit", "Adaeze Okafor")
    assert browser.post(asked, typed | {"source": "visit"}).url == visits


def test_the_review_form_writes_a_review(send, admission, ward_nurse):
    page = "review-create"
    own = {"token": str(uuid4()), "known": "0", "version": "0", "kind": "nurse", "seen": "phone"}
    assert send(ward_nurse, own, page).status_code == 422
    written = own | {"findings": "Brighter", "plan": "Go on"}
    assert send(ward_nurse, written, page).status_code == 302
    assert Review.objects.get(admission=admission).plan == "Go on"


def test_a_task_is_added_and_done_by_its_forms(send, signed_in, admission, ward_nurse, ward_doctor):
    answer = send(
        ward_nurse,
        {
            "kind": "bloods",
            "text": "CRP",
            "due_at_0": "01/01/2030",
            "due_at_1": "09:00",
            "assigned_to": ward_doctor.pk,
        },
        "task-create",
    )
    assert answer.status_code == 302
    task = Task.objects.get(admission=admission)
    assert task.assigned_to == ward_doctor
    address = reverse("rounds:task-complete", args=[task.pk])
    browser = signed_in(ward_nurse)
    assert browser.post(address, {"outcome": ""}).status_code == 422
    assert browser.post(address, {"ending": "done", "outcome": "CRP 40"}).status_code == 302
    task.refresh_from_db()
    assert task.outcome == "CRP 40"


def test_a_task_done_twice_says_so(signed_in, admission, ward_nurse, now):
    task = make_task(admission, by=ward_nurse, due_at=now)
    browser = signed_in(ward_nurse)
    address = reverse("rounds:task-complete", args=[task.pk])
    browser.post(address, {"ending": "done", "outcome": "spoke to her"})
    again = browser.post(address, {"ending": "done", "outcome": "again"})
    assert "Somebody has done this task already." in again.content.decode()
