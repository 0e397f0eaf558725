"""What is asked about the home while admitting: written when asked, and never in the way."""

import datetime as dt

import pytest
from django.urls import reverse

from observations.models import Holding
from patients.home import home_page, not_asked
from patients.models import Admission, ExpectedDischarge, SafeguardingNote
from rounds.actions.rounds import start_round
from tests.capacity.factories import make_beds
from tests.observations.factories import make_hub
from tests.patients.factories import make_admission, make_referral
from tests.rounds.factories import HIGH, make_alert, make_set

HOUR = dt.timedelta(hours=1)
ASKED = {
    "consent-answer": "yes",
    "consent-given_by": "best_interests",
    "consent-given_with": "Dr Nair with the daughter",
    "home-answer": "no",
    "home-text": "No heating",
    "carer-answer": "not_asked",
    "interpreter-state": "recorded",
    "interpreter-language": "Polish",
    "interpreter-text": "by phone",
    "adjustments-state": "none",
    "visit_risks-state": "recorded",
    "visit_risks-marks": ["two_people"],
    "key_safe-state": "recorded",
    "key_safe-code": "C9917Z",
    "key_safe-place": "Porch",
    "safeguarding-state": "recorded",
    "safeguarding-text": "Shouting heard",
}


@pytest.fixture
def beds(ward):
    return make_beds(ward, 2)


@pytest.fixture
def referral(ward, now):
    return make_referral(ward=ward, accepted=True, at=now - HOUR)


@pytest.fixture
def typed(beds, now):
    return {
        "bed": beds[0].pk,
        "expected_discharge": f"{now + dt.timedelta(days=7):%d/%m/%Y}",
        "mode": "news2_scale1",
        **{f"{topic}_state": "not_asked" for topic in (
            "allergies", "treatment_escalation", "resuscitation",
        )},
    }  # fmt: skip


@pytest.fixture
def send(signed_in, ward_nurse, referral):
    address = reverse("rounds:admission-create", args=[referral.pk])

    def post(data):
        return signed_in(ward_nurse).post(address, data)

    return post


def test_all_of_it_is_written_down(send, typed, ward_nurse):
    assert send(typed | ASKED).status_code == 302
    admission = Admission.objects.get()
    patient = admission.patient
    checks = dict(admission.checks.current().values_list("topic", "answer"))
    assert checks == {"consent": "yes", "home": "no"}
    assert patient.language == "Polish"
    records = {one.topic: one for one in patient.home_records.current()}
    assert records["visit_risks"].text == "Visit in twos"
    assert records["adjustments"].state == "none"
    assert patient.key_safes.current().get().code == "C9917Z"
    assert SafeguardingNote.objects.get().text == "Shouting heard"
    left = not_asked(home_page(admission, user=ward_nurse))
    assert "Carer check" in left
    assert "Home check" not in left


def test_an_urgent_admission_waits_for_none_of_it(send, typed, ward_nurse, signed_in):
    assert send(typed).status_code == 302
    admission = Admission.objects.get()
    assert not admission.checks.exists()
    page = reverse("rounds:patient-detail", args=[admission.pk])
    shown = signed_in(ward_nurse).get(page).content.decode()
    assert "<strong>Still to ask:</strong> Consent to virtual ward care, Home check" in shown
    assert "nobody named" in shown


@pytest.mark.parametrize(
    ("name", "value", "beside"),
    [
        ("consent-given_by", "", "Say who gave consent."),
        ("consent-given_with", "", "Say who decided, and with whom."),
        ("home-text", "", "Say why not."),
        ("interpreter-text", "", "Say what is recorded."),
        ("key_safe-code", "", "Enter the code."),
        ("safeguarding-text", "", "Write what the concern is."),
    ],
)
def test_what_is_missing_stands_beside_its_field_and_all_typed_stays(
    send, typed, name, value, beside
):
    answer = send(typed | ASKED | {name: value})
    text = answer.content.decode()
    assert answer.status_code == 422
    assert text.count(beside) == 2  # in the summary, and beside the field
    assert f'href="#id_{name}"' in text
    assert "Dr Nair with the daughter" in text or name == "consent-given_with"
    assert not Admission.objects.exists()


def test_a_day_beyond_the_limit_asks_why_while_admitting(send, typed, now):
    far = typed | {"expected_discharge": f"{now + dt.timedelta(days=60):%d/%m/%Y}"}
    answer = send(far)
    assert answer.status_code == 422
    assert "That is beyond the pathway’s days: say why." in answer.content.decode()
    assert send(far | {"cause": "clinical", "cause_reason": "Six weeks of OPAT"}).status_code == 302
    told = ExpectedDischarge.objects.get()
    assert (told.cause, told.reason) == ("clinical", "Six weeks of OPAT")


def test_kit_may_be_ordered_while_admitting(send, typed):
    hub = make_hub()
    kit = {"devices": [hub.pk], "kit_state": "ordered", "kit_due": "31/12/2099"}
    send(typed | kit)
    holding = Holding.objects.get(device=hub)
    assert (holding.state, holding.delivery_due) == ("ordered", dt.date(2099, 12, 31))


# What is usual, and who answers


@pytest.fixture
def nurse(signed_in, ward_nurse):
    return signed_in(ward_nurse)


@pytest.fixture
def admission(ward, now):
    return make_admission(ward=ward, at=now - 48 * HOUR)


def test_what_is_usual_stands_beside_each_score(nurse, admission, ward, ward_nurse, now):
    make_set(admission, HIGH, at=now - HOUR)
    make_alert(admission, at=now - HOUR)
    page = reverse("patients:usual-set", args=[admission.pk])
    assert nurse.post(page, {"usual_spo2": "30"}).status_code == 422
    assert nurse.post(page, {"usual_news2": "3", "usual_spo2": "91"}).status_code == 302
    going = start_round(ward=ward, shift="morning", by=ward_nurse)
    told = "sual NEWS2 3, SpO2 91 %"
    for address in (
        reverse("rounds:patient-detail", args=[admission.pk]),
        f"{reverse('rounds:ward-board', args=[ward.code])}?open={admission.pk}",
        reverse("rounds:round-patient", args=[going.pk, admission.pk]),
        reverse("observations:alert-list", args=[ward.code]),
        reverse("observations:alert-escalate", args=[admission.alerts.get().pk]),
    ):
        assert told in nurse.get(address).content.decode(), address


def test_who_answers_is_named_later_and_told(nurse, admission, ward_doctor, other_nurse):
    page = reverse("patients:responsible-set", args=[admission.pk])
    assert nurse.post(page, {"clinician": other_nurse.pk}).status_code == 422
    nurse.post(page, {"clinician": ward_doctor.pk})
    admission.refresh_from_db()
    assert admission.responsible_clinician == ward_doctor
    shown = nurse.get(reverse("rounds:patient-detail", args=[admission.pk])).content.decode()
    assert ward_doctor.signature in shown
    assert "Responsible clinician:" in shown


def test_an_alert_begins_with_what_must_be_known(nurse, admission, ward, now):
    make_alert(admission, at=now - HOUR)
    shown = nurse.get(reverse("observations:alert-list", args=[ward.code])).content.decode()
    assert shown.index("Allergies: <strong>Not asked</strong>") < shown.index("Escalate…")
    assert "Interpreter: not asked" in shown
