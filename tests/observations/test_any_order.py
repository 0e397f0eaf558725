"""Whatever order, splitting and repetition a day's uploads arrive in, the end is the same."""

import datetime as dt
import random
import threading
from collections import defaultdict
from typing import Any

import pytest
from django.db import connection, connections
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from observations.actions.devices import issue_device, return_device
from observations.draining import drain
from observations.intake import inbox
from observations.models import (
    Finding,
    Holding,
    Inbox,
    LatestVital,
    Reading,
    Receipt,
    Score,
    Standing,
)
from tests.observations.conftest import ADMITTED, NOW
from tests.observations.factories import (
    body_of,
    make_gateway,
    make_held_hub,
    make_key,
    make_set,
    reading,
)
from tests.patients.factories import make_admission, make_clinician

Sent = dict[str, Any]
HOUR = dt.timedelta(hours=1)
MINUTE = dt.timedelta(minutes=1)


def a_day(hubs, rnd: random.Random) -> list[Sent]:
    """Sets, partial sets, weights and single readings of two patients, one hub handed over."""
    readings: list[Sent] = []
    for hour in range(0, 24, 3):
        for hub in hubs:
            at = NOW - 24 * HOUR + hour * HOUR + rnd.randint(0, 50) * MINUTE
            values = {"spo2": rnd.choice([84, 90, 95, 98]), "pulse": rnd.choice([55, 75, 115])}
            gone = rnd.sample(["temperature", "consciousness", "systolic", "oxygen"], 2)
            readings += make_set(hub, at, **values, **dict.fromkeys(gone))
            weighed = at + rnd.choice([0, 4]) * MINUTE
            readings.append(reading(hub, "weight", 80 + rnd.randint(0, 4), weighed))
    return readings


def uploads_of(readings: list[Sent], rnd: random.Random) -> list[list[Sent]]:
    """Shuffled, split anywhere, some sent twice."""
    sent = readings + rnd.sample(readings, len(readings) // 4)
    rnd.shuffle(sent)
    uploads = []
    while sent:
        size = rnd.randint(1, 30)
        uploads.append(sent[:size])
        sent = sent[size:]
    return uploads


def outcome_of(ids) -> dict[str, list[Any]]:
    """All that must not depend on the order; what rang and when it was stored may."""
    return {
        "readings": sorted(
            Reading.objects.filter(admission_id__in=ids).values_list(
                "admission_id", "device_id", "sender_id", "measured_at", "kind", "number", "code"
            ),
            key=str,
        ),
        "vitals": sorted(
            LatestVital.objects.filter(admission_id__in=ids).values_list(
                "admission_id", "kind", "number", "code", "measured_at", "sender_id"
            )
        ),
        "scores": sorted(
            Score.objects.filter(admission_id__in=ids).values_list(
                "admission_id", "measured_at", "total", "lowest", "response", "parts", "oldest_at"
            ),
            key=str,
        ),
        "findings": sorted(
            Finding.objects.filter(admission_id__in=ids, withdrawn_at=None).values_list(
                "admission_id", "rule", "measured_at", "priority", "text", "values"
            ),
            key=str,
        ),
        "standings": sorted(
            Standing.objects.filter(admission_id__in=ids).values_list(
                *("admission_id", "measured_at", "total", "lowest", "response", "previous_total"),
                *("previous_at", "last_reading_at", "unreviewed_response"),
            )
        ),
    }


def forget(ids) -> None:
    for model in (Reading, Score, Finding, Standing):
        model.objects.filter(admission_id__in=ids).delete()
    Receipt.objects.all().delete()


@pytest.fixture
def scene(db):
    first, second = (make_admission(pathway="heart-failure", at=ADMITTED) for _ in range(2))
    by = make_clinician(first.ward)
    shared = make_held_hub(first, by=by, at=ADMITTED)
    own = make_held_hub(second, by=by, at=ADMITTED)
    handed = NOW - 10 * HOUR
    return_device(holding=Holding.objects.get(device=shared), by=by, at=handed)
    issue_device(device=shared, admission=second, by=by, at=handed)
    keys = [make_key(make_gateway(shared.provider)) for _ in range(2)]
    return [first.pk, second.pk], [shared, own], keys


@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(seed=st.integers(0, 2**32))
def test_any_order_splitting_and_repetition_ends_the_same(scene, seed):
    ids, hubs, keys = scene
    rnd = random.Random(seed)
    readings = a_day(hubs, rnd)
    forget(ids)
    inbox.accept(key=keys[0], body=body_of(sorted(readings, key=_when)), at=NOW)
    drain.drain_all(at=NOW)
    calm = outcome_of(ids)
    assert len(calm["readings"]) == len(readings)
    forget(ids)
    for number, upload in enumerate(uploads_of(readings, rnd)):
        at = NOW + number * MINUTE
        inbox.accept(key=rnd.choice(keys), body=body_of(upload), at=at)
        if rnd.random() < 0.5:
            drain.drain_all(at=at)
    drain.drain_all(at=NOW + 2 * HOUR)
    assert not Inbox.objects.exists()
    stormy = outcome_of(ids)
    for name, expected in calm.items():
        assert stormy[name] == expected, name


def _when(one: Sent) -> str:
    return str(one["measured_at"])


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_store_each_reading_once_and_never_deadlock():
    admissions = [make_admission(at=ADMITTED) for _ in range(6)]
    by = make_clinician(admissions[0].ward)
    hubs = [make_held_hub(admission, by=by, at=ADMITTED) for admission in admissions]
    keys = [make_key(make_gateway(hubs[0].provider)) for _ in range(2)]
    rnd = random.Random(7)
    expected = 0
    for number in range(60):
        chosen = rnd.sample(hubs, 3)
        rnd.shuffle(chosen)
        readings = [one for hub in chosen for one in make_set(hub, NOW - number * MINUTE)]
        expected += len(readings)
        for key in keys:  # each upload twice, by two gateways
            inbox.accept(key=key, body=body_of(readings), at=NOW)
    errors: list[Exception] = []
    threads = [threading.Thread(target=_drain_in_bits, args=(errors,)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert not Inbox.objects.exists()
    # Partitions are nobody's to empty: other tests' readings may still be there.
    assert Reading.objects.filter(admission_id__in=[a.pk for a in admissions]).count() == expected
    told: dict[int, int] = defaultdict(int)
    for outcomes in Receipt.objects.values_list("outcomes", flat=True):
        for outcome in outcomes:
            told[outcome] += 1
    assert told[Receipt.Outcome.DUPLICATE] == expected
    assert Standing.objects.filter(measured_at__isnull=False).count() == len(hubs)


def _drain_in_bits(errors: list[Exception]) -> None:
    try:
        while drain.drain_once(at=NOW, limit=4).uploads or Inbox.objects.exists():
            pass
    except Exception as error:  # noqa: BLE001 — a thread's error is the test's
        errors.append(error)
    finally:
        connections.close_all()
        connection.close()
