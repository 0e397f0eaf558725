"""What the API answers about readings, and to whom."""

import datetime as dt
import json

import pytest
from django.test import Client

from observations import limits
from observations.actions.tray import TrayRefusedError, assign
from observations.draining import drain
from observations.judgement import scoring
from observations.models import (
    Alert,
    Correction,
    Reading,
    Receipt,
    Retraction,
    Standing,
    UnclaimedReading,
)
from observations.vitals import day_of_public_id, public_id
from tests.observations.conftest import NOW
from tests.observations.factories import make_key, make_set, reading

HOUR = dt.timedelta(hours=1)


def address(admission, *, start=NOW - HOUR, end=NOW + HOUR) -> str:
    told = f"from={start:%Y-%m-%dT%H:%M:%SZ}&to={end:%Y-%m-%dT%H:%M:%SZ}"
    return f"/api/v1/admissions/{admission.pk}/vitals/?{told}"


def test_vitals_are_told_as_stored_to_who_cares_for_the_patient(
    send, hub, admission, ward_nurse, signed_in
):
    sent = reading(hub, "temperature", 100.4, NOW, unit="degF")
    send([sent, reading(hub, "oxygen", "air", NOW)])
    answer = signed_in(ward_nurse).get(address(admission))
    assert answer.status_code == 200
    oxygen, temperature = sorted(answer.json()["readings"], key=lambda line: line["kind"])
    assert set(temperature) == {
        *("public_id", "id", "device", "kind", "value", "unit"),
        *("measured_at", "sent_at", "received_at", "stored_at"),
    }
    assert (temperature["value"], temperature["unit"]) == (38.0, "Cel")
    assert (temperature["id"], temperature["device"]) == (sent["id"], hub.serial)
    assert temperature["measured_at"] == "2026-11-21T12:00:00Z"
    assert oxygen["value"] == "air"
    assert temperature["public_id"].startswith("20261121-")


def test_from_is_included_and_to_is_not(send, hub, admission, ward_nurse, signed_in):
    send([reading(hub, "pulse", 70, NOW - HOUR), reading(hub, "pulse", 71, NOW)])
    told = signed_in(ward_nurse).get(address(admission, end=NOW)).json()["readings"]
    assert [line["value"] for line in told] == [70]


def test_more_readings_than_an_answer_holds_are_refused_and_not_cut_off(
    send, hub, admission, ward_nurse, signed_in, monkeypatch
):
    send(make_set(hub, NOW))
    monkeypatch.setattr(limits, "MOST_READINGS", 7)
    assert len(signed_in(ward_nurse).get(address(admission)).json()["readings"]) == 7
    send([reading(hub, "weight", 81, NOW)])
    answer = signed_in(ward_nurse).get(address(admission))
    assert answer.status_code == 400
    assert "More than 7 readings." in answer.content.decode()


def test_no_answer_is_about_more_than_a_year(admission, ward_nurse, signed_in):
    much = address(admission, start=NOW - limits.MOST_VITALS - 2 * HOUR, end=NOW - HOUR)
    assert signed_in(ward_nurse).get(much).status_code == 400
    year = address(admission, start=NOW - limits.MOST_VITALS, end=NOW)
    assert signed_in(ward_nurse).get(year).status_code == 200


@pytest.mark.parametrize("query", ["from=yesterday", "to=2026-11-21", "from=2026-11-21T08:00:00"])
def test_a_time_without_its_offset_is_refused(admission, ward_nurse, signed_in, query):
    got = signed_in(ward_nurse).get(f"/api/v1/admissions/{admission.pk}/vitals/?{query}")
    assert (got.status_code, got["Content-Type"]) == (400, "application/problem+json")


@pytest.mark.parametrize("query", ["to=0001-01-01T00:00:00Z", "from=0001-01-01T00:00:00Z"])
def test_a_time_before_all_time_is_refused(admission, ward_nurse, signed_in, query):
    got = signed_in(ward_nurse).get(f"/api/v1/admissions/{admission.pk}/vitals/?{query}")
    assert (got.status_code, got["Content-Type"]) == (400, "application/problem+json")


def test_strangers_get_401_and_those_without_a_relation_404(
    admission, other_nurse, icb_manager, read_only, signed_in
):
    assert Client().get(address(admission)).status_code == 401
    assert signed_in(other_nurse).get(address(admission)).status_code == 404
    assert signed_in(icb_manager).get(address(admission)).status_code == 404
    assert signed_in(read_only).get(address(admission)).status_code == 200


def test_a_public_id_is_known_before_the_reading_is_and_names_its_day():
    name = public_id(7, "a", NOW)
    assert name == public_id(7, "a", NOW.astimezone(dt.timezone(dt.timedelta(hours=9))))
    assert name != public_id(7, "b", NOW)
    assert day_of_public_id(name) == NOW.date()
    assert day_of_public_id("nonsense") is None


# Retractions


def retract(key: str, *readings: object) -> tuple[int, list[str]]:
    answer = Client().post(
        "/api/v1/retractions/",
        data=json.dumps({"readings": list(readings)}),
        content_type="application/json",
        headers={"Authorization": f"Bearer {key}"},
    )
    lines = answer.json().get("readings", [])
    return answer.status_code, [line["outcome"] for line in lines]


def test_a_sender_takes_back_its_own_reading(send, key, hub, admission):
    send(make_set(hub, NOW - HOUR))
    wrong = reading(hub, "spo2", 84, NOW)
    send([wrong])
    assert retract(key, wrong) == (200, ["retracted"])
    assert retract(key, wrong, {}, None, wrong | {"id": "x"}) == (
        200,
        ["already", "rejected", "rejected", "not_found"],
    )
    assert Reading.objects.filter(error=True).count() == 1
    assert Standing.objects.get(pk=admission.pk).total == 0
    assert Correction.objects.get().gateway_id is not None


@pytest.mark.parametrize(
    "wrong",
    [
        {"device": ""},
        {"device": 7},
        {"device": "x" * 101},
        {"device": None, "patient": ""},
        {"device": None, "patient": ["x"]},
        {"measured_at": "0001-01-01T00:00:00Z"},
        {"measured_at": "1899-12-31T23:59:59Z"},
        {"measured_at": "9999-12-31T23:59:59Z"},
        {"measured_at": "2026-11-21T08:00:00"},
        {"id": "x" * 101},
        {"id": "\x00"},
    ],
)
def test_what_no_reading_can_be_called_is_not_taken_back(key, wrong):
    named = reading("HUB-1", "pulse", 70, NOW, patient="a-token")
    assert retract(key, named | wrong) == (200, ["rejected"])
    assert not Retraction.objects.exists()


def test_nobody_takes_back_another_gateways_reading(send, hub):
    wrong = reading(hub, "spo2", 84, NOW)
    send([wrong])
    assert retract(make_key(), wrong) == (200, ["not_found"])
    assert retract("", wrong)[0] == 401
    assert not Reading.objects.filter(error=True).exists()


def test_what_waits_in_the_inbox_can_be_taken_back_and_never_rings(send, key, hub):
    sent = reading(hub, "spo2", 84, NOW)
    receipt = send([sent], drained=False)
    assert retract(key, sent) == (200, ["not_found"])
    assert retract(make_key(), sent | {"id": "other"}) == (200, ["not_found"])
    drain.drain_all(at=NOW)
    assert Receipt.objects.get(pk=receipt).whys == ["retracted"]
    assert not Reading.objects.exists()
    assert not Alert.objects.exists()


def test_what_waits_in_the_tray_can_be_taken_back(send, key, admission, ward_nurse):
    sent = reading("HUB-NOBODYS", "spo2", 97, NOW)
    send([sent])
    assert retract(key, sent) == (200, ["retracted"])
    row = UnclaimedReading.objects.get()
    assert row.why == "retracted"
    with pytest.raises(TrayRefusedError):
        assign(readings=[row], admission=admission, reason="His", by=ward_nurse, at=NOW)
    assert not Reading.objects.exists()


def test_what_was_taken_back_and_is_sent_again_is_a_duplicate(send, key, hub):
    sent = reading(hub, "spo2", 97, NOW)
    send([sent])
    retract(key, sent)
    assert Receipt.objects.get(pk=send([sent])).outcomes == [Receipt.Outcome.DUPLICATE]


def test_many_retractions_of_a_patient_are_one_judgement(send, key, hub, monkeypatch):
    sent = make_set(hub, NOW)
    send(sent)
    judged = []
    again = scoring.rejudge

    def counted(spans, *args, **more):
        judged.append(spans)
        return again(spans, *args, **more)

    monkeypatch.setattr(scoring, "rejudge", counted)
    assert retract(key, *sent, sent[0]) == (200, ["retracted"] * 8)
    assert len(judged) == 1
    assert retract(key, sent[0]) == (200, ["already"])


def test_what_an_app_sent_without_a_device_can_be_taken_back(send, key, hub, admission):
    sent = reading(None, "pain", 9, NOW, patient=admission.patient.nhs_number)
    send([sent])
    assert retract(key, sent) == (200, ["retracted"])
