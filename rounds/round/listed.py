"""Everybody on a round and how far it is, one statement however many they are."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, NamedTuple
from uuid import UUID

from lib.prepared import Statement
from observations.watch import standing
from rounds.board.making import moment, name_of
from rounds.models import Round
from rounds.models.reviews import STANDS

State = Literal["reviewed", "excused", "left", "waiting"]
# Whoever saved a draft in this time is taken to be writing still.
WRITING_FOR: Final = dt.timedelta(minutes=10)

# Who came after the start has no place yet and stands behind the others. A correction is no
# review of this round, and a review written at the patient's page during it is one.
_LISTED: Final = Statement(
    "round_listed",
    f"""
WITH r AS (SELECT * FROM rounds_round WHERE id = %(round)s),
listed AS (
    SELECT p.admission_id, p.position, p.level, p.excuse, p.excused_at, p.excused_by_id
    FROM rounds_roundplace p WHERE p.round_id = %(round)s
    UNION ALL
    SELECT a.id, NULL, '', '', NULL, NULL
    FROM patients_admission a JOIN r ON r.ward_id = a.ward_id
    WHERE r.ended_at IS NULL AND a.discharged_at IS NULL
      AND NOT EXISTS (SELECT FROM rounds_roundplace p
                      WHERE p.round_id = r.id AND p.admission_id = a.id)
)
SELECT l.admission_id, l.position, l.level, l.excuse, l.excused_at,
    u.first_name, u.last_name, u.username, n.family_name, n.given_name, n.born,
    (SELECT i.value FROM patients_identifier i
     WHERE i.patient_id = n.id AND i.system = 'nhs_number'
       AND i.status IN ('unverified', 'verified')),
    a.admitted_at, a.discharged_at, a.ward_id = r.ward_id,
    (SELECT json_build_array(v.at, v.kind, v.seen, v.by_id, w.first_name, w.last_name, w.username)
     FROM rounds_review v JOIN accounts_user w ON w.id = v.by_id
     WHERE v.admission_id = a.id AND {STANDS.format("v")}
       AND (v.round_id = r.id
            OR (v.at >= r.started_at AND (r.ended_at IS NULL OR v.at <= r.ended_at)))
     ORDER BY v.at DESC LIMIT 1)::text,
    (SELECT json_agg(json_build_array(d.by_id, w.first_name, w.last_name, w.username)
                     ORDER BY d.saved_at)
     FROM rounds_reviewdraft d JOIN accounts_user w ON w.id = d.by_id
     WHERE d.admission_id = a.id AND d.saved_at > %(fresh)s
       AND NOT EXISTS (SELECT FROM rounds_review v WHERE v.token = d.token))::text,
    concat_ws('.', a.board_version,
        (SELECT s.version FROM observations_standing s WHERE s.admission_id = a.id)),
    (SELECT {standing.OLDEST_SIGN})
FROM listed l
JOIN r ON true
JOIN patients_admission a ON a.id = l.admission_id
JOIN patients_patient n ON n.id = a.patient_id
LEFT JOIN accounts_user u ON u.id = l.excused_by_id
ORDER BY l.position NULLS LAST, a.admitted_at, a.id
""",  # noqa: S608 — put together from constants only
    round="uuid",
    fresh="timestamptz",
)


class Reviewed(NamedTuple):
    at: dt.datetime
    kind: str
    seen: str
    by_id: int
    by: str


class Writing(NamedTuple):
    by_id: int
    by: str


@dataclass(frozen=True)
class Line:
    """One patient; `level` is the board's when the round began, empty for who came later, and
    `version` moves with whatever is new about them."""

    pk: UUID
    position: int
    level: str
    joined: bool
    excuse: str
    excused_at: dt.datetime | None
    excused_by: str
    family_name: str
    given_name: str
    born: dt.date
    nhs_number: str
    admitted_at: dt.datetime
    left_at: dt.datetime | None
    here: bool
    review: Reviewed | None
    writing: tuple[Writing, ...]
    version: str

    @property
    def state(self) -> State:
        if self.review:
            return "reviewed"
        if self.excuse:
            return "excused"
        return "waiting" if self.here and self.left_at is None else "left"


@dataclass(frozen=True)
class Listed:
    """A round as at one instant; `lag` is how far the readings are behind."""

    round: Round
    at: dt.datetime
    lines: tuple[Line, ...]
    lag: dt.timedelta

    @property
    def waiting(self) -> list[Line]:
        return [line for line in self.lines if line.state == "waiting"]

    def many(self, state: State) -> int:
        return sum(line.state == state for line in self.lines)

    def by_others(self, user_id: int) -> int:
        return sum(line.review is not None and line.review.by_id != user_id for line in self.lines)

    def line(self, pk: UUID) -> Line | None:
        return next((line for line in self.lines if line.pk == pk), None)

    def beside(self, pk: UUID, step: int) -> Line | None:
        """The one before or after, whatever their state; None at either end."""
        at = self._index(pk) + step
        return self.lines[at] if 0 <= at < len(self.lines) else None

    def next_waiting(self, pk: UUID) -> Line | None:
        """The next who waits after this one, then whoever was left behind."""
        place = self._index(pk)
        in_turn = (*self.lines[place + 1 :], *self.lines[:place])
        return next((line for line in in_turn if line.state == "waiting"), None)

    def _index(self, pk: UUID) -> int:
        return next((n for n, line in enumerate(self.lines) if line.pk == pk), 0)


def listed(of: Round, *, at: dt.datetime) -> Listed:
    rows = _LISTED.rows({"round": str(of.pk), "fresh": at - WRITING_FOR})
    lag = standing.behind(rows[0][-1], at) if rows else dt.timedelta(0)
    return Listed(of, at, tuple(_line(n, row) for n, row in enumerate(rows, 1)), lag)


def _line(n: int, row: Sequence[Any]) -> Line:
    pk, position, level, excuse, excused_at, first, last, username = row[:8]
    family, given, born, number, admitted_at, left_at, here, review, writing, version = row[8:18]
    return Line(
        pk=pk,
        position=position or n,
        level=level,
        joined=not level,
        excuse=excuse,
        excused_at=excused_at,
        excused_by=name_of(first, last, username),
        family_name=family,
        given_name=given,
        born=born,
        nhs_number=number or "",
        admitted_at=admitted_at,
        left_at=left_at,
        here=here,
        review=_review(review),
        writing=_writing(writing),
        version=version,
    )


def _review(text: str | None) -> Reviewed | None:
    if not text:
        return None
    at, kind, seen, by_id, *by = json.loads(text)
    return Reviewed(moment(at), kind, seen, by_id, name_of(*by))


def _writing(text: str | None) -> tuple[Writing, ...]:
    return tuple(Writing(by_id, name_of(*by)) for by_id, *by in json.loads(text or "[]"))
