"""The tray: readings without a patient, decided once, by those whose tray it is."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone

from observations.actions.alerts import acknowledge
from observations.actions.tray import TrayRefusedError, assign, dismiss
from observations.models import Alert, Bell, Reading, Standing, UnclaimedReading
from tests.capacity.factories import make_ward
from tests.observations.conftest import NOW
from tests.observations.factories import make_hub, make_unclaimed, reading
from tests.patients.factories import make_admission, make_patient

pytestmark = pytest.mark.django_db
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def nurse(signed_in, ward_nurse):
    return signed_in(ward_nurse)


@pytest.fixture
def patient(ward_nurse):
    """Admitted by the real clock: the pages know no other."""
    at = timezone.now() - dt.timedelta(days=2)
    return make_admission(by=ward_nurse, at=at, patient=make_patient(family_name="Likely"))


def text(answer):
    return " ".join(answer.content.decode().split())


def tray(browser, admission):
    return browser.get(reverse("observations:tray-list", args=[admission.ward.code]))


def decide(browser, readings, **typed):
    rows = {"rows": ",".join(str(one.pk) for one in readings)}
    address = reverse("observations:tray-decide", args=[readings[0].pk])
    return browser.post(address, rows | typed)


# From the drain to the decision


def test_a_worrying_reading_without_a_patient_rings_until_it_is_somebodys(
    send, hub, admission, ward_nurse
):
    lost = make_hub(provider=hub.provider, serial="HUB-LOST")
    send([reading(lost, "spo2", 84, NOW - MINUTE)])
    alert = Alert.objects.get()
    assert (alert.kind, alert.subject, alert.admission) == (
        "reading_without_patient",
        "HUB-LOST",
        None,
    )
    assert alert.triggers.get().text == "Reading without a patient: SpO2 84 %, HUB-LOST"
    waiting = list(UnclaimedReading.objects.all())
    assign(readings=waiting, admission=admission, reason="Phoned", by=ward_nurse, at=NOW)
    alert.refresh_from_db()
    assert (alert.outcome, alert.closed_by) == ("no_change", ward_nurse)
    assert Reading.objects.get().admission_id == admission.pk
    assert Standing.objects.get(pk=admission.pk).response == "low_medium"
    assert Bell.objects.filter(alert__admission=admission).count() == 1


def test_the_wards_alert_stays_while_another_reading_of_the_sender_waits(
    send, hub, admission, ward_nurse
):
    lost = make_hub(provider=hub.provider, serial="HUB-LOST")
    send([reading(lost, "spo2", 84, NOW - MINUTE), reading(lost, "pulse", 70, NOW - MINUTE)])
    first, second = UnclaimedReading.objects.order_by("pk")
    dismiss(readings=[first], reason="Test in the store", by=ward_nurse, at=NOW)
    assert Alert.objects.open().count() == 1
    dismiss(readings=[second], reason="Test in the store", by=ward_nurse, at=NOW)
    assert Alert.objects.get().outcome == "false_reading"
    assert not Reading.objects.exists()


def test_a_reading_is_decided_once(admission, ward_nurse):
    one = make_unclaimed(admission, measured_at=NOW - MINUTE)
    dismiss(readings=[one], reason="x", by=ward_nurse, at=NOW)
    with pytest.raises(TrayRefusedError, match="meanwhile"):
        assign(readings=[one], admission=admission, reason="y", by=ward_nurse, at=NOW)
    assert not Reading.objects.exists()


def test_what_was_measured_before_the_admission_is_not_the_patients(admission, ward_nurse):
    early = make_unclaimed(admission, measured_at=admission.admitted_at - MINUTE)
    with pytest.raises(TrayRefusedError, match="before this patient"):
        assign(readings=[early], admission=admission, reason="y", by=ward_nurse, at=NOW)
    early.refresh_from_db()
    assert early.decision == ""


@pytest.mark.parametrize("who", ["other_nurse", "read_only", "icb_manager", "org_admin"])
def test_nobody_else_decides(admission, who, request):
    somebody = request.getfixturevalue(who)
    one = make_unclaimed(admission, measured_at=NOW - MINUTE)
    with pytest.raises(PermissionDenied):
        assign(readings=[one], admission=admission, reason="x", by=somebody, at=NOW)
    with pytest.raises(PermissionDenied):
        dismiss(readings=[one], reason="x", by=somebody, at=NOW)


# The pages


def test_readings_that_one_decision_answers_stand_together_oldest_first(nurse, patient):
    now = timezone.now()
    make_unclaimed(patient, serial="HUB-2", measured_at=now - 5 * MINUTE)
    for kind, value in (("pulse", 72), ("spo2", 84)):
        make_unclaimed(patient, kind=kind, value=value, measured_at=now - 300 * MINUTE)
    told = tray(nurse, patient).context["tray"]
    assert told.sentence == "3 readings wait for a patient; 2 decisions to make."
    assert [(one.serial, one.count, one.overdue) for one in told.piles] == [
        ("HUB-UNKNOWN", "2 readings", True),
        ("HUB-2", "1 reading", False),
    ]
    assert [(one.when, one.lines) for one in told.piles[0].moments] == [
        ("", [("SpO2 84 %", True), ("Pulse 72 /min", False)])
    ]
    assert [one.worries for one in told.piles] == [True, False]
    assert "LIKELY" in told.piles[0].candidates[0].name


def test_readings_of_several_minutes_say_when_each_was_measured(nurse, patient):
    """Even where many are left out, what alone scores 3 is not."""
    now = timezone.now().replace(second=30)
    for minute in range(20):
        make_unclaimed(patient, measured_at=now - minute * MINUTE)
    make_unclaimed(patient, kind="spo2", value=84, measured_at=now + dt.timedelta(seconds=10))
    [pile] = tray(nurse, patient).context["tray"].piles
    assert (len(pile.moments), pile.more) == (11, 9)
    assert [line.text for line in pile.moments[-1].lines] == ["SpO2 84 %", "Pulse 72 /min"]
    assert all(one.when for one in pile.moments)


def test_who_held_the_device_is_told_from_whom_the_sender_named(nurse, patient):
    named = make_admission(ward=patient.ward, patient=make_patient(family_name="Named"))
    one = make_unclaimed(patient, why="not_the_holder", candidates=[patient.pk, named.pk])
    [pile] = tray(nurse, patient).context["tray"].piles
    assert [candidate.role for candidate in pile.candidates] == [
        "held the device then",
        "named by the sender",
    ]
    page = text(nurse.get(reverse("observations:tray-decide", args=[one.pk])))
    assert "held the device then</option>" in page


def test_of_an_unclear_holder_of_whom_one_is_known_nothing_is_guessed(nurse, patient):
    make_unclaimed(patient, why="unclear_holder")
    [pile] = tray(nurse, patient).context["tray"].piles
    assert [candidate.role for candidate in pile.candidates] == [""]


def test_the_tray_says_who_owns_the_alert_and_who_is_told_next(
    send, hub, admission, nurse, ward_nurse
):
    send([reading("HUB-LOST", "spo2", 84, NOW - MINUTE), reading("HUB-2", "pulse", 70, NOW)])
    piles = tray(nurse, admission).context["tray"].piles
    assert [pile.owner for pile in piles] == [
        "Nobody owns its alert; somebody else is told at 13:00",
        "",
    ]
    acknowledge(alert=Alert.objects.get(), by=ward_nurse, at=NOW)
    assert "A. Okafor, nurse in charge owns its alert" in text(tray(nurse, admission))


def test_those_whose_it_may_be_stand_first_among_the_patients(nurse, patient):
    at = timezone.now() - dt.timedelta(days=2)
    make_admission(ward=patient.ward, at=at, patient=make_patient(family_name="Aardvark"))
    one = make_unclaimed(patient)
    page = nurse.get(reverse("observations:tray-decide", args=[one.pk]))
    groups = dict(page.context["form"].fields["admission"].choices[1:])
    [[(_, likely)], [(_, other)]] = groups.values()
    assert [*groups] == ["May be", "The ward’s other patients"]
    assert ("LIKELY" in likely, "AARDVARK" in other) == (True, True)


def test_an_empty_tray_says_so(nurse, patient):
    assert "No reading waits for its patient." in text(tray(nurse, patient))


def test_a_candidate_of_another_ward_is_not_named_and_cannot_be_chosen(nurse, patient):
    elsewhere = make_ward("RT5-elsewhere", name="Elsewhere")
    at = timezone.now() - dt.timedelta(days=2)
    other = make_admission(
        ward=elsewhere, at=at, patient=make_patient(family_name="Secret", by=patient.admitted_by)
    )
    one = make_unclaimed(patient, candidates=[patient.pk, other.pk])
    page = text(tray(nurse, patient))
    assert "a patient of another ward" in page
    assert "SECRET" not in page
    refused = decide(nurse, [one], decision="give", admission=other.pk, reason="x")
    assert refused.status_code == 422
    assert "SECRET" not in text(refused)


def test_a_pile_is_given_to_a_patient_and_happens_once(nurse, patient):
    both = [make_unclaimed(patient), make_unclaimed(patient, kind="spo2", value=97)]
    typed = {"decision": "give", "admission": patient.pk, "reason": "Phoned"}
    answer = decide(nurse, both, **typed)
    assert answer.status_code == 302
    assert Reading.objects.filter(admission_id=patient.pk).count() == 2
    assert decide(nurse, both, **typed).status_code == 404


def test_what_came_after_the_form_was_drawn_waits_for_its_own_decision(nurse, patient):
    shown = make_unclaimed(patient)
    later = make_unclaimed(patient, kind="spo2", value=84)
    decide(nurse, [shown], decision="dismiss", reason="Tried in the store")
    assert list(UnclaimedReading.objects.open()) == [later]


@pytest.mark.parametrize(
    ("typed", "wrong"),
    [
        ({"decision": ""}, "decision"),
        ({"decision": "give"}, "admission"),
        ({"decision": "dismiss", "reason": " "}, "reason"),
        ({"decision": "dismiss", "admission": "this patient"}, "admission"),
    ],
)
def test_a_decision_without_its_reason_or_patient_stays_on_the_page(nurse, patient, typed, wrong):
    one = make_unclaimed(patient)
    typed = {k: patient.pk if v == "this patient" else v for k, v in typed.items()}
    answer = decide(nurse, [one], **({"reason": "Because of this"} | typed))
    assert answer.status_code == 422
    assert wrong in answer.context["form"].errors
    assert UnclaimedReading.objects.open().count() == 1


def test_a_decision_about_nothing_that_was_shown_is_refused(nurse, patient):
    one = make_unclaimed(patient)
    address = reverse("observations:tray-decide", args=[one.pk])
    answer = nurse.post(address, {"decision": "dismiss", "reason": "x", "rows": "junk"})
    assert answer.status_code == 422
    assert UnclaimedReading.objects.open().count() == 1
