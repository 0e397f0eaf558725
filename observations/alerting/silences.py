"""What is silent about a patient, as a finding that rings.

The whole gateway's being down is one incident of the ward: what is silent because of it rings not.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final, NamedTuple
from uuid import UUID

from lib import london
from observations import kinds, worn
from observations.attribution import AdmissionFacts
from observations.judgement.plans import plans_of
from observations.models import DueTime
from observations.rules import SILENCE, Finding
from observations.silence import Cause

_WORDS: Final[Mapping[Cause, str]] = {"silent": "Silent", "device_dead": "Device dead"}
_TEXT: Final = 240
# More names than these would hide what it is about.
_NAMED: Final = 3


class Silence(NamedTuple):
    """What is silent about one patient, by its cause."""

    admission: AdmissionFacts
    overdue: Mapping[Cause, Sequence[DueTime]]

    @property
    def is_behind_gateway(self) -> bool:
        return "gateway_down" in self.overdue


def silent(admissions: Iterable[AdmissionFacts], *, at: datetime) -> list[Silence]:
    """Of admissions whose lock the caller holds: one each where anything is silent, and asked for:
    not after discharge, nor where comfort is all that is watched."""
    current = [one for one in admissions if one.discharged_at is None]
    plans = plans_of(current)
    watched = [one for one in current if plans[one.id].mode_at(at) != "comfort"]
    overdue = _overdue([one.id for one in watched], at)
    kit = worn.pieces(list(overdue))
    return [
        Silence(one, _by_cause(overdue[one.id], kit[one.id], at))
        for one in watched
        if one.id in overdue
    ]


def finding(silence: Silence, *, at: datetime) -> Finding | None:
    """None where all that is silent is so because its gateway is down."""
    overdue = silence.overdue
    told = [row for cause in _WORDS for row in overdue.get(cause, ())]
    if not told:
        return None
    words = "; ".join(_told(cause, overdue[cause], at) for cause in _WORDS if cause in overdue)
    # Each kind a parameter of its own: a sibling's silence never covers another's.
    names = frozenset(f"no {kinds.NAMES[row.kind]}" for row in told)
    return Finding(SILENCE, "prompt", names, words[:_TEXT], (), at)


def _overdue(ids: Collection[UUID], at: datetime) -> dict[UUID, list[DueTime]]:
    found: dict[UUID, list[DueTime]] = defaultdict(list)
    for row in DueTime.objects.filter(admission__in=ids, silent_at__lte=at).order_by("kind"):
        found[row.admission_id].append(row)
    return found


def _by_cause(
    overdue: Sequence[DueTime], kit: Sequence[worn.Piece], at: datetime
) -> dict[Cause, list[DueTime]]:
    by_cause: dict[Cause, list[DueTime]] = defaultdict(list)
    for row in overdue:
        name = kinds.NAMES[row.kind]
        by_cause[worn.cause(name, kit, due_at=row.due_at, now=at)].append(row)
    return dict(by_cause)


def _told(cause: Cause, overdue: Sequence[DueTime], at: datetime) -> str:
    """Silent: SpO2, Pulse, due 08:00; or Silent: 7 kinds, due Tue 08:00"""
    labels = [kinds.KINDS[kinds.NAMES[row.kind]].short.rstrip(".") for row in overdue]
    words = ", ".join(labels) if len(labels) <= _NAMED else f"{len(labels)} kinds"
    due = min((row.due_at for row in overdue if row.due_at is not None), default=None)
    owed = f", due {london.near_moment(due, at)}" if due else ""
    return f"{_WORDS[cause]}: {words}{owed}"
