"""Who may open the addresses of observations."""

import datetime as dt

import pytest
from django.utils import timezone

from accounts.models import User
from lib.ids import uuid7
from observations.alerting import ringing
from observations.models import Alert, Device, DeviceKey, Gateway, Prompt
from observations.rules import Finding
from patients.models import Admission
from tests.cast import EVERYBODY
from tests.matrix.rows import (
    CARING,
    CLINICAL,
    OPEN,
    SENT,
    TREATING,
    UNAUTHORISED,
    Row,
    changes,
)
from tests.observations.factories import make_gateway, make_held_hub, make_key, make_unclaimed

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
    Row("observations:key-issue", allowed={"org_admin"}, kwargs="gateway_of_matrix", method="post"),
    *(
        Row(
            f"observations:key-{verb}", allowed={"org_admin"}, kwargs="key_of_matrix", method="post"
        )
        for verb in ("rotate", "revoke")
    ),
]


@pytest.fixture
def receipt_of_matrix(db: None) -> dict[str, object]:
    return {"receipt": uuid7()}


@pytest.fixture
def admission_of_the_api(_admission: Admission) -> dict[str, object]:
    return {"admission": _admission.pk}


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
