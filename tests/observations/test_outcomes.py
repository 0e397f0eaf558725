"""Every reading of an upload gets exactly one outcome, with its reason, and none stops another."""

import datetime as dt
import json
from typing import Any
from uuid import UUID

import pytest
from celery.exceptions import SoftTimeLimitExceeded
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from accounts.models import User
from lib.ids import uuid7_at
from observations.draining import drain
from observations.draining.store import store
from observations.intake import inbox, payload
from observations.intake.sent import Reader, Rejected
from observations.models import (
    Alert,
    EnrolmentToken,
    Inbox,
    Prompt,
    Reading,
    Receipt,
    UnclaimedReading,
)
from patients.models import Admission, Place
from tests.capacity.factories import make_provider, make_ward
from tests.observations.conftest import ADMITTED, NOW
from tests.observations.factories import (
    make_gateway,
    make_held_hub,
    make_hub,
    make_key,
    make_set,
    make_supplier,
    reading,
)
from tests.patients.factories import make_admission

MINUTE = dt.timedelta(minutes=1)
HOUR = dt.timedelta(hours=1)
DAY = dt.timedelta(days=1)


def told(receipt: UUID) -> list[tuple[str, str]]:
    kept = Receipt.objects.get(pk=receipt)
    outcomes = [Receipt.Outcome(outcome).label for outcome in kept.outcomes]
    return list(zip(outcomes, kept.whys, strict=True))


def wrong(hub, **more):
    value, measured_at = more.pop("value", 97), more.pop("measured_at", NOW - MINUTE)
    return reading(hub, "spo2", value, measured_at, **more)


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"id": ""}, "id_invalid"),
    ({"id": None}, "id_invalid"),
    ({"id": 7}, "id_invalid"),
    ({"id": "x" * 101}, "id_invalid"),
    ({"id": "a\x00b"}, "id_invalid"),
    ({"id": "a\nb"}, "id_invalid"),
    ({"device": 7}, "device_invalid"),
    ({"device": "a\x00"}, "device_invalid"),
    ({"device": None}, "no_device_or_patient"),
    ({"patient": ["999"]}, "patient_invalid"),
    ({"kind": "aura"}, "unknown_kind"),
    ({"kind": ["spo2"]}, "unknown_kind"),
    ({"kind": None}, "unknown_kind"),
    ({"unit": None}, "unit_missing"),
    ({"unit": "kPa"}, "unit_unknown"),
    ({"unit": 5}, "unit_unknown"),
    ({"value": "97"}, "not_a_number"),
    ({"value": True}, "not_a_number"),
    ({"value": None}, "not_a_number"),
    ({"value": [97]}, "not_a_number"),
    ({"value": 10**400}, "implausible"),
    ({"value": 400}, "implausible"),
    ({"value": -5}, "implausible"),
    ({"measured_at": None}, "measured_at_missing"),
    ({"measured_at": "yesterday"}, "measured_at_invalid"),
    ({"measured_at": "2026-11-21T11:59:00"}, "measured_at_invalid"),
    ({"measured_at": "2026-11-21"}, "measured_at_invalid"),
    ({"measured_at": "0001-01-01T00:00:00+14:00"}, "measured_at_invalid"),
    ({"measured_at": 1_700_000_000}, "measured_at_invalid"),
    ({"measured_at": (NOW + 6 * MINUTE).isoformat()}, "in_future"),
    ({"measured_at": "9999-12-31T23:59:59Z"}, "in_future"),
    ({"measured_at": (NOW - 36 * DAY).isoformat()}, "too_old"),
    ({"source": "fax"}, "source_unknown"),
    ({"quality": 3}, "quality_unknown"),
    ({"context": {}}, "context_unknown"),
    ({"reported_by": "x" * 121}, "reported_by_invalid"),
    ({"comment": 5}, "comment_invalid"),
]
NOT_OBJECTS: list[Any] = [None, 5, "reading", [], True]


def spoilt(hub, more: dict[str, Any]) -> dict[str, Any]:
    return {name: given for name, given in (wrong(hub) | more).items() if given is not None}


@pytest.mark.parametrize(("more", "why"), WRONG)
def test_what_a_sender_does_wrong_has_its_own_reason(more, why):
    read = Reader(received_at=NOW, offset=0.0).read(spoilt("H-1", more))
    assert isinstance(read, Rejected)
    assert read.why == why


def test_none_of_them_stops_the_readings_between(send, hub):
    bad = [*(spoilt(hub, more) for more, _ in WRONG), *NOT_OBJECTS]
    good = [reading(hub, "pulse", 70 + n % 20, NOW - MINUTE) for n, _ in enumerate(bad)]
    outcomes = told(send([one for pair in zip(bad, good, strict=True) for one in pair]))
    assert outcomes[1::2] == [("stored", "")] * len(good)
    whys = [*(why for _, why in WRONG), *("not_an_object" for _ in NOT_OBJECTS)]
    assert outcomes[::2] == [("rejected", why) for why in whys]


def test_1e400_is_one_readings_fault(key, hub):
    bad = json.dumps(wrong(hub)).replace("97", "1e400")
    good = json.dumps(reading(hub, "pulse", 70, NOW - MINUTE))
    body = f'{{"readings": [{bad}, {good}]}}'.encode()
    receipt = inbox.accept(key=key, body=body, at=NOW).receipt
    drain.drain_all(at=NOW)
    assert told(receipt) == [("rejected", "not_a_number"), ("stored", "")]


@pytest.mark.parametrize("number", ["1e400", "-1e999", "9" * 5000, '[{"deep": 1e400}]'])
def test_a_number_beyond_all_numbers_beside_a_reading_does_not_stop_the_queue(key, hub, number):
    beside = json.dumps(reading("NOBODY-1", "pulse", 70, NOW - MINUTE, set="HERE"))
    body = f'{{"readings": [{beside}]}}'.replace('"HERE"', number).encode()
    receipt = inbox.accept(key=key, body=body, at=NOW).receipt
    drain.drain_all(at=NOW)
    assert told(receipt) == [("unclaimed", "unknown_device")]
    assert "inf" in str(UnclaimedReading.objects.get().as_sent["set"])


@pytest.mark.parametrize("depth", [9, 600, 900])
@pytest.mark.parametrize("place", ["set", "value", "kind", "comment", "anything"])
def test_deep_nesting_is_one_readings_fault(key, hub, place, depth):
    marked = json.dumps(wrong(hub) | {place: "HERE"})
    bad = marked.replace('"HERE"', "[" * depth + "]" * depth)
    good = json.dumps(reading("HUB-NOBODYS", "pulse", 70, NOW - MINUTE, set="morning"))
    body = f'{{"readings": [{bad}, {good}]}}'.encode()
    receipt = inbox.accept(key=key, body=body, at=NOW).receipt
    drain.drain_all(at=NOW)
    assert told(receipt) == [("rejected", "nested_too_deeply"), ("unclaimed", "unknown_device")]


def test_what_was_accepted_is_understood_by_a_worker_deep_in_its_own_stack():
    nested = "[" * 900 + "]" * 900
    body = f'{{"readings": [{{"set": {nested}}}]}}'.encode()
    payload.decode(body)

    def deep_down(frames: int) -> int:
        return deep_down(frames - 1) if frames else len(payload.decode_again(body).readings)

    assert deep_down(300) == 1


def test_a_nul_in_a_comment_does_not_stop_the_queue(send, hub):
    assert told(send([wrong(hub, comment="a\x00b", reported_by="\x00")])) == [("stored", "")]
    assert Reading.objects.get().comment == "a\ufffdb"


def test_tabs_backslashes_and_lines_come_back_as_they_were_sent(send, hub):
    text = "tab\there \\N back\\slash\r\nline \\. ünïcode 🫁"
    send([wrong(hub, comment=text, id="a\\b.é🫁")])
    stored = Reading.objects.get()
    assert (stored.comment, stored.sender_id) == (text, "a\\b.é🫁")


def test_a_value_is_stored_at_chart_precision_and_as_sent(send, hub):
    send([reading(hub, "temperature", 100.4, NOW - MINUTE, unit="degF")])
    stored = Reading.objects.get()
    assert (stored.number, stored.as_sent) == (38.0, "100.4 degF")


def test_five_minutes_ahead_is_within_a_clocks_freedom(send, hub):
    assert told(send([wrong(hub, measured_at=(NOW + 5 * MINUTE).isoformat())])) == [("stored", "")]


def test_a_reading_of_35_days_ago_is_stored_late(send, hub, ward_nurse):
    old = (NOW - 35 * DAY).isoformat()
    receipt = send([wrong(hub, measured_at=old)])
    assert told(receipt) == [("unclaimed", "no_holder")]


def test_more_than_a_quarter_of_an_hour_is_late(send, hub):
    readings = [
        reading(hub, "pulse", 70, NOW - 15 * MINUTE),
        reading(hub, "pulse", 71, NOW - 15 * MINUTE - dt.timedelta(seconds=1)),
    ]
    assert told(send(readings)) == [("stored", ""), ("late", "")]


# Duplicates


def test_the_same_upload_again_stores_nothing_twice(send, hub):
    readings = make_set(hub, NOW - MINUTE)
    send(readings)
    assert told(send(readings)) == [("duplicate", "")] * 7
    assert Reading.objects.count() == 7


def test_the_same_reading_twice_in_one_upload_is_one(send, hub):
    one = wrong(hub)
    assert told(send([one, one])) == [("stored", ""), ("duplicate", "")]


@pytest.mark.parametrize(
    "more",
    [
        {"value": 96},
        {"kind": "pulse", "unit": "/min"},
        {"measured_at": (NOW - 2 * MINUTE).isoformat()},
        {"quality": "poor"},
        {"context": "exertion"},
        {"source": "visit"},
    ],
)
@pytest.mark.parametrize("apart", [True, False])
def test_an_id_used_for_something_else_on_the_same_day_is_told(send, hub, more, apart):
    first = wrong(hub)
    if apart:
        send([first])
        assert told(send([first | more])) == [("rejected", "id_reused")]
    else:
        assert told(send([first, first | more])) == [("stored", ""), ("rejected", "id_reused")]
    assert Reading.objects.get().number == 97


def test_a_refused_reading_sent_twice_at_once_is_refused_twice(send, hub):
    """Who is told "duplicate" believes that it is stored."""
    first = wrong(hub)
    send([first])
    again = first | {"value": 84}
    assert told(send([again, again, first])) == [
        ("rejected", "id_reused"),
        ("rejected", "id_reused"),
        ("duplicate", ""),
    ]


def test_an_id_that_two_workers_stored_twice_on_one_day_stops_nothing(send, hub):
    """On the day a device changes hands its readings may be stored under two locks at once."""
    first = wrong(hub)
    send([first])
    later = NOW - MINUTE / 2
    row = Reading.objects.get()
    fields = {field.attname: getattr(row, field.attname) for field in Reading._meta.concrete_fields}
    Reading.objects.create(**fields | {"measured_at": later})
    sent = [first, first | {"measured_at": later.isoformat()}, first | {"value": 84}]
    assert told(send(sent)) == [("duplicate", ""), ("duplicate", ""), ("rejected", "id_reused")]


def test_an_id_may_come_back_on_another_day(send, hub):
    first = wrong(hub)
    again = first | {"measured_at": (NOW - DAY).isoformat()}
    assert [told(send([first])), told(send([again]))] == [[("stored", "")], [("late", "")]]


def test_the_same_id_of_another_device_is_another_reading(send, hub, admission, ward_nurse):
    other = make_held_hub(admission, by=ward_nurse, at=ADMITTED)
    first = wrong(hub)
    assert told(send([first, first | {"device": other.serial}])) == [("stored", "")] * 2


# Whose it is


def test_an_unknown_device_is_unclaimed_and_waits_in_the_tray(send, hub):
    receipt = send([reading("NOBODY-1", "pulse", 70, NOW - MINUTE)])
    assert told(receipt) == [("unclaimed", "unknown_device")]
    kept = UnclaimedReading.objects.get()
    assert (kept.serial, kept.number, kept.receipt) == ("NOBODY-1", 70, receipt)
    assert kept.as_sent["kind"] == "pulse"
    assert kept.ward is not None


def test_two_unnamed_patients_of_an_app_may_have_readings_of_one_id(send):
    first, second = (
        reading(None, "pulse", 70, NOW - MINUTE, id="1", patient=name)
        for name in ("nobody-1", "nobody-2")
    )
    assert told(send([first, second])) == [("unclaimed", "unknown_patient")] * 2
    assert told(send([second, first])) == [("duplicate", "")] * 2
    assert set(UnclaimedReading.objects.values_list("named", flat=True)) == {"nobody-1", "nobody-2"}


def test_pulse_and_saturation_of_an_unknown_device_may_have_one_id(send, hub):
    sent = [
        reading("HUB-NOBODYS", "pulse", 70, NOW - MINUTE, id="1"),
        reading("HUB-NOBODYS", "spo2", 84, NOW - MINUTE, id="1"),
    ]
    assert told(send(sent)) == [("unclaimed", "unknown_device")] * 2


@pytest.mark.parametrize("more", [{"value": 84}, {"source": "phone"}, {"context": "exertion"}])
def test_an_unclaimed_reading_of_the_same_id_that_says_something_else_is_no_duplicate(
    send, hub, more
):
    first = reading("HUB-NOBODYS", "spo2", 97, NOW - MINUTE)
    assert told(send([first, first | more])) == [
        ("unclaimed", "unknown_device"),
        ("rejected", "id_reused"),
    ]
    assert told(send([first | more])) == [("rejected", "id_reused")]
    assert told(send([first])) == [("duplicate", "")]


def test_an_unclaimed_reading_sent_again_is_a_duplicate(send, hub):
    one = reading("NOBODY-1", "pulse", 70, NOW - MINUTE)
    assert told(send([one, one])) == [("unclaimed", "unknown_device"), ("duplicate", "")]
    assert told(send([one])) == [("duplicate", "")]
    assert UnclaimedReading.objects.count() == 1


def test_a_device_of_another_organisation_is_as_unknown_as_one_that_does_not_exist(send, hub):
    make_hub(provider=make_provider("RX9"), serial="THEIRS-1")
    receipt = send([reading(serial, "pulse", 70, NOW - MINUTE) for serial in ("THEIRS-1", "X")])
    assert told(receipt) == [("unclaimed", "unknown_device")] * 2


def test_kit_in_store_has_no_holder(send, hub):
    spare = make_hub(provider=hub.provider)
    assert told(send([wrong(spare)])) == [("unclaimed", "no_holder")]


def test_a_named_patient_who_is_not_the_holder_makes_it_unclaimed(send, hub, admission):
    other = make_admission(ward=admission.ward, at=ADMITTED)
    number = other.patient.nhs_number
    receipt = send([wrong(hub, patient=number), wrong(hub, patient="9990000000")])
    assert told(receipt) == [("unclaimed", "not_the_holder")] * 2
    kept = UnclaimedReading.objects.get(named=number)
    assert kept.candidates == [admission.pk, other.pk]


def test_the_holder_may_be_named_too_with_spaces_or_without(send, hub, admission):
    number = admission.patient.nhs_number
    spaced = f"{number[:3]} {number[3:6]} {number[6:]}"
    receipt = send([wrong(hub, patient=number), wrong(hub, patient=spaced)])
    assert told(receipt) == [("stored", "")] * 2


def test_a_patients_own_app_needs_no_device(send, hub, admission):
    receipt = send([reading(None, "pain", 4, NOW - MINUTE, patient=admission.patient.nhs_number)])
    assert told(receipt) == [("stored", "")]
    stored = Reading.objects.get()
    assert (stored.admission_id, stored.device_id < 0) == (admission.pk, True)


def test_two_patients_apps_may_number_their_readings_alike(send, hub, admission):
    other = make_admission(ward=admission.ward, at=ADMITTED)
    names = [one.patient.nhs_number for one in (admission, other)]
    receipt = send([reading(None, "pain", 4, NOW - MINUTE, patient=n, id="1") for n in names])
    assert told(receipt) == [("stored", "")] * 2


def test_an_enrolment_token_names_its_admission_to_its_supplier_only(send, hub, admission):
    for token, supplier in (("ours", make_supplier()), ("theirs", make_supplier("Another"))):
        EnrolmentToken.objects.create(
            token=token, admission=admission, supplier=supplier, starts=ADMITTED
        )
    receipt = send([reading(None, "pain", 4, NOW - MINUTE, patient=t) for t in ("ours", "theirs")])
    assert told(receipt) == [("stored", ""), ("unclaimed", "unknown_patient")]


def test_a_patient_of_an_organisation_the_gateway_does_not_serve_is_unknown(send, hub):
    elsewhere = make_ward("RX9-else", name="Else", provider=make_provider("RX9"))
    other = make_admission(ward=elsewhere, at=ADMITTED)
    receipt = send([reading(None, "pain", 4, NOW - MINUTE, patient=other.patient.nhs_number)])
    assert told(receipt) == [("unclaimed", "unknown_patient")]


def test_a_shared_device_must_name_its_patient(send, hub, admission):
    home = Place.objects.create(name="The Cedars", kind=Place.Kind.CARE_HOME)
    shared = make_hub(provider=hub.provider, place=home)
    named = wrong(shared, patient=admission.patient.nhs_number)
    receipt = send([wrong(shared), named, wrong(shared, patient="9990009999")])
    assert told(receipt) == [
        ("unclaimed", "patient_not_named"),
        ("stored", ""),
        ("unclaimed", "unknown_patient"),
    ]


def test_a_reading_without_a_patient_that_alone_scores_3_rings_once_a_device(send, hub):
    send([reading("NOBODY-1", "spo2", 84, NOW - MINUTE), reading("N-2", "pulse", 70, NOW - MINUTE)])
    send([reading("NOBODY-1", "spo2", 83, NOW)])
    alert = Alert.objects.get()
    assert (alert.kind, alert.subject) == (Alert.Kind.NO_PATIENT, "NOBODY-1")
    assert alert.bells.count() == 1


# What the readings ask for


def test_an_impossible_value_of_a_known_holder_asks_to_measure_again(send, hub, admission):
    receipt = send([wrong(hub, value=400)])
    assert told(receipt) == [("rejected", "implausible")]
    assert json.loads(Receipt.objects.get(pk=receipt).sent) == {"0": "spo2 400 %"}
    prompt = Prompt.objects.get()
    assert (prompt.kind, prompt.admission) == (Prompt.Kind.REPEAT_MEASUREMENT, admission)
    send([wrong(hub, value=401)])
    assert Prompt.objects.count() == 1


# Receipts


def answer(key: str, receipt: object) -> tuple[int, dict[str, Any]]:
    got = Client().get(f"/api/v1/receipts/{receipt}/", headers={"Authorization": f"Bearer {key}"})
    return got.status_code, got.json()


def test_a_receipt_tells_each_reading_and_its_counts_add_up(send, key, hub):
    one = wrong(hub)
    readings = [one, one, wrong("X"), wrong(hub, value=True), wrong(hub, measured_at=old())]
    status, body = answer(key, send(readings))
    assert status == 200
    assert body["counts"] == dict.fromkeys(
        ("stored", "late", "duplicate", "unclaimed", "rejected"), 1
    )
    assert (body["received"], body["pending"]) == (5, 0)
    assert [line["index"] for line in body["readings"]] == [0, 1, 2, 3, 4]
    assert body["readings"][3]["why"] == "not_a_number"


def old() -> str:
    return (NOW - HOUR).isoformat()


def test_a_receipt_of_what_waits_tells_it_as_pending(send, key, hub):
    receipt = send([wrong(hub), {"id": "x"}, None], drained=False)
    _, body = answer(key, receipt)
    assert (body["received"], body["pending"]) == (3, 3)
    assert {line["outcome"] for line in body["readings"]} == {None}


def test_a_receipt_of_what_waits_is_told_however_deep_its_body_is(key):
    nested = "[" * 900 + "]" * 900
    body = f'{{"readings": [{{"id": "x", "set": {nested}}}]}}'.encode()
    receipt = inbox.accept(key=key, body=body, at=NOW).receipt

    def deep_down(frames: int) -> tuple[int, dict[str, Any]]:
        return deep_down(frames - 1) if frames else answer(key, receipt)

    status, told = deep_down(100)
    assert (status, told["pending"]) == (200, 1)


def test_another_gateways_receipt_does_not_exist(send, key, hub):
    receipt = send([wrong(hub)], at=timezone.now())
    assert answer(make_key(), receipt)[0] == 404
    assert answer("", receipt)[0] == 401
    assert answer(key, uuid7_at(timezone.now()))[0] == 404


def test_a_receipt_older_than_thirty_days_is_gone(key):
    assert answer(key, uuid7_at(timezone.now() - 31 * DAY))[0] == 410


# A body that cannot be stored


def poison(monkeypatch, marker: str) -> None:
    real = Reader.read

    def read(self, item):
        if isinstance(item, dict) and item.get("comment") == marker:
            raise ZeroDivisionError
        return real(self, item)

    monkeypatch.setattr(Reader, "read", read)


def test_a_poisoned_upload_is_parked_and_stops_no_other(send, key, hub, monkeypatch):
    poison(monkeypatch, "poison")
    bad = send([wrong(hub, comment="poison")], drained=False)
    good = send([wrong(hub)])
    assert told(good) == [("stored", "")]
    parked = Inbox.objects.get()
    assert (parked.receipt, parked.attempts, parked.why) == (bad, 3, "ZeroDivisionError")
    _, body = answer(key, bad)
    assert body["pending"] == 1
    assert body["readings"][0]["why"] == "parked"
    monkeypatch.undo()
    call_command("retry_parked")
    drain.drain_all(at=NOW)
    assert told(bad) == [("stored", "")]


@pytest.mark.parametrize("uploads", [1, 2])
def test_a_worker_whose_time_is_over_blames_no_upload(send, hub, monkeypatch, uploads):
    for _ in range(uploads):
        send([wrong(hub)], drained=False)

    def slow(*_args: object, **_more: object) -> int:
        raise SoftTimeLimitExceeded

    monkeypatch.setattr(drain, "store", slow)
    with pytest.raises(SoftTimeLimitExceeded):
        drain.drain_once(at=NOW)
    assert set(Inbox.objects.values_list("attempts", flat=True)) == {0}


def test_one_poisoned_upload_is_found_by_halving(send, hub, monkeypatch):
    """Trying each of the others by itself would hold up a whole lane for seconds, three times."""
    poison(monkeypatch, "poison")
    for number in range(64):
        send([wrong(hub, comment="poison" if number == 40 else "fine")], drained=False)
    tried = []

    def counted(uploads, *, at):
        tried.append(uploads)
        return store(uploads, at=at)

    monkeypatch.setattr(drain, "store", counted)
    done = drain.drain_once(at=NOW)
    assert (done.uploads, done.failed) == (63, 1)
    # The whole, then two halves each time, down to the one.
    assert len(tried) == 1 + 2 * 6
    send([wrong(hub)], drained=False)
    done = drain.drain_once(at=NOW)
    assert (done.uploads, done.failed, len(tried)) == (1, 1, 13 + 2), "by itself from then on"


def test_the_same_kit_serves_two_gateways(send, hub, ward_nurse: User, admission: Admission):
    other = make_key(make_gateway(hub.provider))
    one = wrong(hub)
    send([one])
    receipt = inbox.accept(key=other, body=json.dumps({"readings": [one]}).encode(), at=NOW).receipt
    drain.drain_all(at=NOW)
    assert told(receipt) == [("duplicate", "")]
