"""A ward with three patients and their kit, in which a day may happen; and what it looks like
afterwards, told by names, so that two worlds can be compared."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from itertools import count
from typing import Any, Final
from uuid import UUID

from django.db import connection

from observations.actions.devices import correct_holding, issue_device, return_device
from observations.actions.equipment import enrol
from observations.actions.retractions import take_back
from observations.intake import inbox
from observations.models import (
    Alert,
    Bell,
    DueTime,
    Finding,
    Holding,
    LatestVital,
    Reading,
    Score,
    Standing,
    UnclaimedReading,
)
from observations.watch import deadlines
from patients.models import Place
from rounds.actions.leaving import discharge_with_open
from tests.observations.conftest import ADMITTED
from tests.observations.factories import (
    body_of,
    make_gateway,
    make_held_hub,
    make_hub,
    make_key,
    make_supplier,
)
from tests.observations.properties.days import (
    ADA,
    AHEAD,
    AHEAD_OF_TIME,
    APP,
    BEN,
    BY_TOKEN,
    CY,
    FAST,
    HUB,
    LEFT,
    OWN,
    PEOPLE,
    RIGHT,
    SHARED,
    WAYS,
    Measured,
)
from tests.patients.factories import make_admission, make_clinician

_numbers: Final = count(1)


class World:
    """Made anew for each telling of a day; all worlds stand on one ward."""

    def __init__(self) -> None:
        self.mark = f" (world {next(_numbers)})"
        self.people = {
            name: make_admission(pathway="heart-failure", at=ADMITTED) for name in PEOPLE
        }
        self.ward = self.people[ADA].ward
        self.by = make_clinician(self.ward)
        self._make_kit()
        supplier = make_supplier()
        self.gateways = {
            way: make_gateway(self.ward.lead_provider, name=f"{way}{self.mark}")
            for way in (LEFT, RIGHT, AHEAD_OF_TIME)
        }
        self.keys = {way: make_key(gateway) for way, gateway in self.gateways.items()}
        self.named = {name: one.patient.nhs_number for name, one in self.people.items()}
        self.tokens = {
            name: enrol(
                admission=self.people[name], supplier=supplier, by=self.by, at=ADMITTED
            ).token
            for name in sorted({name for _, name in BY_TOKEN})
        }
        deadlines.refresh(sorted(self._ids()), at=ADMITTED)

    def _make_kit(self) -> None:
        kit = {HUB: ADA, OWN: BEN, FAST: CY}
        self.kit = {
            name: make_held_hub(
                self.people[whose], by=self.by, at=ADMITTED, serial=f"{name}{self.mark}"
            )
            for name, whose in kit.items()
        }
        home = Place.objects.create(name=f"Home{self.mark}", kind=Place.Kind.CARE_HOME)
        provider = self.ward.lead_provider
        self.kit[SHARED] = make_hub(provider=provider, place=home, serial=f"{SHARED}{self.mark}")

    # What happens in it

    def accept(self, way: str, readings: Iterable[Measured], at: datetime) -> UUID:
        sent_at = at + AHEAD if way == AHEAD_OF_TIME else at
        body = body_of([self.sent(one) for one in readings], sent_at=sent_at)
        return inbox.accept(key=self.keys[way], body=body, at=at).receipt

    def sent(self, one: Measured) -> dict[str, Any]:
        told: dict[str, Any] = {
            "id": one.id,
            "device": self._serial(one.kit),
            "patient": self._called(one),
            "kind": one.kind,
            "value": one.value,
            "unit": one.unit,
            "measured_at": one.told_at.isoformat(),
            **dict(one.more),
        }
        return {name: given for name, given in told.items() if given is not None}

    def give(self, person: str, *, starts: datetime, at: datetime) -> None:
        issue_device(
            device=self.kit[HUB], admission=self.people[person], by=self.by, starts=starts, at=at
        )

    def take_back(self, kit: str, *, at: datetime) -> None:
        holding = Holding.objects.open().get(device=self.kit[kit])
        return_device(holding=holding, by=self.by, at=at)

    def correct(
        self, person: str, *, starts: datetime, ends: datetime | None, at: datetime
    ) -> None:
        believed = Holding.objects.believed().filter(device=self.kit[HUB])
        correct_holding(
            holding=believed.get(admission=self.people[person]),
            starts=starts,
            ends=ends,
            reason="the driver's list",
            by=self.by,
            at=at,
        )

    def discharge(self, person: str, *, at: datetime) -> None:
        discharge_with_open(admission=self.people[person], destination="home", by=self.by, at=at)

    def retract(self, one: Measured, *, at: datetime) -> None:
        gateway = self.gateways[WAYS[one.kit][0]]
        take_back(items=[self.sent(one)], gateway_id=gateway.pk, at=at)

    def retire(self) -> None:
        """Nothing of it is due, late or unowned any more while the next world lives."""
        DueTime.objects.filter(admission__in=self.people.values()).delete()
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE observations_alert SET closed_at = opened_at, closed_by_id = %s, "
                "outcome = 'advice' WHERE closed_at IS NULL",
                [self.by.pk],
            )

    # How it is told

    def state(self) -> dict[str, list[Any]]:
        """All that must not depend on how a day arrived. What was struck through may have come
        after it was taken back, and then was never stored: it is left out of both."""
        return {
            "readings": sorted(self._readings()),
            # Two gateways that bring one reading of nobody's are two rows, and one decision.
            "tray": sorted(set(self._tray())),
            "vitals": sorted(self._vitals()),
            "scores": sorted(
                self._of(
                    Score,
                    "measured_at",
                    "total",
                    "lowest",
                    "response",
                    "parts",
                    "scale",
                    "oldest_at",
                    "self_reported",
                ),
                key=str,
            ),
            "findings": sorted(
                self._of(
                    Finding,
                    "rule",
                    "measured_at",
                    "priority",
                    "parameters",
                    "text",
                    "values",
                    withdrawn_at=None,
                ),
                key=str,
            ),
            "standings": sorted(
                self._of(
                    Standing,
                    "measured_at",
                    "oldest_at",
                    "total",
                    "lowest",
                    "response",
                    "parts",
                    "previous_total",
                    "previous_at",
                    "last_reading_at",
                    "unreviewed_response",
                    measured_at__isnull=False,
                ),
                key=str,
            ),
            "due": sorted(
                self._of(
                    DueTime,
                    "kind",
                    "due_at",
                    "late_at",
                    "silent_at",
                    "stale_at",
                    admission__discharged_at=None,
                ),
                key=str,
            ),
        }

    def bells(self) -> list[Any]:
        """What rang, in order of its batches, for whom and in which words."""
        mine = Alert.objects.filter(admission__in=self.people.values())
        strangers = Alert.objects.filter(admission=None, subject__endswith=self.mark)
        rung = Bell.objects.filter(alert__in=mine | strangers).select_related("alert")
        batches = sorted({bell.batch for bell in rung if bell.batch is not None})
        order = {batch: place for place, batch in enumerate(batches)}
        return sorted(
            (
                self._whose(bell.alert),
                bell.rang_at,
                -1 if bell.batch is None else order[bell.batch],
                *(bell.why, bell.rule, bell.priority, bell.step, str(bell.measured_at)),
                self._plain(bell.text),
            )
            for bell in rung
        )

    def _whose(self, alert: Alert) -> str:
        return self._name(alert.admission_id) if alert.admission_id else self._plain(alert.subject)

    def _plain(self, text: str) -> str:
        for name, called in (*self.named.items(), *self.tokens.items()):
            text = text.replace(called, name)
        return text.replace(self.mark, "")

    def _name(self, admission_id: UUID) -> str:
        return next(name for name, one in self.people.items() if one.pk == admission_id)

    def _serial(self, kit: str) -> str | None:
        return None if kit == APP else f"{kit}{self.mark}"

    def _called(self, one: Measured) -> str | None:
        known = self.tokens if (one.kit, one.named) in BY_TOKEN else self.named
        return known.get(one.named)

    def _meant(self, called: str | None) -> str:
        calls = {called: name for of in (self.named, self.tokens) for name, called in of.items()}
        return calls[called] if called else ""

    def _ids(self) -> list[UUID]:
        return [one.pk for one in self.people.values()]

    def _readings(self) -> list[Any]:
        serials = {device.pk: name for name, device in self.kit.items()}
        rows = Reading.objects.filter(admission_id__in=self._ids(), error=False)
        return [
            (
                *(self._name(row.admission_id), serials.get(row.device_id, APP), row.sender_id),
                *(row.measured_at, row.kind, row.number, row.code or "", row.as_sent),
                *(row.source, row.quality, row.context, row.clock_offset),
                self._meant(row.named),
            )
            for row in rows
        ]

    def _tray(self) -> list[Any]:
        """Of what was taken back there, a person has only to agree."""
        gateways = [gateway.pk for gateway in self.gateways.values()]
        rows = UnclaimedReading.objects.open().filter(gateway_id__in=gateways)
        return [
            (
                *(self._plain(row.serial), self._meant(row.named), row.sender_id, row.measured_at),
                *(row.kind, row.number, row.code, row.why, row.clock_offset),
            )
            for row in rows.exclude(why="retracted")
        ]

    def _vitals(self) -> list[Any]:
        rows = LatestVital.objects.filter(admission__in=self._ids())
        return [
            (
                *(self._name(row.admission_id), row.kind, row.number, row.code),
                *(row.measured_at, row.sender_id, row.source),
            )
            for row in rows
        ]

    def _of(self, model: Any, *fields: str, **only: Any) -> list[Any]:
        rows = model.objects.filter(admission_id__in=self._ids(), **only)
        return [
            (self._name(whose), *told) for whose, *told in rows.values_list("admission_id", *fields)
        ]
