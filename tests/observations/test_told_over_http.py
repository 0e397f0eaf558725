"""What a gateway posts and what its receipt then says: each reading's one outcome, over HTTP."""

import datetime as dt
import json
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from observations import kinds
from observations.draining import drain
from observations.models import Reading
from tests.observations.factories import make_gateway, make_held_hub, make_key, post, reading
from tests.patients.factories import make_admission, make_clinician

MINUTE = dt.timedelta(minutes=1)
DAY = dt.timedelta(days=1)
GOOD = (
    '{"id": "good", "kind": "pulse", "value": 71, "unit": "/min", "device": "%s", '
    '"measured_at": "%s"}'
)


@pytest.fixture
def now() -> dt.datetime:
    """The real clock: an upload over HTTP knows no other."""
    return timezone.now()


@pytest.fixture
def hub(db, now):
    admission = make_admission(at=now - 40 * DAY)
    return make_held_hub(admission, by=make_clinician(admission.ward), at=now - 40 * DAY)


@pytest.fixture
def key(hub) -> str:
    return make_key(make_gateway(hub.provider))


def told(key: str, readings: Any) -> list[tuple[str, str]]:
    """Posted, drained, and asked for with the sender's own key."""
    answer = post(key, readings)
    assert answer.status_code == 202, answer.content
    drain.drain_all()
    found = (
        Client()
        .get(
            f"/api/v1/receipts/{answer.json()['receipt']}/",
            headers={"Authorization": f"Bearer {key}"},
        )
        .json()
    )
    assert sum(found["counts"].values()) == found["received"] == len(found["readings"])
    assert found["pending"] == 0
    return [(line["outcome"], line["why"]) for line in found["readings"]]


def test_each_reading_is_told_its_own_outcome_and_none_blocks_the_rest(key, hub, now):
    first = reading(hub, "spo2", 97, now - MINUTE)
    cases: list[tuple[Any, tuple[str, str]]] = [
        (first, ("stored", "")),
        (first, ("duplicate", "")),
        (first | {"value": 96}, ("rejected", "id_reused")),
        (reading(hub, "pulse", 70, now - 16 * MINUTE), ("late", "")),
        (reading(hub, "pulse", 70, now - 34 * DAY), ("late", "")),
        (reading(hub, "pulse", 70, now - 36 * DAY), ("rejected", "too_old")),
        (reading(hub, "pulse", 70, now + 4 * MINUTE), ("stored", "")),
        (reading(hub, "pulse", 70, now + 7 * MINUTE), ("rejected", "in_future")),
        (reading("NOBODY-1", "pulse", 70, now), ("unclaimed", "unknown_device")),
        (reading(None, "pulse", 70, now, patient="9990000000"), ("unclaimed", "unknown_patient")),
        (reading(hub, "pulse", 70, now, patient="9990000000"), ("unclaimed", "not_the_holder")),
        (reading(hub, "aura", 70, now), ("rejected", "unknown_kind")),
        (reading(hub, "pulse", 70, now, unit="Hz"), ("rejected", "unit_unknown")),
        (reading(hub, "pulse", 70, now, unit=None), ("rejected", "unit_missing")),
        (reading(hub, "pulse", "70", now), ("rejected", "not_a_number")),
        (reading(hub, "pulse", False, now), ("rejected", "not_a_number")),
        (reading(hub, "spo2", 180, now), ("rejected", "implausible")),
        (reading(hub, "pulse", 70, now, id=""), ("rejected", "id_invalid")),
        (reading(hub, "pulse", 70, now, id="x" * 100_000), ("rejected", "id_invalid")),
        (reading(hub, "pulse", 70, "yesterday"), ("rejected", "measured_at_invalid")),
        (reading(hub, "pulse", 70, "2026-11-21T12:00:00"), ("rejected", "measured_at_invalid")),
        (reading(hub, "temperature", 100.4, now, unit="degF"), ("stored", "")),
        (reading(hub, "glucose", 99, now, unit="mg/dL"), ("stored", "")),
        (reading(hub, "oxygen", 2, now, unit=None), ("stored", "")),
        ("no object", ("rejected", "not_an_object")),
        (reading(hub, "pulse", 72, now - 2 * MINUTE), ("stored", "")),
    ]
    outcomes = told(key, [sent for sent, _ in cases])
    assert outcomes == [expected for _, expected in cases]
    kept = {(kinds.NAMES[r.kind], r.number, r.as_sent) for r in Reading.objects.all()}
    assert ("temperature", 38.0, "100.4 degF") in kept
    assert ("glucose", 5.5, "99 mg/dL") in kept


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ("1e400", "not_a_number"),
        ("-1e400", "not_a_number"),
        ("1" + "0" * 400, "implausible"),
        ("9" * 10_000, "not_a_number"),
        ("1e-400", "implausible"),
        ("-0.0", "implausible"),
        ("true", "not_a_number"),
        ("null", "not_a_number"),
        ("{}", "not_a_number"),
        ('"97 %"', "not_a_number"),
        ('"\\u0000"', "not_a_number"),
    ],
)
def test_a_number_that_is_none_is_one_readings_fault(key, hub, now, value, why):
    at = now.isoformat()
    bad = json.dumps(reading(hub, "spo2", 97, now)).replace('"value": 97', f'"value": {value}')
    body = f'{{"readings": [{bad}, {GOOD % (hub.serial, at)}]}}'.encode()
    assert told(key, body) == [("rejected", why), ("stored", "")]


@pytest.mark.parametrize("value", ["NaN", "Infinity", "-Infinity", '"\\ud800"', "01", "+1", "97,"])
def test_what_is_no_json_is_refused_whole_and_said(key, hub, now, value):
    bad = json.dumps(reading(hub, "spo2", 97, now)).replace("97", value)
    refused = post(key, f'{{"readings": [{bad}, {GOOD % (hub.serial, now.isoformat())}]}}'.encode())
    assert refused.status_code == 400
    assert refused.headers["Content-Type"].startswith("application/problem+json")
    drain.drain_all()
    assert not Reading.objects.exists()
