"""What was measured in a window of time: readings, scores and corrections, between two bounds."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final, NamedTuple, cast
from uuid import UUID

from observations import kinds, news2
from observations.charting import Charted
from observations.models import Correction, Reading, Score
from observations.models.readings import Context, Quality
from patients.models import Admission

# A person measures with one device after the other, and each sends for itself.
ONE_LOOK: Final = dt.timedelta(minutes=5)
Window = tuple[dt.datetime, dt.datetime]
SHOWN: Final = {"24h": dt.timedelta(hours=24), "5d": dt.timedelta(days=5), "stay": None}
# The newest readings must not stick to the edge, and a stay of an hour must not fill the paper.
_ROOM: Final = 0.015
_LEAST: Final = dt.timedelta(hours=12)
# So many of a kind can be told apart on the paper; the table has them all.
_DRAWN: Final = 160


class Measured(NamedTuple):
    """One stored reading."""

    kind: str
    at: dt.datetime
    number: float
    code: str | None
    source: int
    quality: int
    context: int
    received_at: dt.datetime
    late: bool
    error: bool
    reported_by: str
    comment: str
    sender_id: str
    device_id: int

    @property
    def hollow(self) -> bool:
        poor = self.quality != Quality.GOOD or self.context == Context.EXERTION
        return self.late or poor


@dataclass(frozen=True)
class Course:
    """All between `start` and `end`, oldest first."""

    start: dt.datetime
    end: dt.datetime
    readings: tuple[Measured, ...]
    scores: tuple[tuple[dt.datetime, news2.Score], ...]
    reasons: dict[tuple[int, str, dt.datetime], Correction]

    @property
    def full_sets(self) -> int:
        return sum(1 for _, score in self.set_scores if score.total is not None)

    @property
    def set_scores(self) -> list[tuple[dt.datetime, news2.Score]]:
        """Of the scores of one look the last, which knows the most."""
        found: list[tuple[dt.datetime, news2.Score]] = []
        begun: dt.datetime | None = None
        for at, score in self.scores:
            if begun is not None and at - begun < ONE_LOOK:
                found[-1] = (at, score)
            else:
                begun = at
                found.append((at, score))
        return found

    @property
    def late_sets(self) -> int:
        return sum(any(one.late for one in look) for look in self.looks)

    @property
    def looks(self) -> list[list[Measured]]:
        """Readings taken together, each kind once: one device after the other makes one set."""
        found: list[list[Measured]] = []
        for one in self.readings:
            look = found[-1] if found else None
            together = look and one.at - look[0].at < ONE_LOOK
            if look and together and one.kind not in {other.kind for other in look}:
                look.append(one)
            else:
                found.append([one])
        return found


def window(admission: Admission, show: str, at: dt.datetime) -> Window:
    """Never longer than the stay, never so short that the paper is empty."""
    span = SHOWN.get(show)
    begins = admission.admitted_at if span is None else max(admission.admitted_at, at - span)
    start = min(begins, at - _LEAST)
    return start, at + (at - start) * _ROOM


def course(admission: Admission, between: Window) -> Course:
    start, end = between
    readings = tuple(_readings(admission.pk, start, end))
    scores = tuple(_scores(admission.pk, start, end))
    struck = [one.sender_id for one in readings if one.error]
    return Course(start, end, readings, scores, _reasons(struck, start, end) if struck else {})


def drawn(known: Course) -> list[Charted]:
    """Every reading a point, up to what the paper can show; what is marked is always drawn."""
    by_kind = sorted(known.readings, key=lambda one: (one.kind, one.at))
    return [
        _charted(known, one)
        for _, of_kind in groupby(by_kind, key=lambda one: one.kind)
        for one in thinned(list(of_kind))
    ]


def thinned(readings: Sequence[Measured]) -> Iterable[Measured]:
    """Of many, the lowest and highest of each stretch of time, and all that are marked."""
    if len(readings) <= _DRAWN:
        return readings
    size = -(-2 * len(readings) // _DRAWN)
    return [one for n in range(0, len(readings), size) for one in _extremes(readings[n : n + size])]


def _extremes(stretch: Sequence[Measured]) -> Iterator[Measured]:
    low = min(stretch, key=lambda one: one.number)
    high = max(stretch, key=lambda one: one.number)
    for one in stretch:
        if one is low or one is high or one.hollow or one.error:
            yield one


def _charted(known: Course, one: Measured) -> Charted:
    reason = known.reasons.get((one.device_id, one.sender_id, one.at))
    note = f"struck as error: {reason.reason}" if one.error and reason else ""
    return Charted(
        kind=one.kind,
        at=one.at,
        number=one.number,
        code=one.code,
        hollow=one.hollow,
        struck=one.error,
        note=note,
    )


def _readings(pk: UUID, start: dt.datetime, end: dt.datetime) -> Iterator[Measured]:
    fields = (
        *("kind", "measured_at", "number", "code", "source", "quality", "context"),
        *("received_at", "late", "error", "reported_by", "comment", "sender_id", "device_id"),
    )
    found = Reading.objects.filter(admission_id=pk, measured_at__gte=start, measured_at__lte=end)
    for kind, at, number, code, *rest in found.order_by("measured_at").values_list(*fields):
        yield Measured(kinds.NAMES[kind], at, number or 0.0, code or None, *rest)


def _scores(
    pk: UUID, start: dt.datetime, end: dt.datetime
) -> Iterator[tuple[dt.datetime, news2.Score]]:
    found = Score.objects.filter(admission_id=pk, measured_at__gte=start, measured_at__lte=end)
    fields = ("measured_at", "total", "lowest", "response", "parts")
    for at, total, lowest, response, parts in found.order_by("measured_at").values_list(*fields):
        by_name = dict(zip(news2.PARAMETERS, parts, strict=True))
        missing = tuple(name for name, part in by_name.items() if part is None)
        stored = cast("news2.Response", response)
        yield at, news2.Score(total, by_name, missing, lowest, stored)


def _reasons(
    struck: Sequence[str], start: dt.datetime, end: dt.datetime
) -> dict[tuple[int, str, dt.datetime], Correction]:
    found = Correction.objects.filter(
        measured_at__gte=start,
        measured_at__lte=end,
        sender_id__in=struck,
        what=Correction.What.ENTERED_IN_ERROR,
    ).select_related("by")
    return {(c.device_id, c.sender_id, c.measured_at): c for c in found.order_by("at")}
