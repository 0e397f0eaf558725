"""What a batch reads and writes about alerts: however many ring, a few statements."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from observations.models import Alert, Bell, BellDelivery, Trigger
from observations.storage import copying

_REARMED: Final = (
    *("id", "priority", "rang_at", "owner_id", "owned_at", "step", "next_step_at", "repeat_at"),
)
_SHOWN: Final = (
    *("id", "first_at", "last_at", "priority", "text", "rang_at", "parameters", "severity"),
    *("acknowledged_at", "acknowledged_by_id", "wrong_patient_at"),
)


@dataclass(slots=True)
class Book:
    """What a batch writes about alerts, put down at once: however many ring, a few statements."""

    alerts: dict[UUID, Alert] = field(default_factory=dict)
    triggers: dict[UUID, dict[str, Trigger]] = field(default_factory=dict)
    opened: list[Alert] = field(default_factory=list)
    rearmed: list[Alert] = field(default_factory=list)
    told: list[Trigger] = field(default_factory=list)
    prolonged: list[Trigger] = field(default_factory=list)
    bells: list[Bell] = field(default_factory=list)

    def write(self) -> None:
        """A bell and its delivery together: the sender claims what is unsent, so none is lost."""
        Alert.objects.bulk_create(self.opened)
        _write_over("observations_alert", _REARMED, self.rearmed)
        Trigger.objects.bulk_create(self.told)
        _write_over("observations_trigger", _SHOWN, self.prolonged)
        Bell.objects.bulk_create(self.bells)
        BellDelivery.objects.bulk_create(BellDelivery(bell=bell) for bell in self.bells)


def _write_over(
    table: str, columns: Sequence[str], changed: Iterable[Alert] | Iterable[Trigger]
) -> None:
    # bulk_update spends a CASE on every row and column, and was half of a busy batch's time.
    lines = [copying.line([getattr(row, name) for name in columns]) for row in changed]
    copying.update(table, columns, lines, key="id")


def open_book(ids: Sequence[UUID]) -> Book:
    """The open alerts of these admissions, locked, with their triggers."""
    alerts = Alert.objects.open().select_for_update().filter(admission_id__in=ids).order_by("pk")
    book = Book({alert.admission_id: alert for alert in alerts if alert.admission_id is not None})
    for trigger in Trigger.objects.filter(alert__in=list(book.alerts.values())):
        book.triggers.setdefault(trigger.alert_id, {})[trigger.rule] = trigger
    return book
