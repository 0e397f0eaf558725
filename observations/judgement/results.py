"""Writes what a batch says about its admissions: latest vitals, scores, findings, standings."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Final
from uuid import UUID

import msgspec
from django.db import connection

from observations import kinds, news2
from observations.judgement import history
from observations.judgement.history import RESPONSES, Span
from observations.judgement.judging import Judged, Point
from observations.models import Finding as FindingRow
from observations.rules import CONCERN, Finding
from observations.storage import copying
from observations.storage.queries import rows

# A response older than this says nothing of how somebody is.
_REMEMBERED: Final = timedelta(days=7)
_SCORE: Final = (
    *("admission_id", "measured_at", "total", "lowest", "response", "parts", "scale"),
    *("oldest_at", "oxygen_from_plan", "self_reported", "batch"),
)
_FINDING: Final = (
    *("admission_id", "rule", "measured_at", "priority", "parameters", "text", "values"),
    *("batch", "withdrawn_at"),
)
_STANDING: Final = (
    *("admission_id", "measured_at", "oldest_at", "total", "lowest", "response", "parts", "scale"),
    *("oxygen_from_plan", "self_reported", "previous_total", "previous_at", "last_reading_at"),
    *("unreviewed_response", "latest"),
)
_WRITTEN: Final = (*_STANDING, "latest_at")
_as_json: Final = msgspec.json.Encoder()
_from_json: Final = msgspec.json.Decoder(dict[int, Point])


@dataclass(slots=True)
class StandingNow:
    """A standing while a batch moves it; the columns of `_STANDING`, and when it was reviewed."""

    admission_id: UUID
    measured_at: datetime | None = None
    oldest_at: datetime | None = None
    total: int | None = None
    lowest: int | None = None
    response: str = ""
    parts: list[int | None] = field(default_factory=list)
    scale: int = 1
    oxygen_from_plan: bool = False
    self_reported: bool = False
    previous_total: int | None = None
    previous_at: datetime | None = None
    last_reading_at: datetime | None = None
    unreviewed_response: str = ""
    latest: dict[str, Point] = field(default_factory=dict)
    reviewed_at: datetime | None = None

    def show(self, judged: Judged) -> None:
        """This instant is the newest now; where the mode does not score, nothing is claimed."""
        score = judged.score
        self.measured_at, self.oldest_at = judged.at, judged.oldest_at
        self.total = None if score is None else score.total
        self.lowest = None if score is None else score.lowest
        self.response = "" if score is None else score.response
        self.parts = [] if score is None else parts_of(score)
        self.scale = judged.scale
        self.oxygen_from_plan, self.self_reported = judged.oxygen_from_plan, judged.self_reported

    def compare_with(self, judged: Judged) -> None:
        """This instant is the last before the newest."""
        self.previous_at = judged.at
        self.previous_total = None if judged.score is None else judged.score.total

    def clear(self) -> None:
        """As if nothing had been measured yet; what people reviewed stays."""
        self.measured_at = self.oldest_at = self.previous_at = self.last_reading_at = None
        self.total = self.lowest = self.previous_total = None
        self.response = self.unreviewed_response = ""
        self.parts, self.scale = [], 1
        self.oxygen_from_plan = self.self_reported = False

    def notice(self, score: news2.Score, at: datetime) -> None:
        """A response, which holds until somebody has reviewed the patient: a gap may raise it, and
        only a complete score lowers it."""
        if self.reviewed_at is not None and at <= self.reviewed_at:
            return
        if score.total is not None or _rank(score.response) > _rank(self.unreviewed_response):
            self.unreviewed_response = score.response

    def line(self) -> str:
        """In the order of `_WRITTEN`."""
        text = copying.instant
        return (
            f"{self.admission_id}\t{text(self.measured_at)}\t{text(self.oldest_at)}\t"
            f"{_number(self.total)}\t{_number(self.lowest)}\t{self.response}\t"
            f"{_array(self.parts)}\t{self.scale}\t{_flag(self.oxygen_from_plan)}\t"
            f"{_flag(self.self_reported)}\t{_number(self.previous_total)}\t"
            f"{text(self.previous_at)}\t{text(self.last_reading_at)}\t"
            f"{self.unreviewed_response}\t{_latest_column(self.latest)}\t"
            f"{_instants(point.at for point in self.latest.values())}\n"
        )


def parts_of(score: news2.Score) -> list[int | None]:
    """In the order of `news2.PARAMETERS`, as rows hold them."""
    return [score.parts[name] for name in news2.PARAMETERS]


def standings(ids: Collection[UUID]) -> dict[UUID, StandingNow]:
    """Asked after the admissions' lock was had, so that nobody else's are newer."""
    # By text: a UUID made and hashed for each row would cost more than reading it.
    asked = {str(one): one for one in ids}
    answer = rows(
        f"SELECT admission_id::text, {', '.join(_STANDING[1:])}, reviewed_at "  # noqa: S608 — constants
        "FROM observations_standing WHERE admission_id = ANY(%s::uuid[])",
        [copying.array(list(asked))],
    )
    found = {text: StandingNow(one) for text, one in asked.items()}
    for text, *told, latest, reviewed_at in answer:
        found[text] = StandingNow(*(asked[text], *told, latest_of(latest), reviewed_at))
    return {asked[text]: standing for text, standing in found.items()}


def latest_of(text: str) -> dict[str, Point]:
    """The newest good reading of each kind, as a standing's row holds them."""
    return {kinds.NAMES[number]: point for number, point in _from_json.decode(text).items()}


def _latest_column(latest: Mapping[str, Point]) -> str:
    told = {kinds.NUMBERS[kind]: point for kind, point in latest.items()}
    return copying.escaped(_as_json.encode(told).decode())


def _instants(known: Iterable[datetime]) -> str:
    return "{" + ",".join(map(copying.instant, sorted(set(known)))) + "}"


def _rank(response: str) -> int:
    return RESPONSES.index(response) if response in RESPONSES else -1


def recall_responses(standings: Iterable[StandingNow]) -> None:
    """After late data: what the last response since the review was, from what is stored now."""
    asked = {now.admission_id: now for now in standings}
    spans = {one: span for one, now in asked.items() if (span := _since_review(now))}
    for admission_id, response in history.last_responses(spans).items():
        asked[admission_id].unreviewed_response = response


def recall_previous(now: StandingNow) -> None:
    """After a correction, where the score before the newest lies further back than was judged."""
    if now.measured_at is not None and now.previous_at is None:
        before = history.score_before(now.admission_id, now.measured_at)
        now.previous_at, now.previous_total = before or (None, None)


def _since_review(now: StandingNow) -> Span | None:
    if now.measured_at is None:
        return None
    known = [now.measured_at - _REMEMBERED, now.reviewed_at]
    return max(at for at in known if at is not None), now.measured_at


def drop_scores(
    admission_id: UUID, start: datetime, end: datetime, *, but: Sequence[datetime]
) -> None:
    """Scores of instants at which nothing is measured any more."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM observations_score WHERE admission_id = %s AND measured_at >= %s "
            "AND measured_at <= %s AND NOT measured_at = ANY(%s::timestamptz[])",
            [admission_id, start, end, list(but)],
        )


def write_scores(scores: Iterable[tuple[str, Judged]], *, batch: int) -> None:
    lines = [_score_line(admission, judged, batch) for admission, judged in scores]
    copying.upsert("observations_score", _SCORE, lines, key=("admission_id", "measured_at"))


def write_standings(moved: Iterable[StandingNow]) -> None:
    lines = [standing.line() for standing in moved]
    copying.upsert("observations_standing", _WRITTEN, lines, key=("admission_id",), versioned=True)


def write_findings(
    found: Mapping[UUID, list[Finding]],
    *,
    again: Mapping[UUID, Span],
    at: datetime,
    batch: int,
) -> None:
    """`again` are admissions of which something may be stored already within a span: what is not
    found any more is withdrawn."""
    stored = _stored_findings(again)
    lines = []
    for admission_id, findings in found.items():
        for finding in findings:
            row = stored.pop((admission_id, finding.key, finding.measured_at), None)
            if row is None or not _same(row, finding):
                known = batch if row is None else row.batch
                lines.append(_finding_line(admission_id, finding, known))
    key = ("admission_id", "rule", "measured_at")
    copying.upsert("observations_finding", _FINDING, lines, key=key)
    gone = [row.pk for row in stored.values() if row.withdrawn_at is None]
    if gone:
        FindingRow.objects.filter(pk__in=gone).update(withdrawn_at=at)


def _stored_findings(again: Mapping[UUID, Span]) -> dict[tuple[UUID, str, datetime], FindingRow]:
    if not again:
        return {}
    first = min(start for start, _ in again.values())
    last = max(end for _, end in again.values())
    known = FindingRow.objects.filter(
        admission_id__in=list(again), measured_at__gte=first, measured_at__lte=last
    ).exclude(rule=CONCERN)  # What a carer said rests on no reading.
    return {
        (row.admission_id, row.rule, row.measured_at): row
        for row in known
        if again[row.admission_id][0] <= row.measured_at <= again[row.admission_id][1]
    }


def _same(row: FindingRow, finding: Finding) -> bool:
    return row.withdrawn_at is None and (
        row.priority,
        row.parameters,
        row.text,
        row.values,
    ) == (finding.priority, sorted(finding.parameters), finding.text, dict(finding.values))


def _score_line(admission: str, judged: Judged, batch: int) -> str:
    score = judged.score
    assert score is not None
    return (
        f"{admission}\t{copying.instant(judged.at)}\t{_number(score.total)}\t{score.lowest}\t"
        f"{score.response}\t{_array(parts_of(score))}\t{judged.scale}\t"
        f"{copying.instant(judged.oldest_at)}\t{_flag(judged.oxygen_from_plan)}\t"
        f"{_flag(judged.self_reported)}\t{batch}\n"
    )


def _number(value: int | None) -> str:
    return copying.NULL if value is None else str(value)


def _flag(value: bool) -> str:  # noqa: FBT001 — the value itself, as a column holds it
    return "t" if value else "f"


def _array(parts: Sequence[int | None]) -> str:
    return _array_of(tuple(parts))


@lru_cache(maxsize=4096)
def _array_of(parts: tuple[int | None, ...]) -> str:
    return copying.field(parts)


def _finding_line(admission_id: UUID, finding: Finding, batch: int) -> str:
    told = [admission_id, finding.key, finding.measured_at, finding.priority]
    told += [sorted(finding.parameters), finding.text, json.dumps(dict(finding.values))]
    return copying.line([*told, batch, None])
