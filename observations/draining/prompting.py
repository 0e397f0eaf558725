"""What the readings of a batch ask a person to do: one open prompt of a kind for a patient and
device, and one statement for a whole batch."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from observations import kinds
from observations.attribution import Claim, Directory, Unclaimed
from observations.draining.uploads import Claimed, Together
from observations.models import Prompt

_TEXT = 240


def ask_again(
    doubtful: Iterable[tuple[Together, Claim | Unclaimed]], directory: Directory, *, at: datetime
) -> None:
    """Values that no body can have: somebody should measure once more."""
    told: dict[Claim, str] = {}
    for group, claim in doubtful:
        if isinstance(claim, Claim) and claim.admission_id in directory.admissions:
            first = group.items[0].sent
            label, sent = kinds.KINDS[first.kind].label, first.as_sent
            text = f"{label} was sent as {sent}, which cannot be. Repeat the measurement."
            told.setdefault(claim, text)
    _raise(Prompt.Kind.REPEAT_MEASUREMENT, told, directory, at)


def still_measuring(fresh: Iterable[Claimed], directory: Directory, *, at: datetime) -> None:
    """Kit that goes on reporting from the home of somebody who was discharged."""
    told: dict[Claim, str] = {}
    for group, claim in fresh:
        ended = directory.admissions[claim.admission_id].discharged_at
        if ended is not None and group.measured_at >= ended:
            text = f"{group.asked.device or 'The app'} still measures after discharge: call."
            told.setdefault(claim, text)
    _raise(Prompt.Kind.STILL_MEASURING, told, directory, at)


def _raise(kind: str, told: Mapping[Claim, str], directory: Directory, at: datetime) -> None:
    prompts = [
        Prompt(
            kind=kind,
            ward_id=directory.admissions[claim.admission_id].ward_id,
            admission_id=claim.admission_id,
            device_id=claim.device_id if claim.device_id > 0 else None,
            text=text[:_TEXT],
            raised_at=at,
        )
        for claim, text in sorted(told.items())
    ]
    if prompts:
        Prompt.objects.bulk_create(prompts, ignore_conflicts=True)
