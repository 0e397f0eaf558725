"""A client that others wrote talks to a running server: writes with a key, reads as a nurse."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from fhirpy import SyncFHIRClient
from fhirpy.base.exceptions import (
    AuthorizationError,
    ForbiddenError,
    OperationOutcome,
    ResourceNotFound,
)

from accounts.models import User
from observations.models import Device, Reading
from patients.models import Admission
from tests.observations.factories import make_gateway, make_key
from tests.observations.fhir.factories import bundle, observation, panel

MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def gateway(live_server, hub: Device) -> SyncFHIRClient:
    key = make_key(make_gateway(hub.provider))
    return SyncFHIRClient(f"{live_server.url}/fhir/R4", authorization=f"Bearer {key}")


@pytest.fixture
def nurse(live_server, hub: Device, ward_nurse: User, signed_in) -> SyncFHIRClient:
    session = signed_in(ward_nurse).cookies["sessionid"].value
    cookie = {"Cookie": f"sessionid={session}"}
    return SyncFHIRClient(f"{live_server.url}/fhir/R4", extra_headers=cookie)


def stored(hub: Device):
    """Tests that commit leave their readings behind."""
    return Reading.objects.filter(device_id=hub.pk)


def test_a_client_writes_with_a_key(gateway, hub: Device, now):
    told = _resource(gateway, observation(hub, "spo2", now, 97))
    told.save()
    assert (stored(hub).get().number, told.status) == (97, "final")
    other = observation(hub, "spo2", now, 96, identifier=told.identifier)
    with pytest.raises(OperationOutcome) as refused:
        _resource(gateway, other).save()
    assert refused.value.resource["issue"][0]["code"] == "conflict"

    criteria = f"identifier={told.identifier[0]['value']}"
    careful = _client(gateway, {"If-None-Exist": criteria})
    same = _resource(careful, other)
    same.save()
    assert (same.id, same.valueQuantity.value) == (told.id, 97)

    corrected = _resource(gateway, other | {"status": "corrected"})
    corrected.save()
    assert (corrected.status, corrected.valueQuantity.value) == ("corrected", 96)
    _resource(gateway, other | {"status": "entered-in-error"}).save()
    assert not stored(hub).filter(error=False).exists()


def test_a_client_sends_bundles_and_reads_what_came_of_them(
    gateway, nurse, hub: Device, admission: Admission, now
):
    sent = [panel(hub, now - n * MINUTE) for n in range(3)]
    sent += [observation(hub, "pulse", now - n * MINUTE) for n in range(3)]
    answer = gateway.execute("/", data=bundle(*sent, kind="transaction"))
    assert [entry.response.status for entry in answer.entry] == ["201 Created"] * 6
    bad = bundle(observation(hub, "spo2", now), observation(hub, "pulse", now, 999))
    with pytest.raises(OperationOutcome) as refused:
        gateway.execute("/", data=bad | {"type": "transaction"})
    assert refused.value.resource["issue"][0]["expression"] == ["Bundle.entry[1].resource.value"]

    search = nurse.resources("Observation").search(patient=str(admission.patient_id))
    found = search.sort("date").limit(2).fetch_all()
    assert len({one.id for one in found}) == len(found) == 6
    assert [one.effectiveDateTime for one in found] == sorted(o.effectiveDateTime for o in found)
    newest = search.search(code="http://loinc.org|85354-9", date__ge=now)
    assert [one.component[0].valueQuantity.value for one in newest.fetch()] == [124]
    number = search.search(patient__Patient__identifier=admission.patient.nhs_number)
    assert number.search(_id=found[0].id).get().id == found[0].id
    _follow(nurse, found[0], admission)


def test_a_client_is_told_what_it_may_not(gateway, nurse, hub: Device, admission: Admission, now):
    told = _resource(gateway, observation(hub, "pulse", now))
    told.save()
    with pytest.raises(ForbiddenError):
        gateway.get("Observation", told.id)
    with pytest.raises(AuthorizationError):
        SyncFHIRClient(gateway.url).get("Patient", str(admission.patient_id))
    with pytest.raises(AuthorizationError):
        _resource(nurse, observation(hub, "pulse", now)).save()
    with pytest.raises(ResourceNotFound):
        nurse.resources("Observation").search(patient=str(admission.pk)).fetch()
    with pytest.raises(OperationOutcome):
        nurse.resources("Observation").search(patient=str(admission.patient_id), value="7").fetch()


def test_the_same_sent_by_many_at_once_is_one_row(gateway, hub: Device, now):
    told, both = observation(hub, "pulse", now), panel(hub, now)

    def send(one: dict[str, Any]) -> str:
        answer = gateway.execute("/", data=bundle(one, kind="transaction"))
        return str(answer.entry[0].response.status)

    with ThreadPoolExecutor(4) as threads:
        statuses = list(threads.map(send, [told, both] * 4))
    assert sorted(statuses) == ["200 OK"] * 6 + ["201 Created"] * 2
    assert stored(hub).count() == 3


def _follow(nurse: SyncFHIRClient, one: Any, admission: Admission) -> None:
    """What an Observation points to can be read, and what that points to."""
    patient = nurse.get(one.subject.reference)
    assert patient["name"][0]["family"] == admission.patient.family_name
    assert nurse.get(one.device.reference)["patient"]["reference"] == one.subject.reference
    stay = nurse.get(one.encounter.reference)
    assert nurse.get(stay["location"][0]["location"]["reference"])["name"] == admission.ward.name


def _client(like: SyncFHIRClient, headers: dict[str, str]) -> SyncFHIRClient:
    return SyncFHIRClient(like.url, authorization=like.authorization, extra_headers=headers)


def _resource(client: SyncFHIRClient, told: dict[str, Any]) -> Any:
    return client.resource(told["resourceType"], **told)
