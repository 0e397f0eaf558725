"""What became of a ward since it was handed over: for whoever takes it back in the morning."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final, NamedTuple
from uuid import UUID

from capacity.hours import ToCall, to_call
from capacity.models import Ward
from capacity.weeks import weeks_of
from observations.models import AlertEvent, Bell, Score
from patients.models import Admission, LeaveDetail
from rounds.board.entries import AlertNow
from rounds.board.head import head
from rounds.board.now import rows
from rounds.board.rows import Row
from rounds.holding import Watch
from rounds.models import Handover, HandoverLine, Review, Task

# A page of a morning looks no further back than a long weekend.
FURTHEST: Final = dt.timedelta(days=4)
_RISKY: Final = ("high", "medium", "low_medium")
_MOST: Final = 300


class Action(NamedTuple):
    """What somebody did; `by` is empty where the service itself rang."""

    at: dt.datetime
    admission: UUID
    what: str
    words: str
    by: str


class WorstSince(NamedTuple):
    """The highest score of a patient since then; `total` is None where it was incomplete."""

    admission: UUID
    at: dt.datetime
    total: int | None
    lowest: int
    response: str


@dataclass(frozen=True)
class Changed:
    """`handover` is the last with a list; `came` have no line in it, `left` no place here now."""

    ward: Ward
    at: dt.datetime
    since: dt.datetime
    watch: Watch
    call: ToCall | None
    handover: Handover | None
    lines: dict[UUID, HandoverLine]
    rows: tuple[Row, ...]
    ward_alerts: tuple[AlertNow, ...]
    actions: tuple[Action, ...]
    worst: dict[UUID, WorstSince]
    left: tuple[Admission, ...]
    leaves: tuple[LeaveDetail, ...]

    @property
    def unowned(self) -> list[Row]:
        return [row for row in self.rows if row.unowned]

    @property
    def came(self) -> list[Row]:
        """After the list was made: of these nobody was told anything."""
        if self.handover is None:
            return []
        return [row for row in self.rows if UUID(row.admission.pk) not in self.lines]


def changed(ward: Ward, *, at: dt.datetime) -> Changed:
    above = head(ward.code, at)
    assert above, "a ward that was read a moment ago"
    last = _last(ward, at)
    since = max(last.accepted_at if last and last.accepted_at else at - FURTHEST, at - FURTHEST)
    found = rows(ward, at)
    ids = [UUID(row.admission.pk) for row in found]
    lines = {line.admission_id: line for line in last.lines.all()} if last else {}
    gone = set(lines) - set(ids)
    return Changed(
        ward=ward,
        at=at,
        since=since,
        watch=above.watch,
        call=to_call(weeks_of(ward, at), at),
        handover=last,
        lines=lines,
        rows=found,
        ward_alerts=above.alerts,
        actions=_actions(ids, since, at),
        worst=_worst(ids, since, at),
        left=tuple(_left(gone)),
        leaves=tuple(_leaves(ids)),
    )


def _last(ward: Ward, at: dt.datetime) -> Handover | None:
    """The last accepted one that tells of patients: who took the ward since told nothing new."""
    found = Handover.objects.filter(ward=ward, accepted_at__lte=at, taken=False)
    related = found.select_related("offered_by", "accepted_by", "ward")
    return related.prefetch_related("lines").order_by("-accepted_at").first()


def _actions(ids: list[UUID], since: dt.datetime, at: dt.datetime) -> tuple[Action, ...]:
    """The newest first."""
    every = [*_bells(ids, since), *_answers(ids, since), *_tasks(ids, since), *_reviews(ids, since)]
    told = [action for action in every if action.at <= at]
    return tuple(sorted(told, key=lambda one: one.at, reverse=True)[:_MOST])


def _bells(ids: list[UUID], since: dt.datetime) -> Iterator[Action]:
    found = Bell.objects.filter(alert__admission__in=ids, rang_at__gt=since)
    for admission, at, text in found.values_list("alert__admission", "rang_at", "text")[:_MOST]:
        yield Action(at, admission, "Rang", text, "")


def _answers(ids: list[UUID], since: dt.datetime) -> Iterator[Action]:
    found = AlertEvent.objects.filter(alert__admission__in=ids, at__gt=since)
    for one in found.select_related("by", "alert")[:_MOST]:
        assert one.alert.admission_id is not None
        what = str(one.get_what_display()).capitalize()
        yield Action(one.at, one.alert.admission_id, what, one.text, one.by.short_name)


def _tasks(ids: list[UUID], since: dt.datetime) -> Iterator[Action]:
    found = Task.objects.filter(admission__in=ids, done_at__gt=since).select_related("done_by")
    for one in found[:_MOST]:
        assert one.done_at is not None
        assert one.done_by is not None
        # Not every one that ended was done: somebody was refused, or found nobody home.
        what = str(one.get_ending_display()).capitalize()
        plain = one.outcome == one.get_ending_display()
        words = one.text if plain else f"{one.text}: {one.outcome}"
        yield Action(one.done_at, one.admission_id, what, words, one.done_by.short_name)


def _reviews(ids: list[UUID], since: dt.datetime) -> Iterator[Action]:
    found = Review.objects.standing().filter(admission__in=ids, at__gt=since)
    for one in found.select_related("by")[:_MOST]:
        words = " ".join(filter(None, (one.findings, one.plan)))
        yield Action(one.at, one.admission_id, "Reviewed", words, one.by.short_name)


def _worst(ids: list[UUID], since: dt.datetime, at: dt.datetime) -> dict[UUID, WorstSince]:
    found = Score.objects.filter(
        admission_id__in=ids, measured_at__gt=since, measured_at__lte=at, response__in=_RISKY
    )
    told = found.values_list("admission_id", "measured_at", "total", "lowest", "response")
    worst: dict[UUID, WorstSince] = {}
    for one in map(WorstSince._make, told.order_by("measured_at")):
        known = worst.get(one.admission)
        if known is None or _rank(one) >= _rank(known):
            worst[one.admission] = one
    return worst


def _rank(one: WorstSince) -> tuple[int, int]:
    return -_RISKY.index(one.response), one.lowest


def _left(gone: Iterable[UUID]) -> Iterable[Admission]:
    found = Admission.objects.filter(pk__in=set(gone)).select_related("patient", "ward")
    return found.order_by("patient__family_name", "pk")


def _leaves(ids: list[UUID]) -> Iterable[LeaveDetail]:
    found = LeaveDetail.objects.filter(admission__in=ids, leave__ends__isnull=True)
    return found.select_related("leave", "admission__patient").order_by("leave__expected_back")
