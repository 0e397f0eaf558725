"""What one row of the board knows, in plain facts; presenters find the words and colours."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from operator import attrgetter
from typing import Final

from django.utils.functional import cached_property

from lib.london import day_of
from observations import kinds, news2
from observations.silence import Cause
from observations.worn import Piece, cause
from rounds.board import risk
from rounds.board.entries import (
    SILENCES,
    AdmissionNow,
    AlertNow,
    Due,
    LeaveNow,
    ModeNow,
    PastScore,
    PathwayNow,
    PauseNow,
    Plan,
    Readings,
    ReadingsState,
    ReviewNow,
    StandingNow,
    TaskNow,
    Vital,
)

SCALES: Final = {"news2_scale1": 1, "news2_scale2": 2}
# Without a plan nothing says when the next set is due, yet nothing stays current for ever.
UNPLANNED_STALE_AFTER: Final = dt.timedelta(hours=12)
REVIEW_EVERY: Final = dt.timedelta(hours=24)
# After it somebody returns or discharges the patient (clinical.md, "Coming, leaving, dying").
LEAVE_LIMIT: Final = dt.timedelta(hours=24)
_STATES: Final[Mapping[Cause, ReadingsState]] = {
    "silent": "silent",
    "device_dead": "dead",
    "gateway_down": "gateway",
}


@dataclass(frozen=True)
class Row:
    """One patient as at `at`."""

    at: dt.datetime
    admission: AdmissionNow
    nhs_number: str
    pathway: PathwayNow
    mode: ModeNow
    standing: StandingNow | None
    vitals: Mapping[str, Vital]
    dues: Mapping[str, Due]
    plan: Mapping[str, Plan]
    scores: tuple[PastScore, ...] = ()
    alert: AlertNow | None = None
    review: ReviewNow | None = None
    task: TaskNow | None = None
    leave: LeaveNow | None = None
    pause: PauseNow | None = None
    no_bed: str = ""
    kit: tuple[Piece, ...] = ()

    @property
    def scored(self) -> bool:
        return self.mode.mode in SCALES and self.leave is None

    @property
    def scale(self) -> int:
        return SCALES.get(self.mode.mode, 1)

    @cached_property
    def parts(self) -> dict[str, int | None]:
        """Those of the newest score, by the argument names of NEWS2."""
        known = self.standing.parts if self.standing and self.scored else []
        return dict(zip(news2.PARAMETERS, known or [None] * 7, strict=True))

    @cached_property
    def bands(self) -> dict[str, int | None]:
        """How each shown value scores by itself, whether or not it still joins the score."""
        if self.mode.mode not in SCALES:
            return dict.fromkeys(news2.PARAMETERS)
        given = {
            kind: kinds.news2_argument(kind, v.number, v.code)
            for kind, v in self.vitals.items()
            if kind in self.parts
        }
        values = dict.fromkeys(news2.PARAMETERS) | given
        return news2.score(**values, spo2_scale=self.scale).parts

    @cached_property
    def score_is_stale(self) -> bool:
        """Once the set planned next after the score is an hour overdue."""
        known = self.standing
        if known is None or known.measured_at is None:
            return False
        planned = [due for kind, due in self.dues.items() if self.parts.get(kind) is not None]
        if not planned:
            return known.measured_at + UNPLANNED_STALE_AFTER <= self.at
        return any(
            due.stale_at is not None
            and due.stale_at <= self.at
            and (due.due_at is None or due.due_at > known.measured_at)
            for due in planned
        )

    @property
    def score_at_least(self) -> int | None:
        """The total, or the least that it can be; None before the first score."""
        known = self.standing
        if known is None or not self.scored or known.measured_at is None:
            return None
        return known.lowest if known.total is None else known.total

    @property
    def missing(self) -> tuple[str, ...]:
        return tuple(kind for kind, part in self.parts.items() if part is None)

    @cached_property
    def readings(self) -> Readings:
        """Leave and pauses first: nobody is late who was not asked."""
        if self.leave:
            return Readings("leave", at=self.leave.expected_back)
        if self.pause:
            return Readings("paused", at=self.pause.ends)
        if self.mode.mode == "comfort" or not self.dues:
            return Readings("none")
        return self._silent() or self._late() or self._gaps() or self._next()

    @cached_property
    def stale(self) -> tuple[str, ...]:
        """The kinds whose shown values must not look current."""
        return tuple(kind for kind in self.vitals if self._is_stale(kind))

    def _is_stale(self, kind: str) -> bool:
        value, due = self.vitals[kind], self.dues.get(kind)
        if value.from_plan:
            return False
        if due is not None and due.stale_at is not None:
            old = due.stale_at <= self.at
        else:
            old = value.measured_at + UNPLANNED_STALE_AFTER <= self.at
        return old or self._left_out(kind, value)

    @cached_property
    def overdue(self) -> bool:
        """Whether something that was to happen has not."""
        late = self.readings.state in SILENCES | {"late"}
        back = self.leave is not None and self.leave.expected_back <= self.at
        return (
            late
            or back
            or self.away_too_long
            or (self.task is not None and self.task.due_at < self.at)
        )

    @property
    def away_too_long(self) -> bool:
        return self.leave is not None and self.leave.starts + LEAVE_LIMIT <= self.at

    @property
    def unreviewed(self) -> bool:
        """Nobody has reviewed for a day: counted from admission until the first review."""
        return self.reviewed_at + REVIEW_EVERY <= self.at

    @property
    def reviewed_at(self) -> dt.datetime:
        return self.review.at if self.review else self.admission.admitted_at

    @property
    def unowned(self) -> bool:
        return self.alert is not None and not self.alert.owner

    @property
    def leaves_today(self) -> bool:
        return self.admission.expected_discharge <= day_of(self.at)

    @cached_property
    def facts(self) -> risk.Facts:
        known = self.standing
        measured_at = known.measured_at if known else None
        reviewed_at = known.reviewed_at if known else None
        return risk.Facts(
            scored=self.scored,
            response=known.response if known else "",
            complete=known is not None and known.total is not None,
            stale=self.score_is_stale,
            reviewed=bool(measured_at and reviewed_at and reviewed_at >= measured_at),
            before=known.unreviewed_response if known else "",
            alert=self.alert.priority if self.alert else "",
            unowned=self.unowned,
            overdue=self.overdue,
            score=self.score_at_least,
        )

    @cached_property
    def level(self) -> risk.Level:
        return risk.level(self.facts)

    @cached_property
    def place(self) -> tuple[risk.Place, str, str]:
        """Name and id come last, so that equals keep their places from poll to poll."""
        patient = self.admission.patient
        return risk.place(self.facts), patient.family_name, self.admission.pk

    def _left_out(self, kind: str, value: Vital) -> bool:
        """Too old to have joined the newest score."""
        if kind not in self.parts or not self.scored or not self.standing:
            return False
        scored_at = self.standing.measured_at
        return self.parts[kind] is None and scored_at is not None and value.measured_at < scored_at

    def _past(self, deadline: str) -> dict[str, Due]:
        which, at = attrgetter(deadline), self.at
        return {kind: due for kind, due in self.dues.items() if (past := which(due)) and past <= at}

    def _silent(self) -> Readings | None:
        silent = self.silent
        if not silent:
            return None
        # What somebody could have measured stands before what kit keeps from them.
        why = min(silent.values(), key=list(_STATES).index)
        kinds_so = tuple(kind for kind, cause in silent.items() if cause == why)
        heard = [self.vitals[kind].measured_at for kind in kinds_so if kind in self.vitals]
        since = max(heard, default=self.admission.admitted_at)
        return Readings(_STATES[why], kinds_so, since)

    @cached_property
    def silent(self) -> dict[str, Cause]:
        """The kinds that are silent, each with why."""
        return {
            kind: cause(kind, self.kit, due_at=due.due_at, now=self.at)
            for kind, due in self._past("silent_at").items()
        }

    @property
    def gateway_down(self) -> bool:
        """Whether any of the kit cannot report, whatever is owed."""
        return any(piece.gateway_down_since for piece in self.kit)

    def _late(self) -> Readings | None:
        late = self._past("late_at")
        if not late:
            return None
        return Readings("late", tuple(late), _earliest(late))

    def _gaps(self) -> Readings | None:
        gaps = [kind for kind in self.missing if kind in self.plan]
        if not self.scored or not gaps or self.score_at_least is None:
            return None
        return Readings("missing", tuple(gaps), _earliest({k: self.dues.get(k) for k in gaps}))

    def _next(self) -> Readings:
        due = self._past("due_at")
        if due:
            return Readings("due", tuple(due), _earliest(due))
        first = _earliest(self.dues)
        soonest = tuple(kind for kind, known in self.dues.items() if known.due_at == first)
        return Readings("next", soonest, first) if first else Readings("none")


def _earliest(dues: Mapping[str, Due | None]) -> dt.datetime | None:
    return min((due.due_at for due in dues.values() if due and due.due_at), default=None)
