"""Who may open the addresses of observations."""

import datetime as dt

import pytest
from django.utils import timezone

from accounts.models import User
from lib.ids import uuid7
from observations.alerting import ringing
from observations.draining import drain
from observations.intake import inbox
from observations.models import Alert, Device, DeviceKey, Gateway, Prompt
from observations.rules import Finding
from observations.vitals import public_id
from patients.models import Admission
from tests.cast import EVERYBODY
from tests.matrix.rows import (
    CARING,
    CLINICAL,
    OPEN,
    SENT,
    TREATING,
    UNAUTHORISED,
    Elsewhere,
    Row,
    changes,
)
from tests.observations.factories import (
    body_of,
    make_gateway,
    make_held_hub,
    make_key,
    make_unclaimed,
    reading,
)

MINUTE = dt.timedelta(minutes=1)

ROWS = [
    # Devices come with a key; a browser's session opens nothing here.
    Row(
        "api:observations_api:reading-create",
        otherwise=UNAUTHORISED,
        stranger=UNAUTHORISED,
        method="post",
        data={"readings": []},
        json=True,
    ),
    Row(
        "api:observations_api:receipt-show",
        otherwise=UNAUTHORISED,
        stranger=UNAUTHORISED,
        kwargs="receipt_of_matrix",
    ),
    Row(
        "api:observations_api:retraction-create",
        otherwise=UNAUTHORISED,
        stranger=UNAUTHORISED,
        method="post",
        data={"readings": []},
        json=True,
    ),
    Row("api:observations_api:limits-show", allowed=EVERYBODY, stranger=OPEN),
    Row(
        "api:observations_api:admission-vitals",
        allowed=CARING,
        otherwise=404,
        stranger=UNAUTHORISED,
        kwargs="admission_of_the_api",
    ),
    Row("observations:alert-list", allowed=CARING, otherwise=404, kwargs="ward_of_matrix"),
    changes("observations:alert-acknowledge", "alert_of_matrix", "post"),
    *(
        changes(f"observations:alert-{verb}", "alert_of_matrix", method)
        for verb in ("act", "escalate", "hand-on", "close")
        for method in ("get", "post")
    ),
    changes("observations:concern-create", "admission_of_matrix"),
    changes("observations:concern-create", "admission_of_matrix", "post"),
    changes("observations:reading-correct", "admission_of_matrix"),
    changes("observations:reading-correct", "admission_of_matrix", "post"),
    Row("observations:device-list", allowed=CARING, otherwise=404, kwargs="ward_of_matrix"),
    # Kit belongs to the organisation: a colleague of another ward sees it, but not its holder.
    Row("observations:device-show", allowed=CLINICAL, otherwise=404, kwargs="device_of_matrix"),
    *(
        changes(f"observations:{noun}", kwargs, method)
        for method in ("get", "post")
        for noun, kwargs in (
            ("device-issue", "ward_of_matrix"),
            ("holding-return", "holding_of_matrix"),
            ("holding-correct", "holding_of_matrix"),
            ("holding-deliver", "holding_of_matrix"),
            ("holding-chase", "holding_of_matrix"),
            ("prompt-finish", "prompt_of_matrix"),
            ("tray-decide", "reading_of_matrix"),
        )
    ),
    *(
        Row(
            "observations:device-status",
            allowed=TREATING,
            refusals={"read_only": 403, "other_nurse": 403},
            otherwise=404,
            kwargs="device_of_matrix",
            method=method,
            through=SENT,
        )
        for method in ("get", "post")
    ),
    Row("observations:tray-list", allowed=CARING, otherwise=404, kwargs="ward_of_matrix"),
    Row("observations:gateway-list", allowed={"org_admin"}),
    Row("observations:stray-list", allowed={"org_admin"}),
    Row(
        "observations:stray-place",
        allowed={"org_admin"},
        kwargs="gateway_of_matrix",
        method="post",
        through=SENT,
    ),
    Row("fhir:metadata", allowed=EVERYBODY, stranger=OPEN),
    # What is sent comes with a key, as above; whose Observations are found: test_reading.
    *(
        Row(
            f"fhir:{name}",
            otherwise=UNAUTHORISED,
            stranger=UNAUTHORISED,
            method="post",
            json=True,
        )
        for name in ("bundle-process", "observation-collection")
    ),
    *(
        Row(
            f"fhir:{noun}-read",
            allowed=CARING,
            otherwise=404,
            stranger=UNAUTHORISED,
            kwargs=f"fhir_{noun}",
        )
        for noun in ("observation", "patient", "encounter", "location")
    ),
    Row(
        "fhir:device-read",
        allowed=CLINICAL,
        otherwise=404,
        stranger=UNAUTHORISED,
        kwargs="fhir_device",
    ),
    Elsewhere("fhir:unknown", "an OperationOutcome for what is no address: test_faults"),
    Row("observations:gateway-watch", allowed={"org_admin"}, kwargs="gateway_of_matrix"),
    Row(
        "observations:gateway-watch",
        allowed={"org_admin"},
        kwargs="gateway_of_matrix",
        method="post",
        data={"quiet_minutes": "45"},
    ),
    Row("observations:key-issue", allowed={"org_admin"}, kwargs="gateway_of_matrix", method="post"),
    *(
        Row(
            f"observations:key-{verb}", allowed={"org_admin"}, kwargs="key_of_matrix", method="post"
        )
        for verb in ("rotate", "revoke")
    ),
    Row("observations:key-revoke", allowed={"org_admin"}, kwargs="key_of_matrix"),
]


@pytest.fixture
def receipt_of_matrix(db: None) -> dict[str, object]:
    return {"receipt": uuid7()}


@pytest.fixture
def admission_of_the_api(_admission: Admission) -> dict[str, object]:
    return {"admission": _admission.pk}


@pytest.fixture
def fhir_patient(_admission: Admission) -> dict[str, object]:
    return {"name": str(_admission.patient_id)}


@pytest.fixture
def fhir_encounter(_admission: Admission) -> dict[str, object]:
    return {"name": str(_admission.pk)}


@pytest.fixture
def fhir_location(_admission: Admission) -> dict[str, object]:
    return {"name": _admission.ward.code}


@pytest.fixture
def fhir_device(_hub: Device) -> dict[str, object]:
    return {"name": str(_hub.pk)}


@pytest.fixture
def fhir_observation(_hub: Device) -> dict[str, object]:
    sent = reading(_hub, "pulse", 72, timezone.now())
    inbox.accept(key=make_key(make_gateway(_hub.provider)), body=body_of([sent]))
    drain.drain_all()
    at = dt.datetime.fromisoformat(sent["measured_at"])
    return {"name": public_id(_hub.pk, sent["id"], at)}


@pytest.fixture
def alert_of_matrix(_admission: Admission, ward_nurse: User) -> dict[str, object]:
    at = timezone.now() - MINUTE
    found = Finding("news2", "urgent", frozenset({"spo2"}), "NEWS2 5", (), at)
    ringing.ring_findings(_admission.pk, _admission.ward_id, [found], at=at)
    return {"pk": Alert.objects.get().pk}


@pytest.fixture
def _hub(_admission: Admission, ward_nurse: User) -> Device:
    return make_held_hub(_admission, by=ward_nurse)


@pytest.fixture
def device_of_matrix(_hub: Device) -> dict[str, int]:
    return {"pk": _hub.pk}


@pytest.fixture
def holding_of_matrix(_hub: Device) -> dict[str, int]:
    return {"pk": _hub.holdings.get().pk}


@pytest.fixture
def prompt_of_matrix(_admission: Admission) -> dict[str, int]:
    prompt = Prompt.objects.create(
        kind="repeat_measurement",
        ward=_admission.ward,
        admission=_admission,
        text="Repeat the measurement.",
        raised_at=timezone.now(),
    )
    return {"pk": prompt.pk}


@pytest.fixture
def reading_of_matrix(_admission: Admission) -> dict[str, int]:
    return {"pk": make_unclaimed(_admission).pk}


@pytest.fixture
def gateway_of_matrix(_admission: Admission) -> dict[str, int]:
    return {"pk": make_gateway(_admission.ward.lead_provider).pk}


@pytest.fixture
def key_of_matrix(gateway_of_matrix: dict[str, int]) -> dict[str, int]:
    make_key(Gateway.objects.get(**gateway_of_matrix))
    return {"pk": DeviceKey.objects.get().pk}
