"""Which values count, what is scored, what rings; and that late data changes only the past."""

import datetime as dt

import pytest
from django.db.models import F

from observations import news2
from observations.draining import drain
from observations.intake import inbox
from observations.models import (
    Alert,
    Bell,
    DueTime,
    Finding,
    LatestVital,
    Prompt,
    Reading,
    Score,
    Standing,
)
from patients.models import Admission, MonitoringMode, PrescribedOxygen
from tests.observations.conftest import NOW
from tests.observations.factories import body_of, make_set, reading

MINUTE = dt.timedelta(minutes=1)
HOUR = dt.timedelta(hours=1)


def standing(admission) -> Standing:
    return Standing.objects.get(pk=admission.pk)


def scores(admission) -> dict[dt.datetime, tuple[int | None, int, str]]:
    rows = Score.objects.filter(admission_id=admission.pk)
    return {row.measured_at: (row.total, row.lowest, row.response) for row in rows}


@pytest.mark.parametrize(
    ("kind", "value", "ago", "counts"),
    [
        ("pulse", 72, HOUR, True),
        ("pulse", 72, HOUR + MINUTE, False),
        ("spo2", 97, HOUR + MINUTE, False),
        ("respiratory_rate", 15, HOUR + MINUTE, False),
        ("temperature", 37.0, 12 * HOUR, True),
        ("temperature", 37.0, 12 * HOUR + MINUTE, False),
        ("systolic", 120, 11 * HOUR, True),
        ("oxygen", "air", 11 * HOUR, True),
        ("consciousness", "A", 11 * HOUR, True),
        ("consciousness", "A", 12 * HOUR + MINUTE, False),
    ],
)
def test_how_long_a_value_counts(send, hub, admission, kind, value, ago, counts):
    send([reading(hub, kind, value, NOW - ago)], at=NOW - ago)
    other = "pulse" if kind != "pulse" else "spo2"
    send([reading(hub, other, 97 if other == "spo2" else 72, NOW)])
    parts = dict(zip(news2.PARAMETERS, standing(admission).parts, strict=True))
    assert (parts[kind] is not None) is counts


def test_oxygen_from_the_plan_counts_and_is_marked(send, hub, admission, ward_nurse):
    PrescribedOxygen.objects.create(
        admission=admission,
        litres_per_minute=2,
        starts=admission.admitted_at,
        prescribed_by=ward_nurse,
    )
    send(make_set(hub, NOW, oxygen=None))
    now = standing(admission)
    assert (now.total, now.oxygen_from_plan) == (2, True)
    send(make_set(hub, NOW + MINUTE), at=NOW + MINUTE)
    now = standing(admission)
    assert (now.total, now.oxygen_from_plan) == (0, False)


def test_alertness_told_by_the_patient_is_marked_and_a_nurses_is_not(send, hub, admission):
    send([reading(hub, "consciousness", "A", NOW, source="app")])
    assert standing(admission).self_reported
    send([reading(hub, "consciousness", "A", NOW + MINUTE, source="visit")], at=NOW + MINUTE)
    assert not standing(admission).self_reported


def test_the_scale_is_the_one_in_force_when_it_was_measured(send, hub, admission, ward_doctor):
    change = NOW - HOUR
    MonitoringMode.objects.filter(admission=admission).update(ends=change)
    MonitoringMode.objects.create(
        admission=admission,
        mode="news2_scale2",
        reason="known hypercapnia",
        decided_by=ward_doctor,
        agreed_by=ward_doctor,
        starts=change,
    )
    send(make_set(hub, change - MINUTE, spo2=90))
    send(make_set(hub, change, spo2=90))
    assert scores(admission) == {change - MINUTE: (3, 3, "low_medium"), change: (0, 0, "low")}


def test_a_child_gets_no_score_and_its_limits_are_watched(send, hub, admission):
    MonitoringMode.objects.filter(admission=admission).update(mode="limits_only")
    send(make_set(hub, NOW, spo2=84))
    now = standing(admission)
    assert (now.total, now.response, scores(admission)) == (None, "", {})
    assert Bell.objects.get().rule == "limit:spo2:below"


def test_exertion_and_poor_readings_are_kept_and_judge_nothing(send, hub, admission):
    send(
        [
            reading(hub, "spo2", 84, NOW, context="exertion"),
            reading(hub, "spo2", 83, NOW, quality="poor"),
            reading(hub, "spo2", 82, NOW, quality="unusable"),
        ]
    )
    assert Reading.objects.count() == 3
    assert not LatestVital.objects.exists()
    assert not Finding.objects.exists()
    assert standing(admission).version == 1


def test_latest_vitals_never_move_backwards(send, hub, admission):
    send([reading(hub, "pulse", 80, NOW)])
    send([reading(hub, "pulse", 60, NOW - HOUR)], at=NOW + MINUTE)
    assert LatestVital.objects.get().number == 80


def test_a_late_value_completes_the_score_that_it_belongs_to(send, hub, admission):
    send(make_set(hub, NOW, temperature=None))
    assert scores(admission) == {NOW: (None, 0, "incomplete")}
    send([reading(hub, "temperature", 39.2, NOW - HOUR)], at=NOW + MINUTE)
    assert scores(admission)[NOW] == (2, 2, "low")
    now = standing(admission)
    assert (now.total, now.measured_at, now.previous_at) == (2, NOW, NOW - HOUR)


def test_a_set_split_over_uploads_becomes_one_score(send, hub, admission):
    for one in make_set(hub, NOW, spo2=92):
        send([one])
    assert scores(admission) == {NOW: (2, 2, "low")}
    assert standing(admission).previous_at is None


def test_the_previous_score_stands_beside_the_newest(send, hub, admission):
    send(make_set(hub, NOW - HOUR, pulse=95))
    send(make_set(hub, NOW))
    now = standing(admission)
    assert (now.total, now.previous_total, now.previous_at) == (0, 1, NOW - HOUR)


@pytest.mark.parametrize("hours", [13, 30, 50])
def test_the_score_before_the_newest_is_the_same_in_whatever_order(send, hub, admission, hours):
    """With a set or two a day it lies further back than a score reaches."""
    before, first = NOW - hours * HOUR, NOW - 65 * HOUR
    send(make_set(hub, first, pulse=95))
    send(make_set(hub, NOW))
    send(make_set(hub, before, pulse=115, temperature=None))
    now = standing(admission)
    assert (now.total, now.previous_total, now.previous_at) == (0, None, before)
    send([reading(hub, "temperature", 36.8, before)])
    now = standing(admission)
    assert (now.total, now.previous_total, now.previous_at) == (0, 2, before)
    send(make_set(hub, first + MINUTE))
    assert standing(admission).previous_at == before


def test_a_weight_after_a_set_takes_its_score_off_no_board(send, hub, admission):
    send(make_set(hub, NOW - HOUR, pulse=95))
    send(make_set(hub, NOW, spo2=84))
    send([reading(hub, "weight", 81.0, NOW + MINUTE)], at=NOW + MINUTE)
    now = standing(admission)
    assert (now.total, now.response, now.measured_at) == (3, "low_medium", NOW)
    assert (now.previous_total, now.last_reading_at) == (1, NOW + MINUTE)


# The last full response


def test_the_last_full_response_is_kept_while_sets_are_incomplete(send, hub, admission):
    send(make_set(hub, NOW - HOUR, spo2=84, pulse=120))
    send([reading(hub, "pulse", 72, NOW + HOUR)], at=NOW + HOUR)
    now = standing(admission)
    assert (now.response, now.unreviewed_response) == ("incomplete", "medium")
    send(make_set(hub, NOW + 2 * HOUR), at=NOW + 2 * HOUR)
    assert standing(admission).unreviewed_response == "low"


# Bells


def test_a_finding_rings_once_and_again_when_it_is_worse(send, hub):
    send(make_set(hub, NOW, spo2=91))
    send(make_set(hub, NOW + MINUTE, spo2=91), at=NOW + MINUTE)
    assert Bell.objects.count() == 1
    send(make_set(hub, NOW + 2 * MINUTE, spo2=84, pulse=135, systolic=88), at=NOW + 2 * MINUTE)
    bells = list(Bell.objects.order_by("rang_at"))
    assert [(bell.priority, bell.why) for bell in bells] == [
        ("prompt", "opened"),
        ("emergency", "worse"),
    ]
    assert Alert.objects.get().priority == "emergency"


def test_ringing_again_takes_the_owner_away_and_starts_the_ladder_anew(send, hub, ward_nurse):
    send(make_set(hub, NOW, spo2=91))
    Alert.objects.update(owner=ward_nurse, owned_at=NOW, next_step_at=None)
    send(make_set(hub, NOW + MINUTE, spo2=84, pulse=135, systolic=88), at=NOW + MINUTE)
    alert = Alert.objects.get()
    assert (alert.owner, alert.step) == (None, 0)
    assert alert.next_step_at == NOW + 6 * MINUTE


def test_what_arrives_late_but_is_still_the_newest_rings(send, hub):
    send(make_set(hub, NOW - 2 * HOUR, spo2=84))
    assert Bell.objects.exists()
    assert Reading.objects.filter(late=True).count() == 7


def test_what_arrives_late_behind_newer_values_would_have_rung_and_does_not(send, hub):
    send(make_set(hub, NOW))
    send(make_set(hub, NOW - HOUR, spo2=84))
    assert Finding.objects.filter(rule="news2", withdrawn_at=None).exists()
    assert not Bell.objects.exists()


def test_late_data_withdraws_what_is_no_longer_so(send, hub, admission):
    send(make_set(hub, NOW - HOUR, consciousness=None))
    MonitoringMode.objects.filter(admission=admission).update(mode="news2_scale1")
    send([reading(hub, "consciousness", "V", NOW)])
    assert Finding.objects.get(rule="news2", withdrawn_at=None).text.startswith("NEWS2 ")
    told = Finding.objects.get(rule="news2", measured_at=NOW)
    send([reading(hub, "pulse", 135, NOW - 30 * MINUTE)], at=NOW + MINUTE)
    told.refresh_from_db()
    assert told.withdrawn_at is None
    assert told.priority == "urgent"


def test_every_bell_has_its_delivery(send, hub):
    send(make_set(hub, NOW, spo2=84))
    assert Bell.objects.filter(delivery__sent_at=None).count() == Bell.objects.count() == 1


def test_after_discharge_readings_are_kept_ask_for_a_call_and_ring_nobody(send, hub, admission):
    Admission.objects.filter(pk=admission.pk).update(
        discharged_at=NOW - HOUR,
        destination="home",
        discharged_by=F("admitted_by"),
        board_version=F("board_version") + 1,
    )
    send(make_set(hub, NOW, spo2=84))
    assert Reading.objects.count() == 7
    assert not Bell.objects.exists()
    assert Prompt.objects.get().kind == Prompt.Kind.STILL_MEASURING


def test_a_gateway_whose_clock_is_three_hours_slow_is_not_late(key, hub):
    slow = 3 * HOUR
    body = body_of(make_set(hub, NOW - slow, spo2=84), sent_at=NOW - slow)
    inbox.accept(key=key, body=body, at=NOW)
    drain.drain_all(at=NOW)
    assert not Reading.objects.filter(late=True).exists()
    assert set(Reading.objects.values_list("measured_at", flat=True)) == {NOW - slow}
    assert Bell.objects.exists()


# Due times


def test_a_reading_moves_its_own_slot_and_no_other(send, hub, admission):
    send([reading(hub, "spo2", 97, NOW)])
    before = {row.kind: row.due_at for row in DueTime.objects.filter(admission=admission)}
    assert len(before) == 1
    (due_at,) = before.values()
    assert due_at is not None
    assert due_at > NOW
    send([reading(hub, "spo2", 97, due_at)], at=due_at)
    assert DueTime.objects.get(admission=admission, due_at__gt=due_at)
