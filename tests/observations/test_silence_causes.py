"""Why something is silent, by tables: the patient, the device, the whole gateway."""

import datetime as dt

import pytest

from observations import worn
from observations.models import Device as Device_
from observations.models import DeviceStatus, Gateway
from observations.silence import (
    DEAD_AFTER,
    MUTE_AFTER,
    Device,
    Schedule,
    cause,
    down_at,
    is_mute,
    missed_again_at,
)
from tests.observations.factories import make_gateway

NOW = dt.datetime(2026, 11, 21, 12, 0, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)
MINUTE = dt.timedelta(minutes=1)
DUE = NOW - 5 * HOUR

WORKS = Device(80, tells=True)
FLAT = Device(5, tells=True)
NEARLY_FLAT = Device(6, tells=True)
MUTE = Device(80, tells=True, mute=True)
# Speaks only when somebody measures.
SHY_FOR_A_DAY = Device(mute=True)
CUT_OFF = Device(80, tells=True, gateway_down=True)
FLAT_AND_CUT_OFF = Device(3, tells=True, gateway_down=True)
NEVER_HEARD = Device()


@pytest.mark.parametrize(
    ("devices", "because"),
    [
        ([], "silent"),
        ([WORKS], "silent"),
        ([NEVER_HEARD], "silent"),
        ([NEARLY_FLAT], "silent"),
        ([FLAT], "device_dead"),
        ([MUTE], "device_dead"),
        ([CUT_OFF], "gateway_down"),
        ([FLAT_AND_CUT_OFF], "device_dead"),
        # Any that works leaves it to the patient.
        ([FLAT, WORKS], "silent"),
        ([CUT_OFF, WORKS], "silent"),
        # A device that is cut off may be well.
        ([FLAT, CUT_OFF], "gateway_down"),
        ([FLAT, MUTE], "device_dead"),
    ],
)
def test_a_silence_has_its_cause(devices, because):
    assert cause(devices, due_at=DUE, now=NOW) == because
    assert cause(reversed(devices), due_at=DUE, now=NOW) == because


@pytest.mark.parametrize(
    ("device", "due_at", "because"),
    [
        (MUTE, NOW - DEAD_AFTER + MINUTE, "silent"),
        (MUTE, NOW - DEAD_AFTER, "device_dead"),
        (MUTE, None, "silent"),
        (SHY_FOR_A_DAY, NOW - 5 * HOUR, "silent"),
        (SHY_FOR_A_DAY, NOW - MUTE_AFTER, "device_dead"),
        (FLAT, None, "device_dead"),
    ],
)
def test_a_device_is_not_dead_before_it_was_long_owed_something(device, due_at, because):
    """Scales that are used once a day say nothing in between."""
    assert cause([device], due_at=due_at, now=NOW) == because


MUTE_TABLE = [
    # when the device and when its gateway were last heard, whether it tells its status
    (NOW - DEAD_AFTER, NOW, True, True),
    (NOW - DEAD_AFTER + MINUTE, NOW, True, False),
    (NOW - DEAD_AFTER, NOW, False, False),
    (NOW - MUTE_AFTER, NOW, False, True),
    # Its gateway was not heard either.
    (NOW - 48 * HOUR, NOW - 48 * HOUR, True, False),
    (NOW, NOW - 48 * HOUR, True, False),
    (None, NOW, True, False),
    (NOW - 48 * HOUR, None, True, False),
]


@pytest.mark.parametrize(("heard_at", "gateway_heard_at", "tells", "mute"), MUTE_TABLE)
def test_a_device_is_mute_while_its_gateway_goes_on_being_heard(
    heard_at, gateway_heard_at, tells, mute
):
    assert is_mute(heard_at, gateway_heard_at, tells=tells) is mute


@pytest.mark.parametrize(("heard_at", "gateway_heard_at", "tells", "mute"), MUTE_TABLE)
def test_the_database_finds_the_same_devices_mute(
    hub, admission, heard_at, gateway_heard_at, tells, mute
):
    gateway = make_gateway()
    Gateway.objects.update(last_heard_at=gateway_heard_at)
    Device_.objects.update(last_heard_at=heard_at, last_gateway=gateway)
    if tells:
        DeviceStatus.objects.create(device=hub, measured_at=NOW, gateway=gateway)
    (found,) = worn.pieces([admission.pk])[admission.pk]
    assert (found.known.mute, found.known.tells) == (mute, tells)


@pytest.mark.parametrize(
    ("quiet", "beats", "at"),
    [
        (30, True, NOW + 30 * MINUTE),
        (90, True, NOW + 90 * MINUTE),
        (30, False, None),
        (0, True, None),
    ],
)
def test_a_gateway_is_watched_where_it_beats_and_somebody_wants_it(quiet, beats, at):
    assert down_at(NOW, quiet_minutes=quiet, beats=beats) == at


@pytest.mark.parametrize(
    ("schedule", "again"),
    [
        # 08:00 was missed; 14:00 is next, and silent two hours after.
        (Schedule(NOW - 9 * HOUR, times=(dt.time(8), dt.time(14))), NOW + 4 * HOUR),
        (Schedule(NOW - 9 * HOUR, every=HOUR), NOW + 2 * HOUR),
        (Schedule(NOW - 9 * HOUR, every=8 * HOUR), NOW + 10 * HOUR),
        (Schedule(NOW + 5 * HOUR, every=HOUR), NOW + 6 * HOUR),
    ],
)
def test_a_silence_that_goes_on_is_missed_again_with_the_next_set(schedule, again):
    assert missed_again_at(schedule, now=NOW) == again
