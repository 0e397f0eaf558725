"""What an opened row adds: the sets before, what to know first, whom to call, what is agreed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from observations.kinds import NAMES, NUMBERS
from observations.models import Reading, Score
from observations.models.readings import Context, Quality
from observations.news2 import PARAMETERS
from patients.models import Contact, HomeRecord, PathwayVersion, SafetyRecord
from rounds.board.entries import Vital
from rounds.board.rows import Row

# Sets closer together than this are one look at the patient.
APART: Final = dt.timedelta(minutes=30)
LOOK_BACK: Final = dt.timedelta(days=3)
EARLIER: Final = 3
# clinical.md "How long a value counts"
_FAST: Final = frozenset({"pulse", "spo2", "respiratory_rate"})
_COUNTS_FAST: Final = dt.timedelta(hours=1)
_COUNTS_SLOW: Final = dt.timedelta(hours=12)
_SHOWN: Final = (*PARAMETERS, "diastolic")


class EarlierSet(NamedTuple):
    """A score with the values that it was made of."""

    measured_at: dt.datetime
    total: int | None
    lowest: int
    parts: Mapping[str, int | None]
    values: Mapping[str, Vital]


@dataclass(frozen=True)
class Opened:
    row: Row
    sets: tuple[EarlierSet, ...]
    safety: Mapping[str, SafetyRecord]
    contacts: tuple[Contact, ...]
    interpreter: HomeRecord | None
    language: str
    responses: Mapping[str, str]
    may_treat: bool


def opened(row: Row, *, may_treat: bool) -> Opened:
    admission, patient = row.admission, row.admission.patient.pk
    interpreter = _interpreter(patient)
    return Opened(
        row=row,
        sets=earlier_sets(row),
        safety={
            record.topic: record
            for record in SafetyRecord.objects.current().filter(patient_id=patient)
        },
        contacts=tuple(Contact.objects.filter(patient_id=patient)),
        interpreter=interpreter,
        language=interpreter.patient.language if interpreter else "",
        responses=PathwayVersion.objects.get(pk=admission.pathway_version_id).responses,
        may_treat=may_treat,
    )


def _interpreter(patient: str) -> HomeRecord | None:
    """With the patient, whose language belongs to it."""
    asked = HomeRecord.objects.current().filter(topic=HomeRecord.Topic.INTERPRETER)
    return asked.filter(patient_id=patient).select_related("patient").first()


def earlier_sets(row: Row) -> tuple[EarlierSet, ...]:
    """The three before the newest, newest first; none for who is not scored."""
    newest = row.standing.measured_at if row.standing and row.scored else None
    if newest is None:
        return ()
    pk = row.admission.pk
    past = Score.objects.filter(
        admission_id=pk, measured_at__gt=newest - LOOK_BACK, measured_at__lt=newest
    ).order_by("-measured_at")
    chosen = _apart(past.iterator(chunk_size=200), newest)
    values = _values(pk, [score.measured_at for score in chosen])
    return tuple(_set(score, values) for score in chosen)


def _apart(past: Iterable[Score], newest: dt.datetime) -> list[Score]:
    chosen: list[Score] = []
    after = newest
    for score in past:
        if after - score.measured_at >= APART:
            chosen.append(score)
            after = score.measured_at
        if len(chosen) == EARLIER:
            break
    return chosen


def _values(pk: str, instants: Sequence[dt.datetime]) -> list[tuple[str, Vital]]:
    """All that may stand in those sets, oldest first, read in one query."""
    if not instants:
        return []
    rows = (
        Reading.objects.filter(
            admission_id=pk,
            measured_at__gt=min(instants) - _COUNTS_SLOW,
            measured_at__lte=max(instants),
            kind__in=[NUMBERS[kind] for kind in _SHOWN],
            quality=Quality.GOOD,
            error=False,
        )
        .exclude(context=Context.EXERTION)
        .order_by("measured_at")
        .values_list("kind", "number", "code", "measured_at")
    )
    return [(NAMES[kind], Vital(number or 0.0, code, at)) for kind, number, code, at in rows]


def _set(score: Score, values: list[tuple[str, Vital]]) -> EarlierSet:
    at = score.measured_at
    then = {
        kind: value for kind, value in values if at - _counts_for(kind) < value.measured_at <= at
    }
    parts = dict(zip(PARAMETERS, score.parts, strict=True))
    return EarlierSet(at, score.total, score.lowest, parts, then)


def _counts_for(kind: str) -> dt.timedelta:
    return _COUNTS_FAST if kind in _FAST else _COUNTS_SLOW
