"""A reading comes in, is stored once, on the right patient, and is scored."""

import datetime as dt

from observations.models import Bell, Finding, Inbox, LatestVital, Reading, Receipt, Score, Standing
from tests.observations.conftest import NOW
from tests.observations.factories import make_set, reading

MINUTE = dt.timedelta(minutes=1)


def test_a_normal_set_is_stored_scored_and_low(send, hub, admission):
    receipt = Receipt.objects.get(pk=send(make_set(hub, NOW - MINUTE)))
    assert receipt.outcomes == [Receipt.Outcome.STORED] * 7
    assert Reading.objects.filter(admission_id=admission.pk).count() == 7
    standing = Standing.objects.get(pk=admission.pk)
    assert (standing.total, standing.response, standing.parts) == (0, "low", [0] * 7)
    assert LatestVital.objects.filter(admission=admission).count() == 7
    assert Score.objects.filter(admission_id=admission.pk).count() == 1
    assert not Inbox.objects.exists()
    assert not Finding.objects.exists()


def test_the_instants_of_the_newest_values_stand_beside_them(send, hub, admission):
    send([reading(hub, "spo2", 96, NOW - 3 * MINUTE), reading(hub, "pulse", 80, NOW - MINUTE)])
    send([reading(hub, "temperature", 37, NOW - 3 * MINUTE)])
    newest = LatestVital.objects.filter(admission=admission).values_list("measured_at", flat=True)
    assert (
        Standing.objects.get().latest_at == sorted(set(newest)) == [NOW - 3 * MINUTE, NOW - MINUTE]
    )


def test_a_low_saturation_alone_rings_and_says_what_is_missing(send, hub, admission):
    send([reading(hub, "spo2", 84, NOW - MINUTE)])
    bell = Bell.objects.get()
    assert "at least 3, six missing" in bell.text
    standing = Standing.objects.get(pk=admission.pk)
    assert (standing.total, standing.lowest, standing.response) == (None, 3, "low_medium")
