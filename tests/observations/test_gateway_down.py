"""A gateway that falls silent is one incident of each ward that it serves, not forty alerts."""

import datetime as dt

import pytest
from django.db import connection

from observations import worn
from observations.actions.alerts import close
from observations.alerting import repeats
from observations.draining import drain
from observations.intake import inbox
from observations.models import Alert, Bell, Device, Gateway, Holding
from observations.watch import deadlines, gateways, standing
from patients.actions.admissions import transfer
from patients.models import Admission, Place, PlanLine
from tests.capacity.factories import make_beds, make_ward
from tests.cast import OTHER_WARD
from tests.observations.conftest import ADMITTED, NOW
from tests.observations.factories import (
    body_of,
    make_gateway,
    make_held_hub,
    make_key,
    make_set,
)
from tests.patients.factories import make_admission, make_clinician
from tests.races import at_once

HOUR = dt.timedelta(hours=1)
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def four_hourly(admission):
    PlanLine.objects.update(times=[], every_hours=4)
    return admission


@pytest.fixture
def beating(send, hub, four_hourly):
    """Its patient measured at noon, and its gateway sent a heartbeat then."""
    send(make_set(hub, NOW))
    send([])
    return Gateway.objects.get()


def sweep(at, *, away=False):
    """What the worker does every few seconds; the drain has looked, too."""
    drain.drain_all(at=at)
    if not away:
        standing.beat(at, standing.SWEEP)
    deadlines.refresh_changed(at=at)
    deadlines.sweep(at=at)
    gateways.sweep(at=at)
    repeats.ring_due(at=at)
    standing.beat(at, standing.SWEEP)


def sweep_until(at, since=NOW, step=10 * MINUTE):
    moment = since
    while moment < at:
        sweep(moment)
        moment += step
    sweep(at)


def told(kind="gateway_down") -> list[str]:
    return list(
        Bell.objects.filter(alert__kind=kind).order_by("rang_at").values_list("text", flat=True)
    )


def test_a_gateway_is_down_after_half_an_hour_and_not_before(beating):
    sweep_until(NOW + 29 * MINUTE)
    assert told() == []
    sweep_until(NOW + 40 * MINUTE, since=NOW + 30 * MINUTE)
    name = beating.name
    assert told() == [f"Gateway down: {name} not heard since 12:00, 1 patient reports through it"]
    alert = Alert.objects.get()
    assert (alert.priority, alert.admission, alert.gateway) == ("urgent", None, beating)
    assert alert.ward == Admission.objects.get().ward
    beating.refresh_from_db()
    assert beating.down_since == NOW


def test_any_upload_keeps_it_up(beating, send, hub):
    for n in range(1, 9):
        send(make_set(hub, NOW + n * 20 * MINUTE), at=NOW + n * 20 * MINUTE)
        sweep(NOW + n * 20 * MINUTE)
    assert told() == []


def test_a_gateway_that_never_beats_is_not_watched(send, hub, four_hourly):
    send(make_set(hub, NOW))
    sweep_until(NOW + 2 * HOUR)
    assert told() == []


def test_each_gateway_may_be_given_its_own_time(beating, send):
    Gateway.objects.update(quiet_minutes=90)
    send([], at=NOW + MINUTE)
    sweep_until(NOW + 80 * MINUTE)
    assert told() == []
    sweep_until(NOW + 100 * MINUTE, since=NOW + 84 * MINUTE)
    assert len(told()) == 1


def test_its_patients_silences_do_not_ring_one_by_one(beating, ward_nurse, send, admission):
    others = [make_admission(ward=admission.ward, by=ward_nurse, at=ADMITTED) for _ in range(3)]
    for other in others:
        send(make_set(make_held_hub(other, by=ward_nurse, at=ADMITTED), NOW))
    PlanLine.objects.update(times=[], every_hours=4)
    sweep_until(NOW + 8 * HOUR, step=30 * MINUTE)
    assert "4 patients report through it" in told()[0]
    assert told("patient") == []


def test_when_it_is_back_and_a_device_is_not_that_silence_rings(
    beating, ward_nurse, send, admission, hub
):
    other = make_admission(ward=admission.ward, by=ward_nurse, at=ADMITTED)
    theirs = make_held_hub(other, by=ward_nurse, at=ADMITTED)
    send(make_set(theirs, NOW))
    PlanLine.objects.update(times=[], every_hours=4)
    sweep_until(NOW + 7 * HOUR, step=30 * MINUTE)
    assert told("patient") == []
    back = NOW + 7 * HOUR + MINUTE
    send(make_set(hub, back), at=back)
    sweep_until(back + 10 * MINUTE, since=back)
    assert told("patient") == []  # buffers may still be on their way
    sweep_until(back + 40 * MINUTE, since=back + 10 * MINUTE)
    assert [one.startswith("Silent: ") for one in told("patient")] == [True]
    assert Alert.objects.get(kind="patient").admission == other


def test_what_is_heard_again_says_so_and_stays_for_a_person_to_close(beating, send, ward_nurse):
    sweep_until(NOW + 40 * MINUTE)
    send([], at=NOW + 42 * MINUTE)
    sweep_until(NOW + HOUR, since=NOW + 42 * MINUTE)
    alert = Alert.objects.get(kind="gateway_down")
    (trigger,) = alert.triggers.all()
    assert trigger.text.startswith(f"Gateway back: {beating.name} heard again 12:42 after 42 min.")
    assert alert.closed_at is None
    close(alert=alert, outcome="no_change", by=ward_nurse, at=NOW + HOUR)


def test_it_rings_again_while_it_is_down_and_no_more_once_it_is_back(beating, send):
    sweep_until(NOW + 40 * MINUTE)
    Alert.objects.update(next_step_at=None)
    sweep_until(NOW + 100 * MINUTE, since=NOW + 44 * MINUTE)
    assert [bell.why for bell in Bell.objects.order_by("rang_at")] == ["opened", "still"]
    send([], at=NOW + 102 * MINUTE)
    for n in range(6):
        sweep(NOW + 104 * MINUTE + n * 20 * MINUTE)
        send([], at=NOW + 104 * MINUTE + n * 20 * MINUTE)
        Alert.objects.update(next_step_at=None)
    assert Bell.objects.count() == 2


def test_the_next_outage_rings_anew_in_the_same_alert(beating, send):
    sweep_until(NOW + 40 * MINUTE)
    send([], at=NOW + 42 * MINUTE)
    sweep_until(NOW + 80 * MINUTE, since=NOW + 42 * MINUTE)
    assert [one[:40] for one in told()] == [
        f"Gateway down: {beating.name} not heard since 1"[:40]
    ] * 2
    assert told()[1].startswith(f"Gateway down: {beating.name} not heard since 12:42")
    assert Alert.objects.get().triggers.get().text == told()[1]


def test_each_ward_that_it_serves_is_told_of_its_own_patients(beating, send):
    elsewhere = make_admission(ward=make_ward(OTHER_WARD, name="Elsewhere"), at=ADMITTED)
    by = make_clinician(elsewhere.ward)
    send(make_set(make_held_hub(elsewhere, by=by, at=ADMITTED), NOW))
    sweep_until(NOW + 40 * MINUTE)
    wards = [alert.ward for alert in Alert.objects.filter(kind="gateway_down")]
    assert {ward.pk for ward in wards} == {one.ward_id for one in Admission.objects.all()}
    assert len(wards) == 2


def test_a_closed_outage_that_goes_on_rings_anew_with_the_next_silence(beating, ward_nurse):
    sweep_until(NOW + 40 * MINUTE)
    close(alert=Alert.objects.get(), outcome="no_change", by=ward_nurse, at=NOW + HOUR)
    sweep_until(NOW + 6 * HOUR - MINUTE, since=NOW + HOUR, step=30 * MINUTE)
    assert len(told()) == 1
    sweep_until(NOW + 7 * HOUR, since=NOW + 6 * HOUR, step=10 * MINUTE)
    assert [one[-51:] for one in told()] == [
        "not heard since 12:00, 1 patient reports through it"
    ] * 2
    assert told("patient") == []


def test_the_ward_of_who_comes_during_an_outage_is_told_once_they_are_silent(
    beating, ward_nurse, admission
):
    sweep_until(NOW + 40 * MINUTE)
    elsewhere = make_ward("RT5-elsewhere", name="Elsewhere")
    bed = make_beds(elsewhere, 1)[0]
    transfer(
        admission=admission,
        ward=elsewhere,
        bed=bed,
        agreed_with="S. Hill",
        by=ward_nurse,
        at=NOW + HOUR,
    )
    sweep_until(NOW + 9 * HOUR, since=NOW + HOUR, step=30 * MINUTE)
    assert Alert.objects.get(ward=elsewhere).kind == Alert.Kind.GATEWAY_DOWN
    assert told("patient") == []


def test_shared_kit_speaks_only_for_who_has_none_of_their_own(beating, hub, ward_nurse, admission):
    home = Place.objects.create(name="The Cedars", kind=Place.Kind.CARE_HOME)
    Device.objects.filter(pk=hub.pk).update(use=Device.Use.SHARED, place=home)
    Holding.objects.update(ends=NOW)
    assert worn.served(beating.pk) == {admission.ward_id: [admission.pk]}
    make_held_hub(admission, by=ward_nurse, at=NOW)
    assert worn.served(beating.pk) == {}


def test_a_gateway_without_patients_calls_nobody(db, ward_nurse):
    key = make_key(make_gateway())
    inbox.accept(key=key, body=body_of([]), at=NOW)
    drain.drain_all(at=NOW)
    sweep_until(NOW + 40 * MINUTE)
    assert Gateway.objects.get().down_since == NOW
    assert not Alert.objects.exists()


def test_while_readings_wait_nobody_is_called_down(beating, key):
    inbox.accept(key=key, body=body_of([]), at=NOW + 20 * MINUTE)
    at = NOW + 40 * MINUTE
    assert gateways.sweep(at=at) == 0
    drain.drain_all(at=at)
    assert gateways.sweep(at=at) == 0
    assert told() == []


def test_after_an_absence_of_our_own_each_gateway_may_first_be_heard(beating):
    sweep(NOW + MINUTE)
    back = NOW + 3 * HOUR
    sweep(back, away=True)
    sweep_until(back + 29 * MINUTE, since=back + MINUTE)
    assert told() == []
    sweep(back + 30 * MINUTE)
    assert len(told()) == 1


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_make_one_incident(beating):
    at = NOW + 31 * MINUTE
    drain.drain_all(at=at)
    assert set(at_once(*[lambda: gateways.sweep(at=at)] * 2)) == {0, 1}
    assert len(told()) == 1


def test_the_deadline_moves_by_whole_minutes_only(beating, send):
    before = beating.down_at
    send([], at=NOW + dt.timedelta(seconds=59))
    beating.refresh_from_db()
    assert beating.down_at == before
    send([], at=NOW + MINUTE)
    beating.refresh_from_db()
    assert beating.down_at == NOW + 31 * MINUTE


def test_looking_for_gateways_reads_an_index(db):
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO observations_supplier (name) VALUES ('Many') RETURNING id")
        supplier = cursor.fetchone()[0]
        cursor.execute(
            "INSERT INTO observations_gateway (supplier_id, name, recent_offsets, clock_offset, "
            "quiet_minutes, down_at) SELECT %s, 'g' || n, '{}', 0, 30, "
            "%s + n * interval '1 minute' FROM generate_series(1, 5000) AS n",
            [supplier, NOW],
        )
        cursor.execute("ANALYZE observations_gateway")
    for query in (gateways.late(NOW + MINUTE), gateways.back()):
        plan = query.explain()
        assert "Index" in plan
        assert "Seq Scan" not in plan
