"""What devices tell of themselves, passed on by their gateway with or without readings: battery,
signal, firmware, or only that they live.

Whatever is wrong with an entry, nothing else suffers: it is ignored, and counted in the log. Their
rows are locked last and in id order, and no standing is touched: the board's version
counts them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

import structlog

from lib.london import day_of
from observations import limits
from observations.draining import heard
from observations.draining.uploads import Upload
from observations.intake import payload
from observations.models import Device, DeviceStatus, GatewayProvider
from observations.silence import LOW_BATTERY

log = structlog.get_logger(__name__)

_FIELDS: Final = (
    *("battery", "battery_at", "signal", "firmware", "measured_at", "gateway", "asked"),
)


class Entry(NamedTuple):
    """One device's word of itself; what it did not tell is None or empty."""

    gateway_id: int
    serial: str
    at: datetime
    battery: int | None = None
    signal: int | None = None
    firmware: str = ""


def note(uploads: Sequence[Upload], *, at: datetime) -> None:
    """Keep the newest word of each device that the gateway may speak for."""
    if not any(upload.devices for upload in uploads):
        return
    told = [entry for upload in uploads for entry in entries(upload)]
    devices = _allowed(told, at)
    known = [entry for entry in told if (entry.gateway_id, entry.serial) in devices]
    ignored = sum(len(upload.devices) for upload in uploads) - len(known)
    if ignored:
        log.info("device_statuses_ignored", many=ignored)
    by_device = [(devices[entry.gateway_id, entry.serial], entry) for entry in known]
    heard.note_devices((pk, entry.at, entry.gateway_id) for pk, entry in by_device)
    _keep(sorted(by_device, key=lambda pair: (pair[0], pair[1].at)))


def entries(upload: Upload) -> Iterator[Entry]:
    """Those that can be understood, the first thousand; the time as the gateway's clock has it,
    and never later than the upload's."""
    for told in upload.devices[: limits.MAX_DEVICES]:
        entry = _entry(told, upload) if isinstance(told, dict) else None
        if entry is not None:
            yield entry


def _entry(told: dict[str, Any], upload: Upload) -> Entry | None:
    serial, battery, signal = told.get("device"), told.get("battery"), told.get("signal")
    firmware, given = told.get("firmware"), told.get("at")
    at = upload.received_at if given is None else payload.instant(given)
    in_order = (
        payload.is_name(serial, limits.MAX_ID)
        and _is_share(battery)
        and _is_share(signal)
        and (firmware is None or payload.is_name(firmware, limits.MAX_FIRMWARE))
        and at is not None
        and upload.received_at - at <= limits.ACCEPT_WINDOW
    )
    if not in_order or at is None:
        return None
    true_at = min(at - upload.set_back, upload.received_at)
    battery, signal = (None if share is None else round(share) for share in (battery, signal))
    return Entry(upload.gateway_id, str(serial), true_at, battery, signal, firmware or "")


def _is_share(value: object) -> bool:
    """A percentage, or nothing; True is no number."""
    if value is None:
        return True
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 100


def _allowed(told: Sequence[Entry], at: datetime) -> dict[tuple[int, str], int]:
    """Devices by gateway and serial, of providers that the gateway serves."""
    gateways = {entry.gateway_id for entry in told}
    serves = GatewayProvider.objects.on(day_of(at)).filter(gateway__in=gateways)
    providers = set(serves.values_list("gateway_id", "provider_id"))
    devices = Device.objects.filter(serial__in={entry.serial for entry in told})
    return {
        (gateway, serial): pk
        for pk, serial, provider in devices.values_list("pk", "serial", "provider_id")
        for gateway in gateways
        if (gateway, provider) in providers
    }


def _keep(told: Sequence[tuple[int, Entry]]) -> None:
    ids = sorted({pk for pk, _ in told})
    known = DeviceStatus.objects.select_for_update().filter(pk__in=ids).order_by("pk")
    rows = {row.pk: row for row in known}
    for pk, entry in told:
        _merge(rows.setdefault(pk, _fresh(pk, entry)), entry)
    DeviceStatus.objects.bulk_create(
        [rows[pk] for pk in ids],
        update_conflicts=True,
        unique_fields=["device"],
        update_fields=_FIELDS,
    )


def _fresh(pk: int, entry: Entry) -> DeviceStatus:
    return DeviceStatus(device_id=pk, measured_at=entry.at, gateway_id=entry.gateway_id)


def _merge(row: DeviceStatus, entry: Entry) -> None:
    """The battery has a time of its own: who tells only the signal takes no charge away."""
    if entry.battery is not None and (row.battery_at is None or entry.at >= row.battery_at):
        row.battery, row.battery_at = entry.battery, entry.at
        # Charged: when it is low again, somebody is asked again.
        row.asked = row.asked and entry.battery <= LOW_BATTERY
    if entry.at < row.measured_at:
        return
    row.measured_at, row.gateway_id = entry.at, entry.gateway_id
    row.signal = row.signal if entry.signal is None else entry.signal
    row.firmware = entry.firmware or row.firmware
