"""However many readings come late or change hands, each patient is judged once in a batch."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import connection

from observations.actions.devices import correct_holding, issue_device, return_device
from observations.actions.tray import assign
from observations.draining import drain
from observations.intake import inbox
from observations.models import Bell, Correction, Holding, Reading, Score, UnclaimedReading
from tests.observations.conftest import ADMITTED, NOW
from tests.observations.factories import body_of, make_set
from tests.patients.factories import make_admission

MINUTE = dt.timedelta(minutes=1)
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def second(admission):
    return make_admission(ward=admission.ward, at=ADMITTED)


@contextmanager
def written(table: str) -> Iterator[list[str]]:
    """The statements that write into this table."""
    seen: list[str] = []

    def watch(execute, sql, params, many, context):
        if sql.lstrip().upper().startswith(f"INSERT INTO {table}".upper()):
            seen.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(watch):
        yield seen


def buffer_of(hub, hours: int) -> list[list[dict[str, object]]]:
    return [make_set(hub, NOW - n * HOUR) for n in range(1, hours + 1)]


def test_a_late_buffer_of_many_uploads_is_judged_once_in_its_batch(send, key, hub):
    send(make_set(hub, NOW))
    for readings in buffer_of(hub, 12):
        inbox.accept(key=key, body=body_of(readings), at=NOW + MINUTE)
    with written("observations_score") as scores, written("observations_standing") as standings:
        assert drain.drain_once(at=NOW + MINUTE).uploads == 12
    assert (len(scores), len(standings)) == (1, 1)
    assert Score.objects.count() == 13


def test_what_waited_for_its_holder_is_judged_once(send, hub, second, ward_nurse):
    return_device(holding=Holding.objects.get(), by=ward_nurse, at=NOW - 13 * HOUR)
    for readings in buffer_of(hub, 12):
        send(readings)
    assert UnclaimedReading.objects.open().count() == 84
    with written("observations_score") as scores:
        issue_device(
            device=hub, admission=second, by=ward_nurse, starts=NOW - 13 * HOUR, at=NOW + MINUTE
        )
    assert len(scores) == 1
    assert not UnclaimedReading.objects.open().exists()
    assert Score.objects.filter(admission_id=second.pk).count() == 12


def test_a_pile_that_is_given_to_its_patient_is_judged_once(send, hub, admission, ward_nurse):
    return_device(holding=Holding.objects.get(), by=ward_nurse, at=NOW - 13 * HOUR)
    for readings in buffer_of(hub, 12):
        send(readings)
    waiting = list(UnclaimedReading.objects.open())
    with written("observations_score") as scores:
        assign(readings=waiting, admission=admission, reason="hers", by=ward_nurse, at=NOW + MINUTE)
    assert len(scores) == 1
    assert Score.objects.filter(admission_id=admission.pk).count() == 12


def test_a_change_of_hands_judges_both_once_and_leaves_a_trace(
    send, hub, admission, second, ward_nurse
):
    return_device(holding=Holding.objects.get(), by=ward_nurse, at=NOW - HOUR)
    fresh = issue_device(device=hub, admission=second, by=ward_nurse, at=NOW - HOUR)
    send([one for readings in buffer_of(hub, 4) for one in readings])
    first = Holding.objects.believed().get(admission=admission)
    bells = Bell.objects.count()
    with written("observations_score") as scores:
        correct_holding(
            holding=first,
            starts=ADMITTED,
            ends=NOW - 5 * HOUR,
            reason="back",
            by=ward_nurse,
            at=NOW,
        )
        correct_holding(
            holding=fresh, starts=NOW - 5 * HOUR, ends=None, reason="hers", by=ward_nurse, at=NOW
        )
    # Away from the one, and as one batch to the other.
    assert len(scores) <= 2
    assert set(Reading.objects.values_list("admission_id", flat=True)) == {second.pk}
    assert not Score.objects.filter(admission_id=admission.pk).exists()
    assert Correction.objects.filter(what="moved", by=ward_nurse).count() == 21
    assert Bell.objects.count() == bells


def test_what_went_through_the_tray_is_as_it_was_sent(send, hub, admission, second, ward_nurse):
    sent = make_set(hub, NOW - 2 * HOUR, temperature=None)
    warm = make_set(hub, NOW - 2 * HOUR)[-1] | {"value": 100.4, "unit": "degF"}
    send([*sent, warm], sent_at=NOW)
    was = told(admission)
    ends = NOW - 3 * HOUR
    first = Holding.objects.get()
    correct_holding(holding=first, starts=ADMITTED, ends=ends, reason="back", by=ward_nurse, at=NOW)
    assert UnclaimedReading.objects.open().count() == 7
    issue_device(device=hub, admission=second, by=ward_nurse, starts=ends, at=NOW)
    assert told(second) == was


def told(admission) -> list[tuple[object, ...]]:
    rows = Reading.objects.filter(admission_id=admission.pk).order_by("kind")
    return list(
        rows.values_list(
            *("kind", "number", "code", "as_sent", "sent_at", "received_at", "receipt", "late")
        )
    )
