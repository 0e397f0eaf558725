"""Whom a sender named beside the device: kept with the reading, and asked again when custody is
corrected, so that no reading goes to somebody against its name."""

import datetime as dt

import pytest

from accounts.models import User
from observations.actions.devices import correct_holding, issue_device
from observations.actions.equipment import enrol
from observations.actions.readings import enter_readings, move_readings
from observations.actions.tray import assign
from observations.amends import custody
from observations.amends.corrections import Key
from observations.models import Correction, Holding, Reading, Standing, UnclaimedReading
from patients.actions.admissions import discharge
from patients.models import Admission
from tests.observations.conftest import ADMITTED, NOW
from tests.observations.factories import make_hub, make_set, make_supplier, reading
from tests.observations.test_custody import HOUR, MINUTE, changed_hands, handed_over
from tests.patients.factories import make_admission


def by_number(admission: Admission, _by: User) -> str:
    return admission.patient.nhs_number


def by_token(admission: Admission, by: User) -> str:
    return enrol(admission=admission, supplier=make_supplier(), by=by, at=ADMITTED).token


called = pytest.mark.parametrize("call", [by_number, by_token])


def kept() -> list[tuple[object, str | None]]:
    """Whose the stored readings are, and whom they name."""
    found = Reading.objects.order_by("measured_at", "sender_id")
    return [(row.admission_id, row.named) for row in found]


def corrected(holding: Holding, starts: dt.datetime, ends: dt.datetime | None, by: User) -> None:
    correct_holding(holding=holding, starts=starts, ends=ends, reason="asked", by=by, at=NOW)


def key_of(row: Reading) -> Key:
    return Key(row.device_id, row.sender_id, row.measured_at, row.admission_id)


# Custody written down after the readings had come


@called
def test_who_was_named_and_did_not_hold_it_after_all_is_not_overruled(
    send, hub, admission, second, ward_nurse, call
):
    handed_over(hub, second, ward_nurse, NOW - HOUR)
    name = call(admission, ward_nurse)
    send([reading(hub, "spo2", 84, NOW - 2 * HOUR, patient=name)])
    send([reading(hub, "pulse", 70, NOW - 2 * HOUR)])
    assert Standing.objects.get(pk=admission.pk).response == "low_medium"
    changed_hands(NOW - 3 * HOUR, admission, second, ward_nurse)
    assert kept() == [(second.pk, None)]
    waiting = UnclaimedReading.objects.open().get()
    assert (waiting.kind, waiting.why, waiting.named) == ("spo2", "not_the_holder", name)
    assert waiting.candidates == [second.pk, admission.pk]
    assert Standing.objects.get(pk=admission.pk).response != "low_medium"
    trace = Correction.objects.get(sender_id=waiting.sender_id)
    assert (trace.before, trace.after) == ({"admission": str(admission.pk)}, {"tray": True})
    assert (trace.by, trace.reason) == (ward_nurse, "asked")


@called
def test_a_holder_mixed_up_with_another_is_given_only_what_names_nobody(
    send, hub, admission, second, ward_nurse, call
):
    name = call(admission, ward_nurse)
    send([reading(hub, "pulse", 70, NOW - HOUR, patient=name), reading(hub, "pulse", 71, NOW)])
    Holding.objects.update(admission=second)
    custody.ask_again(hub, ADMITTED, NOW, reason="mixed up", by=ward_nurse, at=NOW)
    assert kept() == [(second.pk, None)]
    waiting = UnclaimedReading.objects.open().get()
    assert (waiting.why, waiting.named) == ("not_the_holder", name)
    assert waiting.candidates == [second.pk, admission.pk]


def test_before_and_after_the_correction_the_same_reading_waits_in_the_same_way(
    send, hub, admission, second, ward_nurse
):
    handed_over(hub, second, ward_nurse, NOW - HOUR)
    name = by_number(admission, ward_nurse)
    early, late = (
        reading(hub, "spo2", 84, NOW - at * MINUTE, patient=name, source="app", comment="at rest")
        for at in (100, 90)
    )
    send([early])
    changed_hands(NOW - 2 * HOUR, admission, second, ward_nurse)
    send([late])
    facts = ("serial", "named", "why", "candidates", "ward", "number", "clock_offset")
    first, then = UnclaimedReading.objects.open().order_by("measured_at").values(*facts)
    assert first == then
    send([early])
    assert UnclaimedReading.objects.count() == 2


def test_whoever_is_named_by_a_reading_of_nobodys_time_stays_named(
    send, hub, admission, second, ward_nurse
):
    """The name goes to the tray with the reading, and is asked there when somebody held it."""
    name = by_number(admission, ward_nurse)
    send([reading(hub, "pulse", 70, NOW - HOUR, patient=name)])
    first = Holding.objects.get()
    corrected(first, first.starts, NOW - 2 * HOUR, ward_nurse)
    assert UnclaimedReading.objects.open().get().why == "no_holder"
    issue_device(device=hub, admission=second, by=ward_nurse, starts=NOW - 2 * HOUR, at=NOW)
    assert kept() == []
    assert UnclaimedReading.objects.open().get().why == "not_the_holder"


@called
def test_who_was_named_and_held_it_after_all_is_given_it(
    send, hub, admission, second, ward_nurse, call
):
    handed_over(hub, second, ward_nurse, NOW - HOUR)
    name = call(second, ward_nurse)
    send([reading(hub, "pulse", 70, NOW - 2 * HOUR, patient=name)])
    assert UnclaimedReading.objects.open().get().why == "not_the_holder"
    changed_hands(NOW - 3 * HOUR, admission, second, ward_nurse)
    assert kept() == [(second.pk, name)]
    assert not UnclaimedReading.objects.open().exists()


def test_custody_corrected_there_and_back_ends_as_it_began(
    send, hub, admission, second, ward_nurse
):
    handed_over(hub, second, ward_nurse, NOW - HOUR)
    name = by_number(admission, ward_nurse)
    send([reading(hub, "pulse", 70, NOW - 2 * HOUR, patient=name)])
    changed_hands(NOW - 3 * HOUR, admission, second, ward_nurse)
    assert kept() == []
    periods = Holding.objects.believed()
    corrected(periods.get(admission=second), NOW - HOUR, None, ward_nurse)
    corrected(periods.get(admission=admission), ADMITTED, NOW - HOUR, ward_nurse)
    assert kept() == [(admission.pk, name)]
    assert not UnclaimedReading.objects.open().exists()


def test_a_number_means_the_admission_that_is_believed_now(send, hub, admission, ward_nurse):
    """Admitted by mistake and again, one person: the number names the new admission."""
    number = by_number(admission, ward_nurse)
    send([reading(hub, "pulse", 70, NOW - HOUR, patient=number)])
    discharge(admission=admission, destination="entered_in_error", by=ward_nurse, at=NOW)
    again = make_admission(ward=admission.ward, patient=admission.patient, at=ADMITTED)
    wrong = Holding.objects.get()
    corrected(wrong, wrong.starts, wrong.starts, ward_nurse)
    issue_device(device=hub, admission=again, by=ward_nurse, starts=ADMITTED, at=NOW)
    assert kept() == [(again.pk, number)]


def test_who_still_is_the_holder_is_not_asked_about_a_number_that_has_changed(
    send, hub, admission, ward_nurse
):
    number = by_number(admission, ward_nurse)
    send([reading(hub, "pulse", 70, NOW - HOUR, patient=number)])
    admission.patient.identifiers.update(status="superseded", ends=NOW)
    first = Holding.objects.get()
    corrected(first, first.starts + 5 * MINUTE, None, ward_nurse)
    assert kept() == [(admission.pk, number)]


# What is kept


def test_the_name_is_kept_without_its_spaces_and_whatever_is_in_it(
    send, hub, admission, ward_nurse
):
    number = by_number(admission, ward_nurse)
    spaced = f"{number[:3]} {number[3:6]} {number[6:]}"
    token = by_token(admission, ward_nurse)
    admission.tokens.update(token=token + "\\N")
    send([reading(hub, "pulse", 70, NOW - HOUR, patient=spaced)])
    send([reading(hub, "pulse", 71, NOW, patient=token + "\\N")])
    assert kept() == [(admission.pk, number), (admission.pk, token + "\\N")]


def test_a_name_is_kept_only_beside_a_known_device(send, hub, admission, ward_nurse):
    number = by_number(admission, ward_nurse)
    send([reading(None, "pain", 4, NOW, patient=number)])
    send(make_set(hub, NOW - HOUR))
    told = {"spo2": 95}
    enter_readings(
        admission=admission, values=told, measured_at=NOW, said_by="son", by=ward_nurse, at=NOW
    )
    spare = make_hub(provider=hub.provider)
    send([reading(spare, "pulse", 70, NOW, patient=number)])
    assert {named for _, named in kept()} == {None}


# What a person decided


def test_a_person_who_moves_a_reading_answers_for_its_name(
    send, hub, admission, second, ward_nurse
):
    number = by_number(admission, ward_nurse)
    send([reading(hub, "pulse", 70, NOW - HOUR, patient=number)])
    row = Reading.objects.get()
    move_readings(
        keys=[key_of(row)], admission=admission, to=second, reason="hers", by=ward_nurse, at=NOW
    )
    assert kept() == [(second.pk, None)]
    told = {"admission": str(admission.pk), "named": number}
    assert Correction.objects.get().before == told


def test_a_person_who_gives_a_reading_from_the_tray_answers_for_its_name(
    send, hub, admission, second, ward_nurse
):
    number = by_number(second, ward_nurse)
    send([reading(hub, "pulse", 70, NOW - HOUR, patient=number)])
    waiting = list(UnclaimedReading.objects.open())
    assign(readings=waiting, admission=admission, reason="typed wrong", by=ward_nurse, at=NOW)
    assert kept() == [(admission.pk, None)]
