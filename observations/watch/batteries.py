"""A low battery asks somebody to change or charge it: once a device, until it was full again.

Asked from the sweep and not from the drain: kit that is low already when it is handed out is asked
for too, and locks keep their order.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import Q

from observations import lookups
from observations.models import Device, DeviceStatus, Holding, Prompt
from observations.silence import LOW_BATTERY
from observations.storage.versions import touch_standings

_AT_ONCE: Final = 200
_LOW: Final = Q(told__battery__lte=LOW_BATTERY, told__asked=False)


def ask(*, at: datetime) -> int:
    """How many were asked for, each in a transaction of its own."""
    held = Holding.objects.at(at).filter(admission__discharged_at__isnull=True)
    low = Device.objects.filter(_LOW, pk__in=held.values("device")).order_by("pk")
    return sum(_ask(pk, at) for pk in list(low.values_list("pk", flat=True)[:_AT_ONCE]))


@transaction.atomic
def _ask(pk: int, at: datetime) -> bool:
    """Device, admission, standing, status: two sweeps at once ask once."""
    device = Device.objects.select_for_update(no_key=True, of=("self",)).get(pk=pk)
    holding = Holding.objects.at(at).filter(device=device).first()
    if holding is None:
        return False
    admissions = lookups.lock_admissions([holding.admission_id])
    touch_standings({holding.admission_id})
    status = DeviceStatus.objects.select_for_update(of=("self",)).get(pk=pk)
    if status.asked or status.battery is None or status.battery > LOW_BATTERY:
        return False
    status.asked = True
    status.save(update_fields=["asked"])
    prompt = Prompt(
        kind=Prompt.Kind.BATTERY,
        ward_id=admissions[0].ward_id,
        admission_id=holding.admission_id,
        device=device,
        text=_words(device, status.battery),
        raised_at=at,
    )
    Prompt.objects.bulk_create([prompt], ignore_conflicts=True)
    return True


def _words(device: Device, battery: int) -> str:
    name = f"{device.model} {device.serial}"
    return f"{name} has {battery}% left. Change or charge the battery."[:240]
