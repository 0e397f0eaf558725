"""However wrong a gateway's clock is, its readings stay in their true order."""

import datetime as dt

import pytest

from observations.draining import drain
from observations.intake import inbox
from observations.models import (
    Alert,
    DueTime,
    Gateway,
    LatestVital,
    Prompt,
    Reading,
    Receipt,
    Score,
    Standing,
)
from tests.observations.conftest import NOW
from tests.observations.factories import body_of, make_gateway, make_key, make_set, reading

MINUTE = dt.timedelta(minutes=1)
HOUR = dt.timedelta(hours=1)
AHEAD = 2 * HOUR
SPO2 = 2


def outcomes(receipt) -> list[str]:
    return [Receipt.Outcome(one).label for one in Receipt.objects.get(pk=receipt).outcomes]


@pytest.mark.parametrize("year", [2036, 1970])
def test_one_absurd_sending_time_is_not_believed(send, hub, year):
    send([reading(hub, "pulse", 70, NOW)], sent_at=NOW.replace(year=year))
    later = NOW + MINUTE
    receipt = send([reading(hub, "spo2", 84, later)], at=later, sent_at=later)
    assert outcomes(receipt) == ["stored"]
    assert Alert.objects.count() == 1
    assert Gateway.objects.get().clock_offset == 0


def test_a_clock_that_was_put_right_counts_as_right_at_once(send, hub):
    for minute in range(3):
        at = NOW + minute * MINUTE
        send([reading(hub, "pulse", 70, at + AHEAD)], at=at, sent_at=at + AHEAD)
    right = NOW + 10 * MINUTE
    receipt = send([reading(hub, "spo2", 84, right)], at=right, sent_at=right)
    assert outcomes(receipt) == ["stored"]
    assert Alert.objects.count() == 1
    assert Gateway.objects.get().recent_offsets == [0.0]


def test_a_slow_line_is_no_clock_put_right(send, hub):
    send([reading(hub, "pulse", 70, NOW + AHEAD)], sent_at=NOW + AHEAD)
    slow = NOW + 30 * MINUTE
    send([reading(hub, "pulse", 71, slow + AHEAD)], at=slow, sent_at=slow + AHEAD - 20 * MINUTE)
    assert Gateway.objects.get().clock_offset == AHEAD.total_seconds()


@pytest.mark.parametrize("wrong", [AHEAD, -AHEAD, dt.timedelta(days=3650)])
def test_a_wrong_clock_is_asked_about_once(send, hub, admission, wrong):
    for minute in range(3):
        at = NOW + minute * MINUTE
        send([reading(hub, "pulse", 70, at)], at=at, sent_at=at + wrong)
    prompt = Prompt.objects.get()
    assert (prompt.kind, prompt.ward) == (Prompt.Kind.CLOCK, admission.ward)
    assert prompt.gateway == Gateway.objects.get()
    assert prompt.gateway.name in prompt.text
    assert prompt.admission is None


def test_a_right_clock_is_not_asked_about(send, hub):
    send([reading(hub, "pulse", 70, NOW)], sent_at=NOW - 2 * MINUTE)
    send([reading(hub, "pulse", 70, NOW)])
    assert not Prompt.objects.exists()


# Order


@pytest.fixture
def ahead(send, hub):
    """A normal set of a hub whose clock is two hours ahead, measured at NOW."""
    return send(make_set(hub, NOW + AHEAD), sent_at=NOW + AHEAD)


@pytest.fixture
def other(hub):
    """Another way by which the same hub's readings come, its clock right."""
    key = make_key(make_gateway(hub.provider))

    def sent(readings, at):
        receipt = inbox.accept(key=key, body=body_of(readings, sent_at=at), at=at).receipt
        drain.drain_all(at=at)
        return receipt

    return sent


def test_a_reading_keeps_its_time_as_sent_and_is_judged_at_its_true_one(ahead, admission):
    assert outcomes(ahead) == ["stored"] * 7
    assert set(Reading.objects.values_list("measured_at", flat=True)) == {NOW + AHEAD}
    assert Standing.objects.get(pk=admission.pk).measured_at == NOW
    assert Score.objects.get().measured_at == NOW
    assert set(LatestVital.objects.values_list("measured_at", flat=True)) == {NOW}


def test_a_true_reading_is_newer_than_one_of_a_clock_that_ran_ahead(ahead, other, hub, admission):
    later = NOW + 10 * MINUTE
    assert outcomes(other([reading(hub, "spo2", 84, later)], later)) == ["stored"]
    latest = LatestVital.objects.get(admission=admission, kind=SPO2)
    assert (latest.number, latest.measured_at) == (84, later)
    assert Standing.objects.get(pk=admission.pk).measured_at == later
    assert Alert.objects.count() == 1


def test_the_next_set_is_due_by_the_true_time(ahead, admission, send, hub):
    ahead_of = DueTime.objects.get(admission=admission, kind=SPO2)
    assert ahead_of.stale_at is not None
    found = (ahead_of.due_at, ahead_of.stale_at)
    later = NOW + MINUTE
    send([reading(hub, "spo2", 97, later)], at=later, sent_at=later)
    true = DueTime.objects.get(admission=admission, kind=SPO2)
    assert found == (true.due_at, true.stale_at)


def test_late_data_is_put_between_by_its_true_time(ahead, other, hub, admission):
    before = NOW - 5 * MINUTE
    other([reading(hub, "spo2", 90, before)], NOW + MINUTE)
    assert list(Score.objects.order_by("measured_at").values_list("measured_at", "lowest")) == [
        (before, 3),
        (NOW, 0),
    ]
    assert LatestVital.objects.get(admission=admission, kind=SPO2).number == 97


def test_a_fast_clock_still_rings_about_now(send, hub):
    send([reading(hub, "spo2", 84, NOW + AHEAD)], sent_at=NOW + AHEAD)
    assert Alert.objects.count() == 1
