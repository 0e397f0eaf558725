"""Our own ids in what a gateway sends, as the names that attribution knows.

Only of organisations that the gateway serves: any other id stays what it is, a name that nobody
knows, so that a sender learns nothing from trying numbers.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from lib.london import day_of
from observations.fhir.mapping.whose import Who
from observations.models import Device, GatewayProvider
from patients.models import Identifier


class Names(NamedTuple):
    """Serial numbers and NHS numbers by our own ids."""

    devices: dict[int, str]
    patients: dict[UUID, str]

    def device(self, who: Who) -> str:
        return who.device if who.device_id is None else self.devices.get(who.device_id, who.device)

    def patient(self, who: Who) -> str:
        if who.patient_id is None:
            return who.patient
        return self.patients.get(who.patient_id, who.patient)


def names(told: Collection[Who], *, gateway_id: int, at: datetime) -> Names:
    served = GatewayProvider.objects.on(day_of(at)).filter(gateway=gateway_id).values("provider")
    devices = {who.device_id for who in told if who.device_id is not None}
    patients = {who.patient_id for who in told if who.patient_id is not None}
    kit = Device.objects.filter(pk__in=devices, provider__in=served) if devices else ()
    numbers = (
        Identifier.objects.current()
        .nhs_numbers()
        .filter(patient__in=patients, patient__admissions__ward__lead_provider__in=served)
        .distinct()
        if patients
        else ()
    )
    return Names(
        {one.pk: one.serial for one in kit}, {one.patient_id: one.value for one in numbers}
    )
