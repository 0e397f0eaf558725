"""The alerts' pages: what stands first, what an answer says, and that nothing happens twice."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Look
from lib.london import near_moment
from observations.actions import alerts as actions
from observations.actions.concerns import raise_carer_concern
from observations.alerting import ladders, ringing
from observations.kinds import NUMBERS
from observations.models import Alert, AlertEvent, Bell
from observations.rules import Finding
from patients.actions.admissions import discharge
from patients.actions.people import add_contact, record_safety
from patients.models import Patient
from tests.observations.factories import make_unclaimed
from tests.patients.factories import make_admission

pytestmark = pytest.mark.django_db
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def admission(ward_nurse, now):
    return make_admission(by=ward_nurse, at=now - dt.timedelta(days=2))


@pytest.fixture
def nurse(signed_in, ward_nurse):
    return signed_in(ward_nurse)


@pytest.fixture
def doctor(signed_in, ward_doctor):
    return signed_in(ward_doctor)


def ring(admission, at, priority="urgent", severity=5):
    found = Finding("news2", priority, frozenset({"spo2"}), f"NEWS2 {severity}", (), at, severity)
    ringing.ring_findings(admission.pk, admission.ward_id, [found], at=at)
    return Alert.objects.open().get(admission=admission)


@pytest.fixture
def alert(admission, now):
    return ring(admission, now - 10 * MINUTE)


def page_of(verb, alert):
    return reverse(f"observations:alert-{verb}", args=[alert.pk])


def shown(alert, **more):
    return {"shown_at": alert.rang_at.isoformat()} | more


def text(answer):
    return " ".join(answer.content.decode().split())


def listed(browser, alert):
    return browser.get(reverse("observations:alert-list", args=[alert.ward.code]))


def test_what_nobody_owns_stands_first_then_the_worst_then_the_oldest(nurse, ward_nurse, now):
    def one(priority, minutes):
        admission = make_admission(at=now - dt.timedelta(days=1))
        return ring(admission, now - minutes * MINUTE, priority)

    owned = one("emergency", 40)
    actions.acknowledge(alert=owned, by=ward_nurse)
    late, early, worst = one("urgent", 10), one("urgent", 30), one("emergency", 5)
    told = listed(nurse, owned).context["list"]
    assert [line.pk for line in told.unowned] == [worst.pk, early.pk, late.pk]
    assert [line.pk for line in told.owned] == [owned.pk]
    assert told.sentence == "4 alerts are open; 3 without an owner."


def test_the_list_says_how_far_the_ladder_is(nurse, alert, now):
    assert "Nobody else told yet, step 1 at" in text(listed(nurse, alert))
    ladders.climb(alert, at=now + dt.timedelta(hours=1))
    assert "Step 1 of 3 told, step 2 at" in text(listed(nurse, alert))


def test_what_was_told_claims_no_later_measurement_for_its_own(nurse, alert, now):
    first, last = now - 20 * MINUTE, now - 5 * MINUTE
    alert.triggers.update(first_at=first, last_at=last)
    (line,) = listed(nurse, alert).context["list"].unowned
    assert line.measured == f"measured {near_moment(first, now)} to {near_moment(last, now)}"
    alert.triggers.update(first_at=last)
    (line,) = listed(nurse, alert).context["list"].unowned
    assert line.measured == f"measured {near_moment(last, now)}"


def test_a_concern_was_measured_by_nobody(nurse, admission, ward_nurse, now):
    raise_carer_concern(admission=admission, text="Sleepy", by=ward_nurse, at=now - MINUTE)
    (line,) = listed(nurse, Alert.objects.get()).context["list"].unowned
    assert line.measured == ""


def test_an_empty_list_says_so(nurse, admission):
    page = nurse.get(reverse("observations:alert-list", args=[admission.ward.code]))
    assert "No alert is open." in text(page)


def test_what_rang_again_leads_and_what_was_acknowledged_follows(nurse, admission, ward_nurse, now):
    first = ring(admission, now - 30 * MINUTE, "prompt", 3)
    actions.acknowledge(alert=first, by=ward_nurse, at=now - 20 * MINUTE)
    pulse = Finding("limit:pulse", "urgent", frozenset({"pulse"}), "Pulse 132 /min", (), now)
    ringing.ring_findings(admission.pk, admission.ward_id, [pulse], at=now)
    [line] = listed(nurse, first).context["list"].unowned
    assert (line.leading, line.acknowledged) == ("Pulse 132 /min", "NEWS2 3")


def test_a_silence_that_is_over_says_so_while_its_alert_is_open(nurse, admission, now):
    silence = Finding("silence", "prompt", frozenset({"spo2"}), "Silent: SpO2", (), now)
    ringing.ring_findings(admission.pk, admission.ward_id, [silence], at=now)
    due = {"due_at": now - 180 * MINUTE, "silent_at": now - 60 * MINUTE}
    admission.due_times.update_or_create(kind=NUMBERS["spo2"], defaults=due)
    alert = Alert.objects.get()
    assert "Nothing is silent now." not in text(listed(nurse, alert))
    admission.due_times.all().delete()
    assert "Nothing is silent now." in text(listed(nurse, alert))


def test_nothing_is_said_of_silence_where_none_rang(nurse, alert):
    assert "Nothing is silent now." not in text(listed(nurse, alert))


def test_a_patient_is_called_from_the_list(nurse, admission, now):
    Patient.objects.update(phone="07700 900107")
    assert 'href="tel:07700 900107"' in text(listed(nurse, ring(admission, now)))


def test_the_list_says_how_many_readings_wait_without_a_patient(nurse, alert, admission):
    make_unclaimed(admission)
    assert "Readings without a patient: 1" in text(listed(nurse, alert))


def test_closed_alerts_stay_in_sight_for_a_day(nurse, alert, ward_nurse, now):
    actions.close(alert=alert, outcome="advice", by=ward_nurse, at=now - dt.timedelta(hours=23))
    assert len(listed(nurse, alert).context["list"].closed) == 1
    Alert.objects.update(closed_at=now - dt.timedelta(hours=25))
    assert listed(nurse, alert).context["list"].closed == []


def test_the_poll_is_the_lists_own_fragment_and_no_look(nurse, alert):
    listed(nurse, alert)
    address = reverse("observations:alert-list", args=[alert.ward.code])
    poll = nurse.get(address, headers={"HX-Request": "true", "X-Poll": "1"})
    assert poll.content.decode().lstrip().startswith('<div id="alert-list"')
    assert Look.objects.filter(page="alerts").count() == 1


def test_the_list_takes_no_more_queries_with_more_alerts(
    nurse, alert, ward_nurse, now, django_assert_max_num_queries
):
    for _ in range(8):
        one = ring(make_admission(at=now - dt.timedelta(days=1)), now - MINUTE)
        actions.act(alert=one, text="Phoned", by=ward_nurse)
    with django_assert_max_num_queries(25):
        listed(nurse, alert)


def test_read_only_staff_see_the_list_without_buttons(signed_in, read_only, alert):
    page = text(listed(signed_in(read_only), alert))
    assert "NEWS2 5" in page
    assert "Acknowledge" not in page


def test_acknowledging_from_the_list_owns_and_says_the_next_step(nurse, alert, ward_nurse):
    answer = nurse.post(page_of("acknowledge", alert), shown(alert), follow=True)
    assert "You own this alert" in text(answer)
    nurse.post(page_of("acknowledge", alert), shown(alert))
    alert.refresh_from_db()
    assert alert.owner == ward_nurse
    assert AlertEvent.objects.count() == 1


def test_htmx_gets_the_list_again_with_what_happened(nurse, alert, ward_nurse):
    asked = {"HX-Request": "true", "HX-Target": "alert-list"}
    answer = nurse.post(page_of("acknowledge", alert), shown(alert), headers=asked)
    assert answer.content.decode().lstrip().startswith('<div id="alert-list"')
    assert "You own this alert" in text(answer)
    assert [line.pk for line in answer.context["list"].owned] == [alert.pk]
    old = nurse.post(page_of("acknowledge", alert), {"shown_at": ""}, headers=asked)
    assert "rang again since you looked" in text(old)


def test_the_second_is_told_on_the_page_who_owns_it(nurse, doctor, alert):
    nurse.post(page_of("acknowledge", alert), shown(alert))
    answer = doctor.post(page_of("acknowledge", alert), shown(alert), follow=True)
    assert "A. Okafor, nurse in charge owns this alert." in text(answer)


def test_an_old_page_acknowledges_nothing_that_rang_since(nurse, alert, admission, now):
    old = shown(alert)
    ring(admission, now, "emergency", 9)
    answer = nurse.post(page_of("acknowledge", alert), old, follow=True)
    assert "rang again since you looked" in text(answer)
    alert.refresh_from_db()
    assert alert.owner is None


@pytest.mark.parametrize("told", ["", "yesterday", "2023-13-40T00:00:00Z", "2023-12-14T07:00"])
def test_a_page_that_does_not_say_what_it_showed_owns_nothing(nurse, alert, told):
    nurse.post(page_of("acknowledge", alert), {"shown_at": told})
    alert.refresh_from_db()
    assert alert.owner is None


def test_an_answer_goes_back_to_where_it_came_from_and_nowhere_else(nurse, alert):
    here = nurse.post(page_of("acknowledge", alert), shown(alert, next="/wards/x/board/"))
    assert here["Location"] == "/wards/x/board/"
    away = nurse.post(page_of("acknowledge", alert), shown(alert, next="https://evil.example/"))
    assert away["Location"] == reverse("observations:alert-list", args=[alert.ward.code])


def test_the_escalation_form_begins_with_what_must_be_known(nurse, alert, admission, ward_nurse):
    patient = admission.patient
    record_safety(
        patient=patient,
        topic="allergies",
        state="recorded",
        text="Penicillin",
        source="GP record",
        by=ward_nurse,
    )
    add_contact(
        patient=patient, name="Ex Partner", relationship="other", must_not_be_told=True,
        phone="07700 900111", by=ward_nurse,
    )  # fmt: skip
    page = text(nurse.get(page_of("escalate", alert)))
    assert page.index("Penicillin") < page.index("Whom did you call?")
    assert "GP record" in page
    assert page.count("Not asked") == 2
    assert "Must not be told" in page
    assert "07700 900111" not in page


def test_an_empty_escalation_says_what_is_missing_beside_the_fields(nurse, alert):
    answer = nurse.post(page_of("escalate", alert), shown(alert, text="UCR comes at 10"))
    assert answer.status_code == 422
    assert "Choose whom you called." in text(answer)
    assert "UCR comes at 10" in text(answer)
    assert not AlertEvent.objects.exists()


def test_escalating_is_written_down_and_owned(nurse, alert, ward_nurse):
    nurse.post(page_of("escalate", alert), shown(alert, to="999", text="On the way"))
    assert AlertEvent.objects.get().text == "999: On the way"
    alert.refresh_from_db()
    assert alert.owner == ward_nurse


def test_only_the_wards_clinicians_can_be_chosen_to_take_it(
    nurse, alert, ward_doctor, other_nurse, read_only
):
    page = nurse.get(page_of("hand-on", alert))
    offered = set(page.context["form"].fields["to"].queryset)
    assert ward_doctor in offered
    assert not {other_nurse, read_only} & offered
    refused = nurse.post(page_of("hand-on", alert), {"to": other_nurse.pk})
    assert refused.status_code == 422
    nurse.post(page_of("hand-on", alert), shown(alert, to=ward_doctor.pk))
    alert.refresh_from_db()
    assert alert.owner == ward_doctor


def test_closing_asks_for_an_outcome_and_happens_once(nurse, alert):
    assert nurse.post(page_of("close", alert), shown(alert)).status_code == 422
    closing = shown(alert, outcome="advice", note="Inhaler")
    assert nurse.post(page_of("close", alert), closing).status_code == 302
    again = nurse.post(page_of("close", alert), closing)
    assert "closed meanwhile" in text(again)
    assert AlertEvent.objects.filter(what="closed").count() == 1


def test_closing_what_rang_again_shows_it_anew_and_keeps_the_note(nurse, alert, admission, now):
    old = shown(alert, outcome="advice", note="Inhaler")
    ring(admission, now, "emergency", 9)
    answer = nurse.post(page_of("close", alert), old)
    assert answer.status_code == 422
    page = text(answer)
    assert "rang again" in page
    assert "NEWS2 9" in page
    assert "Inhaler" in page
    alert.refresh_from_db()
    assert alert.closed_at is None
    nurse.post(page_of("close", alert), shown(alert, outcome="hospital"))
    alert.refresh_from_db()
    assert alert.outcome == "hospital"


def test_an_outcome_that_only_leaving_sets_cannot_be_chosen(nurse, alert):
    refused = nurse.post(page_of("close", alert), shown(alert, outcome="patient_left"))
    assert refused.status_code == 422


def test_a_concern_rings_and_the_same_form_sent_twice_rings_once(nurse, admission):
    address = reverse("observations:concern-create", args=[admission.pk])
    assert nurse.post(address, {"text": " "}).status_code == 422
    for _ in range(2):
        nurse.post(address, {"text": "She is grey"})
    assert Bell.objects.get().text == "Carer worried: She is grey"


def test_no_concern_is_written_about_somebody_who_has_left(nurse, admission, ward_nurse):
    discharge(admission=admission, destination="home", by=ward_nurse)
    address = reverse("observations:concern-create", args=[admission.pk])
    assert nurse.get(address).status_code == 404


def test_a_form_about_an_alert_is_a_look_at_its_patient(nurse, alert, admission):
    nurse.get(page_of("escalate", alert))
    assert Look.objects.get(page="alert").subject_id == str(admission.pk)
