"""What is written when a patient leaves: outcome, medicines, follow-up, kit; whole or not."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final

from django.core.exceptions import ValidationError

from capacity.models.stays import Destination
from lib import london
from patients.models import Admission, Discharge, FollowUp, MedicineChange

OUTCOMES: Final = {
    Destination.DIED: Discharge.Outcome.DIED,
    Destination.ENTERED_IN_ERROR: Discharge.Outcome.ERROR,
    Destination.SELF_DISCHARGED: Discharge.Outcome.CHOICE,
    Destination.HOSPITAL: Discharge.Outcome.WORSE,
}
"""Where the destination says what came of the stay, nobody is asked."""


@dataclass(frozen=True, slots=True)
class Medicine:
    """`change` is a `MedicineChange.Change`; `dose` as it is taken now, none where stopped."""

    drug: str
    change: str
    why: str
    dose: str = ""


@dataclass(frozen=True, slots=True)
class Arranged:
    """What follows, by whom, by when."""

    what: str
    by_whom: str
    by_when: dt.date


@dataclass(frozen=True, slots=True)
class Written:
    """`medicines` and `follow_up` are `Discharge.Known`, told apart from their lists."""

    outcome: str = ""
    medicines: str = Discharge.Known.NOT_ASKED
    changes: tuple[Medicine, ...] = ()
    follow_up: str = Discharge.Known.NOT_ASKED
    arranged: tuple[Arranged, ...] = ()
    capacity: str = ""
    advice_given: str = ""
    kit_back: str = ""
    kit_due: dt.date | None = None


def write_down(
    admission: Admission, written: Written, *, destination: str, left_at: dt.datetime
) -> Discharge:
    """In the discharge's own transaction. Raises ValidationError with a code for each fault."""
    _check_lists(written)
    _check_days(written, london.day_of(left_at))
    discharge, _ = Discharge.objects.update_or_create(
        admission=admission,
        defaults={
            "outcome": _outcome(written, destination),
            "medicines": written.medicines,
            "follow_up": written.follow_up,
            **_against_advice(written, destination),
            "kit_back": written.kit_back,
            "kit_due": written.kit_due,
        },
    )
    _write_lists(discharge, written)
    return discharge


def _outcome(written: Written, destination: str) -> str:
    told = OUTCOMES.get(Destination(destination))
    return told or written.outcome or Discharge.Outcome.COMPLETE


def _against_advice(written: Written, destination: str) -> dict[str, str]:
    """Who leaves against advice was told what may come of it, and could decide, or could not."""
    if destination != Destination.SELF_DISCHARGED:
        return {"capacity": "", "advice_given": ""}
    if not written.capacity:
        raise ValidationError("Say whether the patient could decide this.", code="capacity")
    if not written.advice_given.strip():
        raise ValidationError("Say what the patient was advised.", code="advice_given")
    return {"capacity": written.capacity, "advice_given": written.advice_given.strip()}


def _check_lists(written: Written) -> None:
    listed = Discharge.Known.LISTED
    if (written.medicines == listed) != bool(written.changes):
        raise ValidationError(
            "List the changes of medicines, or say that there are none.", code="medicines"
        )
    if (written.follow_up == listed) != bool(written.arranged):
        raise ValidationError("List the follow-up, or say that there is none.", code="follow_up")


def _check_days(written: Written, left: dt.date) -> None:
    if any(one.by_when < left for one in written.arranged):
        raise ValidationError("Follow-up lies after the patient leaves.", code="by_when")
    if written.kit_due is not None and written.kit_due < left:
        raise ValidationError("That day is before the patient leaves.", code="kit_due")


def _write_lists(discharge: Discharge, written: Written) -> None:
    """What an earlier, reversed discharge listed gives way; its history keeps it."""
    discharge.changes.all().delete()
    discharge.follow_ups.all().delete()
    MedicineChange.objects.bulk_create(
        MedicineChange(
            discharge=discharge,
            position=n,
            drug=one.drug,
            change=one.change,
            dose=one.dose,
            why=one.why,
        )
        for n, one in enumerate(written.changes)
    )
    FollowUp.objects.bulk_create(
        FollowUp(
            discharge=discharge,
            position=n,
            what=one.what,
            by_whom=one.by_whom,
            by_when=one.by_when,
        )
        for n, one in enumerate(written.arranged)
    )
