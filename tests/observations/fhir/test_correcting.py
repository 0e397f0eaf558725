"""What a sender corrects or takes back: struck through, and traced, or not stored when it comes."""

import pytest

from observations.models import Alert, Correction, Reading
from tests.observations.factories import make_gateway, make_key
from tests.observations.fhir.factories import bundle, observation, panel, post

pytestmark = pytest.mark.django_db


def rows():
    return set(Reading.objects.filter(error=False).values_list("sender_id", "number"))


def test_what_is_entered_in_error_is_struck_through(key, hub, now):
    told = observation(hub, "spo2", now, 84)
    post(key, told)
    assert Alert.objects.exists()
    answer = post(key, told | {"status": "entered-in-error"})
    assert (answer.status_code, answer.json()["status"]) == (200, "entered-in-error")
    assert Reading.objects.get().error
    assert post(key, told).status_code == 200
    assert Reading.objects.get().error


def test_what_is_taken_back_before_it_came_is_not_stored_when_it_comes(key, hub, now):
    told = panel(hub, now)
    assert post(key, told | {"status": "entered-in-error"}).status_code == 202
    answer = post(key, told)
    assert answer.status_code == 410
    assert not Reading.objects.exists()


def test_a_correction_strikes_the_old_and_stores_the_new_with_a_trace(key, hub, now):
    told = observation(hub, "spo2", now, 84)
    post(key, told)
    stem = told["identifier"][0]["value"]
    corrected = observation(hub, "spo2", now, 97, status="corrected", identifier=told["identifier"])
    answer = post(key, corrected)
    assert (answer.status_code, answer.json()["status"]) == (201, "corrected")
    assert answer.json()["identifier"][0]["value"] == stem
    assert rows() == {(f"{stem}~corrected.2", 97)}
    assert Correction.objects.get().reason.endswith(f"{stem}~corrected.2")
    assert post(key, corrected).status_code == 200
    back = observation(hub, "spo2", now, 84, status="amended", identifier=told["identifier"])
    assert post(key, back).status_code == 201
    assert rows() == {(f"{stem}~corrected.3", 84)}
    assert post(key, told | {"status": "entered-in-error"}).status_code == 200
    assert rows() == set()


def test_a_panel_that_was_struck_through_is_read_by_its_id(key, hub, now, nurse):
    told = panel(hub, now, 131, 84)
    where = [post(key, told)["Location"]]
    halves = [panel(hub, now, *one)["component"] for one in ((132, 84), (133, 85), (133, 86))]
    for half in halves:
        corrected = post(key, told | {"component": half, "status": "corrected"})
        assert corrected.status_code == 201
        where.append(corrected["Location"])
    assert post(key, told | {"status": "entered-in-error"}).status_code == 200
    read = [nurse.get(one).json() for one in where]
    assert {one["status"] for one in read} == {"entered-in-error"}
    values = [[half["valueQuantity"]["value"] for half in one["component"]] for one in read]
    assert values == [[131, 84], [132, 84], [133, 86], [133, 86]]


def test_a_correction_that_cannot_be_leaves_the_old_alone(key, hub, now):
    told = panel(hub, now, 131, 84)
    post(key, told)
    wrong = panel(hub, now, 128, 999, status="corrected", identifier=told["identifier"])
    assert post(key, wrong).status_code == 422
    assert sorted(number for _, number in rows()) == [84, 131]
    assert not Correction.objects.exists()


def test_another_gateway_cannot_correct_it(key, hub, now):
    told = observation(hub, "spo2", now, 84)
    post(key, told)
    other = observation(hub, "spo2", now, 97, status="corrected", identifier=told["identifier"])
    assert post(make_key(make_gateway(hub.provider)), other).status_code == 409
    assert [number for _, number in rows()] == [84]


def test_many_corrections_at_once_are_sent_in_parts(key, hub, now):
    told = [observation(hub, "pulse", now, 70) for _ in range(51)]
    post(key, bundle(*told), "/")
    errors = [one | {"status": "entered-in-error"} for one in told]
    assert post(key, bundle(*errors), "/").status_code == 413
    answer = post(key, bundle(*errors[:50]), "/")
    assert {entry["response"]["status"] for entry in answer.json()["entry"]} == {"200 OK"}
    assert len(rows()) == 1
