"""What rang for one patient and was another's: marked, and told once to those who were told."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from observations.alerting.alert_book import Book
from observations.alerting.bell_rows import new_bell
from observations.models import Bell, Trigger

# An alert of which nothing is this patient's own stays open until somebody has looked.
WRONG_PATIENT: Final = "Rang for another patient's readings: review and close"


def tell(triggers: Sequence[Trigger], *, at: datetime, batch: int) -> None:
    """One bell an alert; the alert itself stays as it is, for a person to close."""
    told: dict[UUID, list[Trigger]] = defaultdict(list)
    for trigger in triggers:
        told[trigger.alert_id].append(trigger)
    Trigger.objects.filter(pk__in=[trigger.pk for trigger in triggers]).update(wrong_patient_at=at)
    Book(bells=[_bell(some, at, batch) for some in told.values()]).write()


def _bell(triggers: Sequence[Trigger], at: datetime, batch: int) -> Bell:
    last = max(triggers, key=lambda trigger: trigger.last_at)
    text = f"Another patient's readings: {'; '.join(trigger.text for trigger in triggers)}"
    return new_bell(
        last.alert,
        Bell.Why.WRONG_PATIENT,
        text,
        at=at,
        batch=batch,
        # As far up the ladder as it was told while it was wrong.
        step=last.alert.step,
        rule=last.rule,
        measured_at=last.last_at,
    )
