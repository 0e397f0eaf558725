"""One patient's screen on a round: all that is needed to decide, as at one instant."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from accounts.models import User
from capacity.hours import Week
from capacity.models import Stay
from patients.models import Admission, ExpectedDischarge, MonitoringMode
from patients.policies import can_treat_on
from rounds.board import facts, making
from rounds.board.opened import Opened
from rounds.board.rows import Row
from rounds.holding import Watch
from rounds.patient.coming_again import readmission_of
from rounds.round.happened import Happened, happened
from rounds.round.known import Known, known
from rounds.round.measured import Measured, measured

# Who was never reviewed is told from the admission, and no further back than a pathway's stay.
LONGEST: Final = dt.timedelta(days=15)


@dataclass(frozen=True)
class Screen:
    """`since` is the last review, or the admission."""

    admission: Admission
    at: dt.datetime
    since: dt.datetime
    row: Row
    known: Known
    measured: Measured
    happened: tuple[Happened, ...]
    may_treat: bool

    @property
    def now(self) -> dt.datetime:
        return self.at

    @cached_property
    def opened(self) -> Opened:
        """As a board's row shows it when it opens, without the sets before."""
        return Opened(
            row=self.row,
            sets=(),
            safety=self.known.safety,
            contacts=self.known.contacts,
            interpreter=self.known.interpreter,
            language=self.admission.patient.language,
            responses=self.known.responses,
            may_treat=self.may_treat,
        )

    @property
    def mode(self) -> MonitoringMode | None:
        decided = self.row.mode
        if decided is making.UNDECIDED:
            return None
        return MonitoringMode(mode=decided.mode, reason=decided.reason)

    @property
    def watch(self) -> Watch:
        return self.known.watch

    @property
    def weeks(self) -> tuple[Week, ...]:
        return self.known.weeks

    @cached_property
    def expected(self) -> ExpectedDischarge | None:
        """Asked for whoever could leave, and is still here: why."""
        if self.admission.ready_since is None:
            return None
        return self.admission.expected_discharges.order_by("set_at").last()

    @cached_property
    def readmission_of(self) -> Admission | None:
        return readmission_of(self.admission)

    @property
    def stay(self) -> Stay | None:
        return self.known.stay


def screen(admission: Admission, *, user: User, at: dt.datetime) -> Screen:
    """In four statements."""
    pk = admission.pk
    row = making.row(facts.of_one(pk, at), (), at)
    since = max(row.reviewed_at, at - LONGEST)
    return Screen(
        admission=admission,
        at=at,
        since=since,
        row=row,
        known=known(admission, user=user, at=at),
        measured=measured(pk, since, at),
        happened=happened(pk, since, at),
        may_treat=admission.is_open and can_treat_on(user, admission.ward, at=at),
    )
