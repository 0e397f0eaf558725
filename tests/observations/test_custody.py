"""Who held the kit when it was measured, whatever is known now, and what a correction changes."""

import datetime as dt
from uuid import UUID

import pytest
from django.core.exceptions import PermissionDenied

from observations.actions.devices import (
    DeviceRefusedError,
    correct_holding,
    issue_device,
    return_device,
    want_back,
)
from observations.actions.readings import enter_readings, move_readings, strike_readings
from observations.actions.tray import TrayRefusedError, assign
from observations.amends.corrections import Key, unclaim
from observations.attribution import Unclaimed
from observations.draining import drain
from observations.intake import inbox
from observations.models import (
    Alert,
    Bell,
    Correction,
    Device,
    Holding,
    LatestVital,
    Reading,
    Score,
    Standing,
    UnclaimedReading,
)
from observations.vitals import vitals
from tests.capacity.factories import make_provider
from tests.observations.conftest import ADMITTED, NOW
from tests.observations.factories import body_of, make_hub, make_set, reading

MINUTE = dt.timedelta(minutes=1)
HOUR = dt.timedelta(hours=1)


def handed_over(hub, second, by, at):
    return_device(holding=Holding.objects.open().get(device=hub), by=by, at=at)
    return issue_device(device=hub, admission=second, by=by, at=at)


def holders() -> list[UUID]:
    return [row.admission_id for row in Reading.objects.order_by("measured_at")]


def test_a_buffer_uploaded_after_the_kit_was_reissued_is_the_first_patients(
    send, hub, admission, second, ward_nurse
):
    handed_over(hub, second, ward_nurse, NOW - HOUR)
    send([reading(hub, "pulse", 70, NOW - 2 * HOUR), reading(hub, "pulse", 90, NOW)])
    assert holders() == [admission.pk, second.pk]


def test_the_instant_of_the_change_is_the_new_holders(send, hub, admission, second, ward_nurse):
    handed_over(hub, second, ward_nurse, NOW - HOUR)
    edge = NOW - HOUR
    send([reading(hub, "pulse", 70, at) for at in (edge - dt.timedelta(microseconds=1), edge)])
    assert holders() == [admission.pk, second.pk]


def test_within_the_clocks_error_of_a_change_it_is_unclear(key, hub, admission, second, ward_nurse):
    handed_over(hub, second, ward_nurse, NOW - HOUR)
    at = NOW - HOUR - 10 * MINUTE  # by a clock that is 20 minutes slow: after the change
    body = body_of([reading(hub, "pulse", 70, at)], sent_at=NOW - 20 * MINUTE)
    inbox.accept(key=key, body=body, at=NOW)
    drain.drain_all(at=NOW)
    kept = UnclaimedReading.objects.get()
    assert kept.why == "unclear_holder"
    assert set(kept.candidates) == {admission.pk, second.pk}


def test_what_is_given_from_the_tray_keeps_its_clocks_error(
    key, hub, admission, second, ward_nurse
):
    unclear = sent_by_a_slow_clock(key, hub, second, ward_nurse)
    assert unclear.clock_offset == -1200
    assign(readings=[unclear], admission=second, reason="asked them", by=ward_nurse, at=NOW)
    stored = Reading.objects.get()
    assert (stored.clock_offset, stored.measured_at) == (-1200, unclear.measured_at)


def test_a_correction_leaves_in_the_tray_what_the_clock_still_leaves_open(
    key, hub, admission, second, ward_nurse
):
    sent_by_a_slow_clock(key, hub, second, ward_nurse)
    changed_hands(NOW - 65 * MINUTE, admission, second, ward_nurse)
    assert UnclaimedReading.objects.open().exists()
    changed_hands(NOW - 80 * MINUTE, admission, second, ward_nurse)
    assert not UnclaimedReading.objects.open().exists()
    assert holders() == [second.pk]


def sent_by_a_slow_clock(key, hub, second, by) -> UnclaimedReading:
    """By its own clock before kit changed hands, by ours 10 minutes after."""
    handed_over(hub, second, by, NOW - HOUR)
    body = body_of([reading(hub, "pulse", 70, NOW - 70 * MINUTE)], sent_at=NOW - 20 * MINUTE)
    inbox.accept(key=key, body=body, at=NOW)
    drain.drain_all(at=NOW)
    return UnclaimedReading.objects.open().get()


def changed_hands(at: dt.datetime, first, second, by) -> None:
    """Earlier than was thought."""
    periods = Holding.objects.believed()
    before, after = periods.get(admission=first), periods.get(admission=second)
    correct_holding(holding=before, starts=before.starts, ends=at, reason="asked", by=by, at=NOW)
    correct_holding(holding=after, starts=at, ends=None, reason="asked", by=by, at=NOW)


def test_between_two_holders_it_is_nobodys_and_both_are_named(
    send, hub, admission, second, ward_nurse
):
    return_device(holding=Holding.objects.get(), by=ward_nurse, at=NOW - 2 * HOUR)
    issue_device(device=hub, admission=second, by=ward_nurse, at=NOW - HOUR)
    send([reading(hub, "pulse", 70, NOW - 90 * MINUTE)])
    kept = UnclaimedReading.objects.get()
    assert (kept.why, kept.candidates) == ("no_holder", [admission.pk, second.pk])


def test_custody_recorded_late_claims_what_waited(send, hub, admission, second, ward_nurse):
    return_device(holding=Holding.objects.get(), by=ward_nurse, at=NOW - 2 * HOUR)
    send(make_set(hub, NOW - HOUR, spo2=84))
    assert UnclaimedReading.objects.open().count() == 7
    issue_device(
        device=hub, admission=second, by=ward_nurse, starts=NOW - 2 * HOUR, at=NOW + MINUTE
    )
    assert holders() == [second.pk] * 7
    assert not UnclaimedReading.objects.open().exists()
    assert Standing.objects.get(pk=second.pk).response == "low_medium"


def test_custody_corrected_moves_readings_and_judges_both_again(
    send, hub, admission, second, ward_nurse
):
    send(make_set(hub, NOW - 3 * HOUR))
    fresh = handed_over(hub, second, ward_nurse, NOW - HOUR)
    send(make_set(hub, NOW - 2 * HOUR, spo2=84))
    assert Standing.objects.get(pk=admission.pk).response == "low_medium"
    first = Holding.objects.believed().exclude(pk=fresh.pk).get()
    correct_holding(
        holding=first,
        starts=first.starts,
        ends=NOW - 150 * MINUTE,
        reason="given back earlier",
        by=ward_nurse,
        at=NOW,
    )
    assert Standing.objects.get(pk=admission.pk).response == "low"
    assert Score.objects.filter(admission_id=admission.pk).count() == 1
    assert UnclaimedReading.objects.open().count() == 7
    assert Alert.objects.get().triggers.exclude(wrong_patient_at=None).exists()
    told = Bell.objects.get(why=Bell.Why.WRONG_PATIENT)
    assert (told.alert, told.rang_at) == (Alert.objects.get(), NOW)
    assert told.text == "Another patient's readings: SpO2 84 % below 92 %; NEWS2 3"
    assert told.delivery.sent_at is None
    correct_holding(
        holding=fresh,
        starts=NOW - 150 * MINUTE,
        ends=None,
        reason="was the next patient's already",
        by=ward_nurse,
        at=NOW + MINUTE,
    )
    assert holders() == [admission.pk] * 7 + [second.pk] * 7
    assert Standing.objects.get(pk=second.pk).response == "low_medium"
    kept = vitals(second.pk, NOW - 3 * HOUR, NOW)
    assert {v.kind: v.number for v in kept if v.code is None} == {
        "spo2": 84,
        "pulse": 72,
        "respiratory_rate": 16,
        "systolic": 124,
        "temperature": 36.8,
    }
    assert Bell.objects.filter(why=Bell.Why.WRONG_PATIENT).count() == 1
    assert Holding.objects.filter(superseded_at=None).count() == 2
    assert Holding.objects.count() == 4


def test_nobody_holds_what_another_holds(hub, admission, second, ward_nurse):
    with pytest.raises(DeviceRefusedError, match="Another patient"):
        issue_device(device=hub, admission=second, by=ward_nurse, at=NOW)
    spare = make_hub(provider=hub.provider)
    Device.objects.filter(pk=spare.pk).update(status=Device.Status.LOST)
    spare.refresh_from_db()
    with pytest.raises(DeviceRefusedError, match="lost"):
        issue_device(device=spare, admission=second, by=ward_nurse, at=NOW)


def test_kit_wanted_back_goes_on_reporting(send, hub, admission, ward_nurse):
    assert want_back(admission=admission, by=ward_nurse, at=NOW) == [hub]
    hub.refresh_from_db()
    assert hub.status == Device.Status.WANTED_BACK
    send([reading(hub, "pulse", 70, NOW)])
    assert holders() == [admission.pk]


def test_only_the_wards_clinicians_hand_out_kit(admission, other_nurse, read_only, icb_manager):
    hub = make_hub(provider=admission.ward.lead_provider)
    for person in (other_nurse, read_only, icb_manager):
        with pytest.raises(PermissionDenied):
            issue_device(device=hub, admission=admission, by=person, at=NOW)


# Readings by hand, struck through, moved


def keys() -> list[Key]:
    return [Key(r.device_id, r.sender_id, r.measured_at, r.admission_id) for r in all_readings()]


def all_readings():
    return Reading.objects.order_by("measured_at", "kind")


def test_readings_told_on_the_phone_go_the_same_way(admission, ward_nurse):
    told = enter_readings(
        admission=admission,
        values={"spo2": 91, "consciousness": "A", "temperature": 60, "oxygen": "air"},
        measured_at=NOW - MINUTE,
        said_by="daughter",
        by=ward_nurse,
        at=NOW,
    )
    assert [one.why for one in told] == ["", "", "implausible", ""]
    stored = all_readings()[0]
    assert (stored.source, stored.reported_by) == (3, "daughter")
    now = Standing.objects.get(pk=admission.pk)
    assert (now.lowest, now.self_reported) == (3, False)


def test_a_reading_in_error_is_kept_and_judged_as_if_it_had_never_been(
    send, hub, admission, ward_nurse
):
    send(make_set(hub, NOW - HOUR))
    send([reading(hub, "spo2", 84, NOW)])
    wrong = [key for key in keys() if key.measured_at == NOW]
    struck = strike_readings(
        admission=admission, keys=wrong, reason="finger slipped", by=ward_nurse, at=NOW + MINUTE
    )
    assert struck == 1
    now = Standing.objects.get(pk=admission.pk)
    assert (now.total, now.measured_at) == (0, NOW - HOUR)
    assert LatestVital.objects.get(admission=admission, kind=2).number == 97
    assert Correction.objects.get().reason == "finger slipped"
    assert len(vitals(admission.pk, NOW - HOUR, NOW + HOUR)) == 7
    assert len(vitals(admission.pk, NOW - HOUR, NOW + HOUR, struck=True)) == 8


def test_a_run_of_readings_is_moved_to_who_wore_the_kit(send, hub, admission, second, ward_nurse):
    send(make_set(hub, NOW - HOUR))
    send(make_set(hub, NOW, spo2=84))
    wrong = [key for key in keys() if key.measured_at == NOW]
    Alert.objects.update(closed_at=NOW, closed_by=ward_nurse, outcome=Alert.Outcome.ADVICE)
    move_readings(
        keys=wrong, admission=admission, to=second, reason="wrong wearer", by=ward_nurse, at=NOW
    )
    mine = Bell.objects.filter(alert__admission=admission).order_by("pk")
    assert [bell.why for bell in mine] == ["opened", "wrong_patient"]
    assert Bell.objects.get(alert__admission=second).why == "opened"
    assert Standing.objects.get(pk=admission.pk).response == "low"
    assert Standing.objects.get(pk=second.pk).response == "low_medium"
    send(make_set(hub, NOW + MINUTE), at=NOW + MINUTE)
    assert Standing.objects.get(pk=second.pk).measured_at == NOW


def test_nobody_corrects_another_wards_readings(send, hub, admission, other_nurse):
    send([reading(hub, "spo2", 84, NOW)])
    with pytest.raises(PermissionDenied):
        strike_readings(admission=admission, keys=keys(), reason="x", by=other_nurse, at=NOW)
    with pytest.raises(PermissionDenied):
        enter_readings(
            admission=admission, values={}, measured_at=NOW, said_by="", by=other_nurse, at=NOW
        )


def test_a_correction_of_custody_leaves_what_was_struck_where_it_is(
    send, hub, admission, ward_nurse
):
    send([reading(hub, "pulse", 70, NOW - MINUTE)])
    row = Reading.objects.get()
    key = Key(row.device_id, row.sender_id, row.measured_at, row.admission_id)
    strike_readings(admission=admission, keys=[key], reason="Typed wrong", by=ward_nurse, at=NOW)
    correct_holding(
        holding=Holding.objects.get(),
        starts=ADMITTED,
        ends=NOW - HOUR,
        reason="Handed back at noon",
        by=ward_nurse,
        at=NOW,
    )
    row.refresh_from_db()
    assert (row.error, row.admission_id) == (True, admission.pk)
    assert not UnclaimedReading.objects.exists()


# What a person decided of a reading


def shifted(hub, by, minutes=5):
    """The first holder's time is corrected by a little, which asks for every reading again."""
    first = Holding.objects.believed().filter(device=hub).order_by("starts")[0]
    correct_holding(
        holding=first,
        starts=first.starts + minutes * MINUTE,
        ends=first.ends,
        reason="delivered later",
        by=by,
        at=NOW + HOUR,
    )


def test_a_run_moved_by_hand_stays_where_it_was_moved_to(send, hub, admission, second, ward_nurse):
    send(make_set(hub, NOW - HOUR))
    move_readings(
        keys=keys(), admission=admission, to=second, reason="her husband's", by=ward_nurse, at=NOW
    )
    shifted(hub, ward_nurse)
    assert set(holders()) == {second.pk}


def test_what_was_given_from_the_tray_stays_given(send, hub, admission, second, ward_nurse):
    handed_over(hub, second, ward_nurse, NOW - 3 * HOUR)
    return_device(holding=Holding.objects.open().get(device=hub), by=ward_nurse, at=NOW - 2 * HOUR)
    send([reading(hub, "pulse", 70, NOW - HOUR)])
    waiting = list(UnclaimedReading.objects.open())
    assign(readings=waiting, admission=admission, reason="she told us", by=ward_nurse, at=NOW)
    shifted(hub, ward_nurse)
    assert holders() == [admission.pk]


def test_what_was_given_from_an_unknown_sender_stays_given(
    send, hub, admission, second, ward_nurse
):
    """The kit exists, and the gateway that brought the reading does not serve its organisation."""
    theirs = make_hub(provider=make_provider("RX9"))
    send([reading(theirs, "pulse", 70, NOW - HOUR)])
    waiting = list(UnclaimedReading.objects.open())
    assign(readings=waiting, admission=admission, reason="she told us", by=ward_nurse, at=NOW)
    since = NOW - 2 * HOUR
    issue_device(device=theirs, admission=second, by=ward_nurse, at=NOW, starts=since)
    assert holders() == [admission.pk]


def test_what_somebody_moved_meanwhile_does_not_go_back_to_the_tray(
    send, hub, admission, second, ward_nurse
):
    """Asked whose it is before the lock was had; a person has said so since."""
    send([reading(hub, "pulse", 70, NOW)])
    asked = keys()
    move_readings(
        keys=asked, admission=admission, to=second, reason="her husband's", by=ward_nurse, at=NOW
    )
    nobodys = {key: Unclaimed("no_holder", hub.pk, ()) for key in asked}
    assert unclaim(nobodys, reason="given back", by=ward_nurse, at=NOW) == 0
    assert holders() == [second.pk]
    assert Correction.objects.count() == 1


def test_what_cannot_be_stored_is_not_said_to_be_given(send, hub, admission, ward_nurse):
    send([reading(hub, "pulse", 70, NOW - 2 * HOUR, id="a")])
    return_device(holding=Holding.objects.open().get(device=hub), by=ward_nurse, at=NOW - HOUR)
    send([reading(hub, "pulse", 90, NOW, id="a")])
    waiting = list(UnclaimedReading.objects.open())
    with pytest.raises(TrayRefusedError, match="id reused"):
        assign(readings=waiting, admission=admission, reason="hers", by=ward_nurse, at=NOW)
    assert UnclaimedReading.objects.open().count() == 1
