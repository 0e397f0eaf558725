"""What devices tell of themselves: kept, the newest first, and never at a reading's cost."""

import datetime as dt
import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from observations.actions.devices import issue_device
from observations.actions.prompts import finish_prompt
from observations.draining import drain
from observations.intake import inbox
from observations.models import Device, DeviceStatus, Prompt, Reading, Receipt, Standing
from observations.watch import batteries
from tests.capacity.factories import make_provider
from tests.observations.conftest import NOW
from tests.observations.factories import make_gateway, make_held_hub, make_hub, make_key, reading
from tests.patients.factories import make_admission, make_clinician

MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def tell(key):
    """A heartbeat with what devices told, or an upload with readings too."""

    def told(*devices, readings=(), at=NOW, key=key):
        text = json.dumps({"readings": list(readings), "devices": list(devices)})
        body = text.replace("Infinity", "1e400").encode()
        accepted = inbox.accept(key=key, body=body, at=at)
        drain.drain_all(at=at)
        return accepted.receipt

    return told


def status(hub) -> DeviceStatus:
    return DeviceStatus.objects.get(pk=hub.pk)


def test_a_heartbeat_tells_battery_signal_and_firmware(tell, hub):
    tell({"device": hub.serial, "battery": 8, "signal": 60.4, "firmware": "4.2.1"})
    known = status(hub)
    assert (known.battery, known.signal, known.firmware) == (8, 60, "4.2.1")
    assert (known.measured_at, known.battery_at) == (NOW, NOW)
    assert Device.objects.get(pk=hub.pk).last_heard_at == NOW


def test_the_newest_wins_in_whatever_order_they_come(tell, hub):
    older = {"device": hub.serial, "battery": 50, "at": (NOW - 9 * MINUTE).isoformat()}
    tell({"device": hub.serial, "battery": 8, "at": NOW.isoformat()}, older)
    tell(older, at=NOW + MINUTE)
    assert (status(hub).battery, status(hub).measured_at) == (8, NOW)


def test_who_tells_only_the_signal_takes_no_charge_away(tell, hub):
    tell({"device": hub.serial, "signal": 20, "at": NOW.isoformat()})
    tell({"device": hub.serial, "battery": 8, "at": (NOW - MINUTE).isoformat()})
    known = status(hub)
    assert (known.battery, known.battery_at, known.signal) == (8, NOW - MINUTE, 20)


def test_a_clock_that_is_ahead_makes_no_status_of_tomorrow(tell, hub):
    tell({"device": hub.serial, "battery": 8, "at": (NOW + dt.timedelta(days=1)).isoformat()})
    assert status(hub).measured_at == NOW


WRONG = [
    "HUB",
    7,
    None,
    [],
    {},
    {"device": 5, "battery": 50},
    {"device": "", "battery": 50},
    {"device": "HUB", "battery": 101},
    {"device": "HUB", "battery": -1},
    {"device": "HUB", "battery": True},
    {"device": "HUB", "battery": "50"},
    {"device": "HUB", "battery": 1e400},
    {"device": "HUB", "signal": []},
    {"device": "HUB", "firmware": "x" * 61},
    {"device": "HUB", "firmware": "4\x002"},
    {"device": "HUB", "firmware": 4},
    {"device": "HUB", "at": "yesterday"},
    {"device": "HUB", "at": 5},
    {"device": "HUB", "at": "2020-01-01T00:00:00Z"},
    {"device": "UNKNOWN", "battery": 50},
]


@pytest.mark.parametrize("wrong", WRONG, ids=repr)
def test_a_bad_entry_is_ignored_and_costs_nothing_else(tell, admission, ward_nurse, wrong):
    hub = make_held_hub(admission, by=ward_nurse, serial="HUB")
    good = make_held_hub(admission, by=ward_nurse, serial="GOOD")
    receipt = tell(
        wrong,
        {"device": "GOOD", "battery": 50},
        readings=[reading(hub, "pulse", 70, NOW)],
    )
    assert Reading.objects.count() == 1
    assert list(DeviceStatus.objects.values_list("pk", "battery")) == [(good.pk, 50)]
    assert Receipt.objects.get(pk=receipt).outcomes == [Receipt.Outcome.STORED]


@pytest.mark.parametrize("devices", ["HUB", {"device": "HUB"}, 5, None, True])
def test_devices_that_are_no_list_refuse_no_upload(key, hub, devices):
    body = json.dumps({"readings": [reading(hub, "pulse", 70, NOW)], "devices": devices}).encode()
    inbox.accept(key=key, body=body, at=NOW)
    assert drain.drain_all(at=NOW).readings == 1


def test_a_gateway_speaks_only_for_kit_of_its_providers(tell, hub):
    stranger = make_key(make_gateway(make_provider("RX1", name="Another Trust")))
    tell({"device": hub.serial, "battery": 1}, key=stranger)
    assert not DeviceStatus.objects.exists()
    assert Device.objects.get(pk=hub.pk).last_heard_at is None


def test_nothing_told_costs_no_query(key, hub):
    def cost(body: bytes) -> int:
        inbox.accept(key=key, body=body, at=NOW)
        with CaptureQueriesContext(connection) as caught:
            drain.drain_once(at=NOW)
        return len(caught)

    cost(b'{"readings": []}')
    assert cost(b'{"readings": [], "devices": []}') == cost(b'{"readings": []}')


def test_a_hundred_devices_cost_as_many_queries_as_one(key, admission):
    """Of one batch: how far the inbox is empty is looked after between two, by the clock."""
    hubs = [make_hub(provider=admission.ward.lead_provider) for _ in range(100)]

    def cost(told: list[Device], at: dt.datetime) -> int:
        devices = [{"device": hub.serial, "battery": 50} for hub in told]
        inbox.accept(key=key, body=json.dumps({"readings": [], "devices": devices}).encode(), at=at)
        with CaptureQueriesContext(connection) as caught:
            drain.drain_once(at=at)
        return len(caught)

    cost(hubs[:1], NOW)
    assert cost(hubs[:1], NOW + 2 * MINUTE) == cost(hubs, NOW + 4 * MINUTE)
    assert DeviceStatus.objects.count() == 100


# A low battery asks somebody


def asked() -> list[tuple[str, str]]:
    return list(Prompt.objects.order_by("pk").values_list("kind", "text"))


def test_a_low_battery_asks_its_holders_ward_once(tell, hub, admission):
    before = Standing.objects.filter(pk=admission.pk).values_list("version", flat=True).first() or 0
    for n, battery in enumerate((16, 15, 14, 8)):
        tell({"device": hub.serial, "battery": battery}, at=NOW + n * MINUTE)
        batteries.ask(at=NOW + n * MINUTE)
    words = f"CliniTouch hub {hub.serial} has 15% left. Change or charge the battery."
    assert asked() == [("battery", words)]
    prompt = Prompt.objects.get()
    assert (prompt.admission, prompt.ward) == (admission, admission.ward)
    assert Standing.objects.get(pk=admission.pk).version > before


def test_it_asks_again_only_after_it_was_charged(tell, hub, ward_nurse):
    for n, battery in enumerate((10, 9, 90, 12)):
        at = NOW + n * MINUTE
        tell({"device": hub.serial, "battery": battery}, at=at)
        batteries.ask(at=at)
        for prompt in Prompt.objects.open():
            finish_prompt(prompt=prompt, outcome="Changed", by=ward_nurse, at=at)
    assert [text.split(" has ")[1][:3] for _, text in asked()] == ["10%", "12%"]


def test_kit_in_store_asks_when_it_is_handed_out(tell, admission, ward_nurse):
    spare = make_hub(provider=admission.ward.lead_provider)
    tell({"device": spare.serial, "battery": 3})
    assert batteries.ask(at=NOW) == 0
    issue_device(device=spare, admission=admission, by=ward_nurse, at=NOW)
    assert [batteries.ask(at=NOW), batteries.ask(at=NOW)] == [1, 0]


def test_two_devices_of_a_patient_are_two_prompts(tell, admission, ward_nurse):
    kit = [make_held_hub(admission, by=ward_nurse) for _ in range(2)]
    tell(*({"device": one.serial, "battery": 4} for one in kit))
    assert batteries.ask(at=NOW) == 2


def test_another_wards_patient_is_asked_for_on_that_ward(tell, hub):
    other = make_admission(at=NOW - dt.timedelta(days=1))
    by = make_clinician(other.ward)
    theirs = make_held_hub(other, by=by, at=NOW - dt.timedelta(days=1))
    tell({"device": theirs.serial, "battery": 4})
    batteries.ask(at=NOW)
    assert Prompt.objects.get().ward == other.ward
