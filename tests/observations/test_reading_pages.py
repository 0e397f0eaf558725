"""A run of readings that another patient made, or that are wrong, corrected on one page."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEvent
from lib import london
from observations.models import Bell, Correction, Reading, Standing
from patients.presenters.words import named
from tests.capacity.factories import make_ward
from tests.observations.factories import make_gateway, make_held_hub, make_key, make_set, post
from tests.patients.factories import make_admission, make_patient

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def wearer(ward_nurse, now):
    return make_admission(by=ward_nurse, at=now - 48 * HOUR)


@pytest.fixture
def husband(wearer, now):
    person = make_patient(family_name="Husband")
    return make_admission(ward=wearer.ward, patient=person, at=now - 24 * HOUR)


@pytest.fixture
def hub(wearer, ward_nurse, now):
    from observations.draining import drain

    hub = make_held_hub(wearer, by=ward_nurse, at=now - 48 * HOUR)
    key = make_key(make_gateway(hub.provider))
    for back, spo2 in ((6, 97), (2, 84), (0, 97)):
        assert post(key, make_set(hub, now - back * HOUR, spo2=spo2)).status_code == 202
        drain.drain_all()
    return hub


def typed(hub, first, last, **more):
    told: dict[str, object] = {}
    for name, at in (("first", first), ("last", last)):
        wall = london.wall(at)
        told |= {f"{name}_0": f"{wall:%d/%m/%Y}", f"{name}_1": f"{wall:%H:%M}"}
    return told | {"device": hub.pk, "reason": "Her husband wore it"} | more


def page(admission) -> str:
    return reverse("observations:reading-correct", args=[admission.pk])


def text(answer) -> str:
    return " ".join(answer.content.decode().split())


def correct(browser, admission, sent):
    """As a person does: what would happen is read before it does."""
    checked = browser.post(page(admission), sent)
    assert checked.status_code == 200
    assert not Correction.objects.exists()
    seen = checked.context["check"].seen
    return browser.post(page(admission), sent | {"seen": seen}, follow=True)


def test_a_run_goes_to_who_wore_the_kit_with_its_bells_and_a_trace(
    hub, wearer, husband, ward_nurse, signed_in, now
):
    assert Standing.objects.get(pk=wearer.pk).total == 0
    assert Bell.objects.get().alert.admission == wearer
    sent = typed(hub, now - 2 * HOUR, now - 2 * HOUR, decision="move", to=husband.pk)
    browser = signed_in(ward_nurse)
    assert f"{hub.serial}: 21 readings" in text(browser.get(page(wearer)))
    answer = correct(browser, wearer, sent)
    assert "7 readings are HUSBAND" in text(answer)
    moved = Reading.objects.filter(admission_id=husband.pk)
    assert {one.measured_at for one in moved} == {now - 2 * HOUR}
    assert Standing.objects.get(pk=husband.pk).lowest == 3
    assert Bell.objects.filter(why=Bell.Why.WRONG_PATIENT).count() == 1
    assert Correction.objects.filter(by=ward_nurse, reason="Her husband wore it").count() == 7
    assert AuditEvent.objects.filter(verb="readings-moved").count() == 1


def test_a_wrong_run_is_struck_through(hub, wearer, ward_nurse, signed_in, now):
    sent = typed(hub, now - 3 * HOUR, now - HOUR, decision="strike")
    answer = correct(signed_in(ward_nurse), wearer, sent)
    assert "7 readings are struck through." in text(answer)
    assert Reading.objects.filter(error=True).count() == 7


def test_what_would_move_is_named_with_both_patients_first(
    hub, wearer, husband, ward_nurse, signed_in, now
):
    sent = typed(hub, now - 6 * HOUR, now - HOUR, decision="move", to=husband.pk)
    told = text(signed_in(ward_nurse).post(page(wearer), sent))
    assert f"14 readings of {hub.serial}, measured " in told
    assert f"go from {named(wearer.patient)} to {named(husband.patient)}." in told
    assert f"Move 14 readings to {named(husband.patient)}" in told


@pytest.mark.parametrize("changed", ["decision", "first", "to"])
def test_what_was_changed_after_the_check_is_checked_again(
    hub, wearer, husband, ward_nurse, signed_in, now, changed
):
    other = make_admission(
        ward=wearer.ward, patient=make_patient(family_name="Other"), at=now - 24 * HOUR
    )
    sent = typed(hub, now - 6 * HOUR, now - HOUR, decision="move", to=husband.pk)
    later = typed(hub, now - 3 * HOUR, now - HOUR)
    browser = signed_in(ward_nurse)
    seen = browser.post(page(wearer), sent).context["check"].seen
    sent |= {
        "decision": {"decision": "strike"},
        "first": {name: later[name] for name in ("first_0", "first_1")},
        "to": {"to": other.pk},
    }[changed]
    answer = browser.post(page(wearer), sent | {"seen": seen})
    assert answer.context["check"].seen != seen
    assert not Correction.objects.exists()


def test_a_reading_that_came_since_the_check_is_checked_too(
    hub, wearer, ward_nurse, signed_in, now
):
    from observations.draining import drain

    sent = typed(hub, now - 3 * HOUR, now - HOUR, decision="strike")
    browser = signed_in(ward_nurse)
    seen = browser.post(page(wearer), sent).context["check"].seen
    post(make_key(make_gateway(hub.provider)), make_set(hub, now - 2 * HOUR + MINUTE))
    drain.drain_all()
    assert "14 readings" in text(browser.post(page(wearer), sent | {"seen": seen}))
    assert not Correction.objects.exists()


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"decision": "move", "to": ""}, "to"),
        ({"decision": ""}, "decision"),
        ({"device": "12345"}, "device"),
        ({"device": "junk"}, "device"),
        ({"reason": " "}, "reason"),
        ({"last_1": "00:00", "last_0": "01/01/2020"}, "last"),
        ({"first_1": "never"}, "first"),
    ],
)
def test_what_is_not_said_whole_changes_nothing(
    hub, wearer, husband, ward_nurse, signed_in, now, wrong, field
):
    sent = typed(hub, now - 3 * HOUR, now - HOUR, decision="move", to=husband.pk) | wrong
    answer = signed_in(ward_nurse).post(page(wearer), sent)
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert not Correction.objects.exists()


def test_nobody_is_given_what_was_measured_before_they_came(
    hub, wearer, husband, ward_nurse, signed_in, now
):
    sent = typed(hub, now - 30 * HOUR, now, decision="move", to=husband.pk)
    answer = signed_in(ward_nurse).post(page(wearer), sent)
    assert "This patient came after the first was measured." in text(answer)


def test_a_while_without_readings_is_said(hub, wearer, ward_nurse, signed_in, now):
    sent = typed(hub, now - 5 * HOUR, now - 4 * HOUR, decision="strike")
    answer = signed_in(ward_nurse).post(page(wearer), sent)
    assert "It measured nothing for this patient then." in text(answer)


def test_a_patient_of_another_ward_is_no_choice(hub, wearer, ward_nurse, signed_in, now):
    elsewhere = make_admission(
        ward=make_ward("RT5-elsewhere", name="Elsewhere"), at=now - 24 * HOUR
    )
    sent = typed(hub, now - 3 * HOUR, now - HOUR, decision="move", to=elsewhere.pk)
    assert "to" in signed_in(ward_nurse).post(page(wearer), sent).context["form"].errors
