"""What is posted as FHIR is the same row as by the plain API, and its sender is told."""

import datetime as dt

import pytest

from observations.draining import drain
from observations.models import (
    Alert,
    Gateway,
    Prompt,
    Reading,
    Receipt,
    UnclaimedReading,
)
from patients.models import Admission
from tests.capacity.factories import make_provider
from tests.observations import factories as plain
from tests.observations.factories import make_gateway, make_key
from tests.observations.fhir.factories import (
    LOINC,
    NHS_NUMBER,
    SERIAL,
    SNOMED,
    as_plain,
    bundle,
    code,
    observation,
    panel,
    post,
)

pytestmark = pytest.mark.django_db


def issues(answer):
    told = answer.json()
    assert told["resourceType"] == "OperationOutcome"
    return [(one["code"], one.get("expression", [""])[0]) for one in told["issue"]]


def rows():
    return set(Reading.objects.filter(error=False).values_list("sender_id", "number"))


def test_an_observation_is_stored_and_answered_with_its_address(key, hub, admission, now):
    told = observation(hub, "spo2", now, 97)
    answer = post(key, told)
    assert answer.status_code == 201, answer.content
    stored = Reading.objects.get()
    assert (stored.admission_id, stored.number, stored.measured_at) == (admission.pk, 97, now)
    assert stored.sender_id == told["identifier"][0]["value"]
    name = answer.json()["id"]
    assert answer["Location"] == f"http://testserver/fhir/R4/Observation/{name}"
    assert answer["ETag"].startswith('W/"')
    assert answer["Last-Modified"]
    assert Receipt.objects.get(pk=answer["X-Receipt"]).outcomes == [Receipt.Outcome.STORED]


@pytest.mark.parametrize("named", ["device", "patient"])
def test_by_fhir_first_and_by_the_plain_api_then_it_is_one_row(key, hub, admission, now, named):
    told = _named(named, hub, admission, now)
    assert post(key, told).status_code == 201
    assert _by_plain(key, told) == [Receipt.Outcome.DUPLICATE]
    assert Reading.objects.count() == 1


@pytest.mark.parametrize("named", ["device", "patient"])
def test_by_the_plain_api_first_and_by_fhir_then_it_is_one_row(key, hub, admission, now, named):
    told = _named(named, hub, admission, now)
    assert _by_plain(key, told) == [Receipt.Outcome.STORED]
    answer = post(key, told)
    assert (answer.status_code, answer.json()["valueQuantity"]["value"]) == (200, 72)
    assert Reading.objects.count() == 1


def test_whom_it_names_beside_the_device_is_kept_with_it(key, hub, admission, now):
    number = admission.patient.nhs_number
    for subject in (
        {"identifier": {"system": NHS_NUMBER, "value": number}},
        {"reference": f"Patient/{admission.patient_id}"},
    ):
        assert post(key, observation(hub, "pulse", now, subject=subject)).status_code == 201
    assert list(Reading.objects.values_list("named", flat=True)) == [number] * 2


def _named(named, hub, admission, now):
    if named == "device":
        return observation(hub, "pulse", now)
    number = {"system": NHS_NUMBER, "value": admission.patient.nhs_number}
    return observation(None, "pulse", now, subject={"identifier": number})


def _by_plain(key, told):
    answer = plain.post(key, [as_plain(told, "pulse")])
    drain.drain_all()
    return Receipt.objects.get(pk=answer.json()["receipt"]).outcomes


def test_sent_twice_it_is_stored_once_even_without_an_identifier(key, hub, now):
    told = observation(hub, "pulse", now, identifier=None)
    first, second = post(key, told), post(key, told)
    assert (first.status_code, second.status_code) == (201, 200)
    assert first["Location"] == second["Location"]
    assert first["ETag"] == second["ETag"]
    assert Reading.objects.count() == 1


def test_a_blood_pressure_panel_is_two_readings_and_one_resource(key, hub, now):
    told = panel(hub, now, 131, 84)
    answer = post(key, told)
    stem = told["identifier"][0]["value"]
    assert rows() == {(f"{stem}.systolic", 131), (f"{stem}.diastolic", 84)}
    assert answer.json()["id"].endswith("-bp")
    assert [one["valueQuantity"]["value"] for one in answer.json()["component"]] == [131, 84]
    assert post(key, told).status_code == 200


def test_half_a_panel_is_kept_when_the_other_is_said_to_be_absent(key, hub, now):
    told = panel(hub, now, 131)
    absent = code("http://terminology.hl7.org/CodeSystem/data-absent-reason", "error")
    told["component"][1] = {"code": told["component"][1]["code"], "dataAbsentReason": absent}
    assert post(key, told).status_code == 201
    assert [number for _, number in rows()] == [131]


def test_a_panel_of_which_one_half_cannot_be_is_refused_whole(key, hub, now):
    answer = post(key, panel(hub, now, 131, 999))
    assert answer.status_code == 422
    assert issues(answer) == [("value", "Observation.component[1].value")]
    assert not Reading.objects.exists()
    # What the impossible value asks of a person is asked all the same.
    assert Prompt.objects.get().kind == Prompt.Kind.REPEAT_MEASUREMENT


def test_words_come_as_codes(key, hub, now):
    alert = {"code": code(SNOMED, "1104441000000107"), "valueQuantity": None}
    air = {"code": code(LOINC, "3151-8"), "valueQuantity": None}
    told = [
        observation(hub, "pulse", now, **alert, valueCodeableConcept=code(SNOMED, "248234008")),
        observation(hub, "pulse", now, **air, valueCodeableConcept=code(SNOMED, "722742002")),
    ]
    assert [post(key, one).status_code for one in told] == [201, 201]
    assert set(Reading.objects.values_list("code", flat=True)) == {"A", "air"}


@pytest.mark.parametrize("named", ["identifier", "reference", "token"])
def test_the_patient_is_named_by_number_reference_or_token(key, hub, admission, now, named):
    subject = {
        "identifier": {"identifier": {"system": NHS_NUMBER, "value": admission.patient.nhs_number}},
        "reference": {"reference": f"Patient/{admission.patient_id}"},
        "token": {"identifier": {"system": "urn:x-virtual-wards:enrolment-token", "value": "nope"}},
    }[named]
    answer = post(key, observation(None, "pulse", now, subject=subject))
    assert answer.status_code == (202 if named == "token" else 201)


def test_a_device_by_reference_or_contained_is_the_same_device(key, hub, now):
    contained = {"resourceType": "Device", "id": "d", "identifier": [{"value": hub.serial}]}
    one = observation(None, "pulse", now, device={"reference": f"Device/{hub.pk}"})
    other = observation(None, "spo2", now, device={"reference": "#d"}, contained=[contained])
    assert [post(key, told).status_code for told in (one, other)] == [201, 201]
    assert set(Reading.objects.values_list("device_id", flat=True)) == {hub.pk}


def test_a_foreign_device_and_none_at_all_are_answered_alike(hub, now):
    stranger = make_key(make_gateway(make_provider("RX9")))
    devices = [
        {"reference": f"Device/{hub.pk}"},
        {"reference": "Device/999999"},
        {"identifier": {"system": SERIAL, "value": hub.serial}},
    ]
    answers = [post(stranger, observation(None, "spo2", now, 84, device=one)) for one in devices]
    assert {answer.status_code for answer in answers} == {202}
    assert len({answer.content for answer in answers}) == 1
    assert "Location" not in answers[0]
    assert UnclaimedReading.objects.count() == 3
    assert not Reading.objects.exists()


def test_create_unless_it_is_there_leaves_alone_what_is(key, hub, now):
    told = observation(hub, "spo2", now, 97)
    criteria = f"identifier=urn:test|{told['identifier'][0]['value']}"
    assert post(key, told, **{"If-None-Exist": criteria}).status_code == 201
    later = observation(
        hub, "spo2", now + dt.timedelta(seconds=1), 90, identifier=told["identifier"]
    )
    answer = post(key, later, **{"If-None-Exist": criteria})
    assert (answer.status_code, answer.json()["valueQuantity"]["value"]) == (200, 97)
    assert post(key, later).status_code == 409
    assert Reading.objects.count() == 1


def test_create_unless_it_is_there_is_refused_where_two_are(key, hub, now):
    told = observation(hub, "spo2", now - dt.timedelta(days=1), 97)
    post(key, told)
    again = told | {"effectiveDateTime": now.isoformat()}
    post(key, again)
    criteria = f"identifier={told['identifier'][0]['value']}"
    answer = post(key, again, **{"If-None-Exist": criteria})
    assert (answer.status_code, issues(answer)[0][0]) == (412, "multiple-matches")


def test_each_of_a_batch_stands_for_itself(key, hub, now):
    good, bad = observation(hub, "pulse", now), observation(hub, "spo2", now, 300)
    broken = {"resourceType": "Observation", "status": 3}
    answer = post(key, bundle(good, bad, broken, good, panel(hub, now)), "/")
    assert answer.status_code == 200
    told = answer.json()
    assert told["type"] == "batch-response"
    statuses = [entry["response"]["status"][:3] for entry in told["entry"]]
    assert statuses == ["201", "422", "400", "200", "201"]
    assert len(rows()) == 3


def test_a_transaction_is_all_or_nothing(key, hub, now):
    good, bad = observation(hub, "pulse", now), observation(hub, "spo2", now, 300)
    answer = post(key, bundle(good, bad, kind="transaction"), "/")
    assert answer.status_code == 422
    assert issues(answer) == [("value", "Bundle.entry[1].resource.value")]
    assert not Reading.objects.exists()
    answer = post(key, bundle(good, panel(hub, now), kind="transaction"), "/")
    assert answer.status_code == 200
    assert [entry["response"]["status"] for entry in answer.json()["entry"]] == ["201 Created"] * 2
    assert len(rows()) == 3


def test_an_identifier_used_twice_in_a_transaction_stores_neither(key, hub, now):
    one = observation(hub, "pulse", now, 70)
    other = observation(hub, "pulse", now, 75, identifier=one["identifier"])
    assert post(key, bundle(one, other, kind="transaction"), "/").status_code == 409
    assert not Reading.objects.exists()


def test_a_failing_transaction_takes_nothing_back(key, hub, now):
    told = observation(hub, "pulse", now, 70)
    post(key, told)
    error, bad = told | {"status": "entered-in-error"}, observation(hub, "spo2", now, 300)
    assert post(key, bundle(error, bad, kind="transaction"), "/").status_code == 422
    assert [number for _, number in rows()] == [70]
    assert (
        post(
            key, bundle(error, observation(hub, "spo2", now, 96), kind="transaction"), "/"
        ).status_code
        == 200
    )
    assert [number for _, number in rows()] == [96]


def test_an_empty_bundle_is_a_heartbeat(key, hub, now):
    gateway = Gateway.objects.get()
    assert gateway.last_heard_at is None
    answer = post(key, {"resourceType": "Bundle", "type": "batch"}, "")
    assert (answer.status_code, "entry" in answer.json()) == (200, False)
    gateway.refresh_from_db()
    assert gateway.last_heard_at is not None


@pytest.mark.parametrize(
    ("prefer", "kind"),
    [
        ("minimal", None),
        ("representation", "Observation"),
        ("OperationOutcome", "OperationOutcome"),
    ],
)
def test_the_answer_is_as_long_as_the_sender_prefers(key, hub, now, prefer, kind):
    answer = post(key, observation(hub, "pulse", now), Prefer=f"return={prefer}")
    assert answer.status_code == 201
    assert (answer.json()["resourceType"] if answer.content else None) == kind


def test_a_worrying_value_rings_at_once(key, hub, admission: Admission, now):
    post(key, observation(hub, "spo2", now, 84))
    assert Alert.objects.get().admission_id == admission.pk
