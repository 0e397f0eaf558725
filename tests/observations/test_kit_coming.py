"""Kit on its way: ordered, delivered, working once it was read, and chased when it is late."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEvent
from lib import london
from observations.actions.devices import (
    DeviceRefusedError,
    chase_device,
    correct_holding,
    deliver_device,
    issue_device,
    return_device,
)
from observations.draining import drain
from observations.intake import inbox
from observations.models import Holding
from observations.presenters.kit import overdue, story
from observations.watch import firsts
from tests.observations.factories import body_of, make_gateway, make_hub, make_key, make_set
from tests.patients.factories import make_admission

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)
DAY = 24 * HOUR


@pytest.fixture
def now():
    return timezone.now().replace(microsecond=0)


@pytest.fixture
def admission(now):
    return make_admission(at=now - 3 * DAY)


@pytest.fixture
def ordered(admission, ward_nurse, now):
    """Two days ago, expected yesterday."""
    return issue_device(
        device=make_hub(),
        admission=admission,
        by=ward_nurse,
        at=now - 2 * DAY,
        state="ordered",
        delivery_due=london.day_of(now - DAY),
    )


@pytest.fixture
def nurse(signed_in, ward_nurse):
    return signed_in(ward_nurse)


def read(holding, at):
    inbox.accept(key=make_key(make_gateway()), body=body_of(make_set(holding.device, at)))
    drain.drain_all()


def test_an_order_says_when_by_whom_and_until_when(ordered, now):
    (told,) = story(ordered, at=now)
    assert told.startswith("ordered ")
    assert "by A. Okafor, due " in told
    assert overdue(ordered, at=now).startswith("Delivery late, due ")
    assert overdue(ordered, at=now - DAY) == ""


def test_kit_is_delivered_once(ordered, ward_nurse, now):
    deliver_device(holding=ordered, by=ward_nurse, at=now - 30 * HOUR)
    held = deliver_device(holding=ordered, by=ward_nurse, at=now)
    assert (held.state, held.delivered_at, held.delivered_by) == (
        "delivered",
        now - 30 * HOUR,
        ward_nurse,
    )
    assert AuditEvent.objects.filter(verb="device-delivered").count() == 1
    assert overdue(held, at=now) == "Delivered 30 h ago, no reading yet: call"
    assert overdue(held, at=now - 10 * HOUR) == ""


def test_its_first_reading_shows_that_it_works(ordered, now):
    assert firsts.note(at=now) == 0
    read(ordered, now - 2 * HOUR)
    read(ordered, now - HOUR)
    assert firsts.note(at=now) == 1
    assert firsts.note(at=now) == 0
    ordered.refresh_from_db()
    assert (ordered.state, ordered.first_reading_at) == ("working", now - 2 * HOUR)
    assert (ordered.delivered_at, ordered.delivered_by) == (now - 2 * HOUR, None)
    assert overdue(ordered, at=now) == ""


def test_kit_that_is_chased_says_by_whom_and_what_came_of_it(ordered, ward_nurse, now):
    with pytest.raises(DeviceRefusedError, match="what you were told"):
        chase_device(holding=ordered, said=" ", by=ward_nurse)
    for said in ("No answer", "The courier comes at 4"):
        chase_device(holding=ordered, said=said, by=ward_nurse, at=now)
    ordered.refresh_from_db()
    told = story(ordered, at=now)[-1]
    assert told.startswith("chased 2 times, last ")
    assert told.endswith("by A. Okafor: The courier comes at 4")


def test_what_is_back_is_neither_delivered_nor_chased(ordered, ward_nurse):
    return_device(holding=ordered, by=ward_nurse)
    with pytest.raises(DeviceRefusedError, match="back already"):
        deliver_device(holding=ordered, by=ward_nurse)
    with pytest.raises(DeviceRefusedError, match="back already"):
        chase_device(holding=ordered, said="x", by=ward_nurse)


@pytest.mark.parametrize("who", ["other_nurse", "read_only", "referrer"])
def test_only_those_who_treat_the_patient_deliver_and_chase(who, request, ordered):
    user = request.getfixturevalue(who)
    with pytest.raises(PermissionDenied):
        deliver_device(holding=ordered, by=user)
    with pytest.raises(PermissionDenied):
        chase_device(holding=ordered, said="x", by=user)


def test_corrected_times_keep_who_ordered_and_chased_it(ordered, ward_nurse, now):
    chase_device(holding=ordered, said="No answer", by=ward_nurse, at=now)
    fresh = correct_holding(
        holding=ordered, starts=now - DAY, ends=None, reason="Came later", by=ward_nurse
    )
    assert (fresh.ordered_by, fresh.chased, fresh.chase_note) == (ward_nurse, 1, "No answer")


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("kit_is_delivered_after_it_is_ordered", {"delivered_at": "2020-01-01T00:00Z"}),
        ("kit_that_was_chased_has_its_person", {"chased": 1}),
    ],
)
def test_the_database_keeps_the_order_of_things(ordered, name, change):
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        Holding.objects.filter(pk=ordered.pk).update(**change)


def test_the_wards_kit_says_what_is_late_and_takes_the_answer(nurse, ordered, admission):
    page = reverse("observations:device-list", args=[admission.ward.code])
    chase = reverse("observations:holding-chase", args=[ordered.pk])
    deliver = reverse("observations:holding-deliver", args=[ordered.pk])
    shown = nurse.get(page).content.decode()
    assert "Delivery late, due " in shown
    assert chase in shown
    assert nurse.post(chase, {"said": ""}).status_code == 422
    nurse.post(chase, {"said": "Tomorrow by noon"})
    nurse.post(deliver)
    shown = nurse.get(page).content.decode()
    assert "Tomorrow by noon" in shown
    assert deliver not in shown


def test_the_patients_page_tells_the_story_of_each_piece(nurse, ordered, admission):
    shown = nurse.get(reverse("rounds:patient-detail", args=[admission.pk])).content.decode()
    assert "Delivery late, due " in shown
    assert reverse("observations:holding-deliver", args=[ordered.pk]) in shown


def test_kit_is_issued_as_ordered_by_the_form(nurse, admission):
    hub = make_hub()
    page = reverse("observations:device-issue", args=[admission.ward.code])
    typed = {"device": hub.pk, "admission": admission.pk, "state": "ordered"}
    nurse.post(page, typed | {"delivery_due": "31/12/2099"})
    holding = Holding.objects.get(device=hub)
    assert (holding.state, holding.delivery_due) == ("ordered", dt.date(2099, 12, 31))
