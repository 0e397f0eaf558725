"""The ward round in its pages: started, walked, written, ended."""

import datetime as dt
from uuid import uuid4

import pytest
from django.urls import reverse

from rounds.models import Review, ReviewDraft, Round, Task
from tests.patients.factories import make_admission, make_patient
from tests.rounds.factories import HIGH, make_set

HOUR = dt.timedelta(hours=1)


@pytest.fixture
def admit(ward, now):
    def one(name, values=None):
        admission = make_admission(
            ward=ward, patient=make_patient(family_name=name), at=now - 48 * HOUR
        )
        if values:
            make_set(admission, values, at=now - HOUR)
        return admission

    return one


@pytest.fixture
def browser(signed_in, ward_nurse):
    return signed_in(ward_nurse)


@pytest.fixture
def start(browser, ward):
    def begin():
        browser.post(reverse("rounds:round-create", args=[ward.code]), {"shift": "morning"})
        return Round.objects.get()

    return begin


def _screen(round_, admission):
    return reverse("rounds:round-patient", args=[round_.pk, admission.pk])


def _form(known=0, **more):
    said = {"course": "steady", "seen": "phone", "kind": "nurse", "findings": "Brighter."}
    return {"token": str(uuid4()), "version": "0", "known": str(known), **said, **more}


def test_a_round_runs_from_its_start_to_its_record(browser, start, admit):
    low, high = admit("Low-Test"), admit("High-Test", HIGH)
    round_ = start()
    assert [place.admission_id for place in round_.places.all()] == [high.pk, low.pk]
    text = browser.get(reverse("rounds:round-detail", args=[round_.pk])).content.decode()
    assert "0 of 2" in text
    answer = browser.get(_screen(round_, high))
    assert "HIGH-TEST" in answer.content.decode()
    answer = browser.post(_screen(round_, high), _form())
    assert answer.url == _screen(round_, low)
    browser.post(reverse("rounds:place-excuse", args=[round_.pk, low.pk]), {"reason": "In clinic"})
    browser.post(reverse("rounds:round-end", args=[round_.pk]))
    round_.refresh_from_db()
    assert round_.ended_at
    text = browser.get(reverse("rounds:round-detail", args=[round_.pk])).content.decode()
    assert "1 of 2" in text
    assert "In clinic" in text
