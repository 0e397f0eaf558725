"""One patient's row as its markup shows it: words, cells, line, buttons."""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import Final, NamedTuple

from django.utils.safestring import SafeString
from msgspec.json import Encoder

from lib.addresses import address
from lib.charts.sparkline import Sparkline, sparkline
from lib.london import age, day_of, near_moment
from rounds.board import Row
from rounds.board.entries import SILENCES, PastScore
from rounds.board.moments import TREND, step_end
from rounds.board.risk import needs_somebody, urgency
from rounds.presenters import board_words as words
from rounds.presenters.board_cells import cells, rest
from rounds.presenters.board_opened import OpenedPresenter

_as_json: Final = Encoder()
_WANTING: Final = SILENCES | {"late", "missing", "paused", "leave"}


class AlertLine(NamedTuple):
    """What components/alert_owner.html wants."""

    title: str
    owner: str
    at: dt.datetime
    age: str
    time: str


class RowPresenter:
    """One patient; `namesake`: another one there is named so, or nearly; `opened` is what the row
    adds once it is opened."""

    def __init__(
        self,
        row: Row,
        *,
        may_treat: bool,
        namesake: bool = False,
        opened: OpenedPresenter | None = None,
    ) -> None:
        patient = row.admission.patient
        self.row = row
        self.pk = row.admission.pk
        self.level = row.level
        self.opened = opened
        self.family = patient.family_name.upper()
        self.given = patient.given_name
        self.who = words.age_and_sex(row)
        self.line = " · ".join(words.line(row))
        self.marks = ["Similar name here"] * namesake + words.marks(row)
        self.risk = words.risk(row)
        self.trend = words.trend(row)
        self.cells = cells(row)
        self.rest = rest(row, self.cells)
        self.readings = words.readings(row)
        self.wanting = row.readings.state in _WANTING or row.gateway_down
        self.review = words.review(row)
        self.task = words.task(row)
        self.alert = _alert(row)
        self.version = _version(row, may_treat=may_treat, namesake=namesake)
        self.announce = _announcement(row, self.risk.word)
        self.toggle_url = address("rounds:board-row", self.pk)
        self.patient_url = address("rounds:patient-detail", self.pk)
        self.buttons = may_treat and row.unowned
        self.phone = patient.phone

    @property
    def whole_stale(self) -> bool:
        """One line says it then, and the seven hatched values need not on a phone."""
        known = [cell for cell in self.cells if cell.state in {"ok", "stale"}]
        return bool(known) and all(cell.state == "stale" for cell in known)

    @property
    def sparkline(self) -> SafeString | str:
        row = self.row
        if not row.scored or not row.scores:
            return ""
        known = (
            not row.score_is_stale and row.standing is not None and row.standing.total is not None
        )
        told = [past for past in row.scores if known or past.total is not None]
        return sparkline(
            Sparkline(
                start=step_end(row.at) - TREND,
                end=step_end(row.at),
                scores=_thinned(told),
                risk=min(3, urgency(row.facts)),  # type: ignore[arg-type]  # 0 to 3
                known=known,
            )
        )

    @property
    def acknowledge_url(self) -> str:
        alert = self.row.alert
        return address("observations:alert-acknowledge", alert.pk) if alert else ""

    @property
    def shown_at(self) -> str:
        """The ring that is shown: an acknowledgement covers nothing that rings after it."""
        return self.row.alert.rang_at.isoformat() if self.row.alert else ""


def _announcement(row: Row, word: str) -> str:
    """Only of who needs somebody: every reading of a full ward would drown them."""
    if not needs_somebody(row.facts):
        return ""
    return f"{row.admission.patient.family_name.upper()} now {word.lower()}"


def _alert(row: Row) -> AlertLine | None:
    if row.alert is None:
        return None
    since = row.alert.since
    return AlertLine(
        words.alert_title(row),
        row.alert.owner,
        since,
        age(since, row.at),
        near_moment(since, row.at),
    )


def _version(row: Row, *, may_treat: bool, namesake: bool) -> str:
    """Moves with whatever the row shows but for ages, which tick by themselves."""
    seen: tuple[object, ...] = (
        row.admission.board_version,
        row.standing.version if row.standing else 0,
        row.level,
        row.score_is_stale,
        row.readings.state,
        row.readings.kinds,
        row.kit,
        row.stale,
        row.alert,
        row.review,
        row.unreviewed,
        row.task,
        row.overdue,
        row.leave,
        row.pause,
        row.no_bed,
        day_of(row.at),
        may_treat,
        namesake,
    )
    return hashlib.blake2b(_as_json.encode(seen), digest_size=8).hexdigest()


def _thinned(scores: list[PastScore]) -> list[tuple[dt.datetime, int]]:
    """A step line needs only its steps: a score a minute would draw 1,440 of them."""
    steps: list[tuple[dt.datetime, int]] = []
    for past in scores:
        if not steps or steps[-1][1] != past.lowest:
            steps.append((past.measured_at, past.lowest))
    if scores and steps[-1][0] != scores[-1].measured_at:
        steps.append((scores[-1].measured_at, scores[-1].lowest))
    return steps
