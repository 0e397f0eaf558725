"""A handover as it was offered and answered, and the list of a ward's."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import NamedTuple
from uuid import UUID

from capacity.models import Ward
from lib.addresses import address
from lib.london import clock, dated, day_of, near_moment, short_day
from rounds.models import Handover, HandoverLine
from rounds.presenters import sbar


class RecordLine(NamedTuple):
    """`now` where the patient is not on this ward any more."""

    pk: UUID
    letter: str
    level: str
    name: str
    about: str
    url: str
    situation: str
    background: str
    assessment: str
    recommendation: str
    escalate: str
    agreed: bool
    tasks: list[str]
    now: str


class RecordPresenter:
    def __init__(
        self, handover: Handover, at: dt.datetime, *, user_id: int, may_treat: bool
    ) -> None:
        self._handover, self._at, self._user_id = handover, at, user_id
        self._may_treat = may_treat
        self.ward = handover.ward
        lines = list(handover.lines.all())
        self.expected = [self._line(line) for line in lines if line.expected]
        self.rest = [self._line(line) for line in lines if not line.expected]
        self.total = len(lines)
        self.giver = handover.offered_by.signature
        self.receiver = receiver(handover)
        self.state = state(handover, at)
        self.remark = handover.remark
        self.waits = handover.is_waiting
        self.taken = handover.taken
        self.offered = dated(handover.offered_at)
        self.until = dated(handover.until)
        self.board_url = address("rounds:ward-board", self.ward.code)
        self.list_url = address("rounds:handover-list", self.ward.code)

    @property
    def count(self) -> str:
        return "1 patient" if self.total == 1 else f"{self.total} patients"

    @property
    def mine(self) -> bool:
        """Whether it waits for whoever looks."""
        return self.waits and self._handover.offered_to_id == self._user_id

    @property
    def accept_url(self) -> str:
        return self._answer("rounds:handover-accept") if self._may_answer else ""

    @property
    def decline_url(self) -> str:
        return self._answer("rounds:handover-decline") if self._may_answer else ""

    @property
    def withdraw_url(self) -> str:
        may = self.waits and self._may_treat and not self.mine
        return self._answer("rounds:handover-withdraw") if may else ""

    @property
    def instead_of(self) -> str:
        """Whose it is to accept, where somebody else looks."""
        to = self._handover.offered_to
        return to.short_name if to and not self.mine else ""

    @property
    def _may_answer(self) -> bool:
        return self.waits and self._may_treat and self._handover.offered_by_id != self._user_id

    def _answer(self, name: str) -> str:
        return address(name, self._handover.pk)

    def _line(self, line: HandoverLine) -> RecordLine:
        return RecordLine(
            pk=line.admission_id,
            letter=sbar.letter(line.level),
            level=line.level,
            name=line.name,
            about=line.about,
            url=address("rounds:patient-detail", line.admission_id),
            situation=line.situation,
            background=line.background,
            assessment=line.assessment,
            recommendation=line.recommendation,
            escalate=line.escalate,
            agreed=line.agreed,
            tasks=line.tasks.splitlines(),
            now=self._now(line),
        )

    def _now(self, line: HandoverLine) -> str:
        """Only while the handover is a list to work from."""
        admission = line.admission
        if admission.discharged_at is not None:
            return f"left {near_moment(admission.discharged_at, self._at)}"
        if admission.ward_id != self.ward.pk:
            return f"on {admission.ward.name} now, held by that ward"
        return ""


def receiver(handover: Handover) -> str:
    """Whoever accepted; before that, whom it was offered to."""
    told = [handover.receiver_name, handover.receiver_organisation, handover.receiver_phone]
    if handover.accepted_at:
        return ", ".join(filter(None, told))
    return handover.offered_to.signature if handover.offered_to else ""


def state(handover: Handover, at: dt.datetime) -> str:
    if handover.taken and handover.accepted_at:
        return f"Taken over {dated(handover.accepted_at)}"
    if handover.accepted_at:
        how = f", {handover.accepted_how}" if handover.accepted_how else ""
        return f"Accepted {dated(handover.accepted_at)}{how}"
    if handover.declined_at and handover.declined_by:
        who = handover.declined_by.short_name
        return f"Declined {dated(handover.declined_at)} by {who}: {handover.decline_reason}"
    if handover.withdrawn_at and handover.withdrawn_by:
        return f"Withdrawn {dated(handover.withdrawn_at)} by {handover.withdrawn_by.short_name}"
    passed = " Its time has passed." if handover.until <= at else ""
    giver = handover.offered_by.short_name
    return f"Not accepted yet: {giver} has not handed over.{passed}"


class ListedHandover(NamedTuple):
    day: str
    time: str
    giver: str
    receiver: str
    state: str
    patients: int
    until: str
    url: str


class ListedPresenter:
    def __init__(
        self, ward: Ward, found: Iterable[Handover], at: dt.datetime, *, may_treat: bool
    ) -> None:
        self.ward = ward
        self.handovers = [_listed(one, at) for one in found]
        self.board_url = address("rounds:ward-board", ward.code)
        self.prepare_url = address("rounds:handover-prepare", ward.code) if may_treat else ""
        self.take_url = address("rounds:handover-take", ward.code) if may_treat else ""


def _listed(one: Handover, at: dt.datetime) -> ListedHandover:
    return ListedHandover(
        day=short_day(day_of(one.offered_at)),
        time=clock(one.offered_at),
        giver="" if one.taken else one.offered_by.short_name,
        receiver=receiver(one),
        state=state(one, at),
        patients=len(one.lines.all()),
        until=dated(one.until),
        url=address("rounds:handover-detail", one.pk),
    )
