"""A ward's board as at one instant: the same object behind page, fragment and API."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, cast
from uuid import UUID

from django.db.models import F, OuterRef, QuerySet, Subquery

from accounts.models import User
from capacity.models import Ward
from capacity.presence import WardCount, ward_counts
from observations.models import Alert, Standing
from patients.models import Admission, Identifier
from patients.policies import can_treat_on
from rounds.board import held, measured, work
from rounds.board.entries import AlertNow, ModeNow, PastScore, PathwayNow
from rounds.board.held import Held
from rounds.board.measured import Ids
from rounds.board.rows import Row
from rounds.board.version import board_version

# A long note or an address need not be read every five seconds.
_SHOWN: Final = (
    "patient",
    "ward",
    "spell",
    "pathway_version",
    "admitted_at",
    "expected_discharge",
    "usual_news2",
    "usual_spo2",
    "board_version",
    "patient__family_name",
    "patient__given_name",
    "patient__born",
    "patient__sex",
    "patient__phone",
)
# Until somebody has decided, a patient is scored like most: never silently unwatched.
UNDECIDED = ModeNow("news2_scale1", "")


@dataclass(frozen=True)
class Board:
    """Rows stand in the order in which they need somebody."""

    ward: Ward
    at: dt.datetime
    version: str
    rows: tuple[Row, ...]
    count: WardCount
    held: Held | None
    ward_alerts: tuple[AlertNow, ...]
    lag: dt.timedelta
    may_treat: bool


def board(
    ward: Ward,
    *,
    user: User,
    at: dt.datetime,
    version: str = "",
    lag: dt.timedelta | None = None,
) -> Board:
    """Who sees none of the ward's patients gets an empty board; views answer 404 before.

    `version` and `lag` are what the caller asked for already, before the rows and never after.
    """
    behind = held.lag(at) if lag is None else lag
    version = version or board_version(ward, user, at, lag=behind)
    alerts = work.open_alerts(ward)
    admissions = Admission.objects.caring(user).current().on(ward)
    return Board(
        ward=ward,
        at=at,
        version=version,
        rows=rows(admissions, here=_here(ward), ward=ward, alerts=alerts, at=at),
        count=ward_counts(Ward.objects.filter(pk=ward.pk), at)[ward.pk],
        held=held.by(ward, at),
        ward_alerts=tuple(work.in_one_line(alert) for alert in alerts if not alert.admission_id),
        lag=behind,
        may_treat=can_treat_on(user, ward, at=at),
    )


def rows(
    admissions: QuerySet[Admission],
    *,
    here: Ids,
    ward: Ward,
    alerts: Sequence[Alert],
    at: dt.datetime,
) -> tuple[Row, ...]:
    """One query a table, however many patients; `here` are these admissions or more."""
    found = list(_with_people(admissions))
    scores = measured.scores([admission.pk for admission in found], at)
    known = _Known(here, ward=ward, alerts=alerts, scores=scores, at=at)
    return tuple(sorted(map(known.row, found), key=lambda row: row.place))


def row_of(admission: Admission, *, at: dt.datetime) -> Row:
    """One patient's row alone."""
    ward, alone = admission.ward, Admission.objects.filter(pk=admission.pk)
    alerts = work.open_alerts(ward)
    return rows(alone, here=[admission.pk], ward=ward, alerts=alerts, at=at)[0]


def _here(ward: Ward) -> Ids:
    return Admission.objects.current().on(ward).order_by().values("pk")


def _with_people(admissions: QuerySet[Admission]) -> QuerySet[Admission]:
    number = Identifier.objects.current().nhs_numbers().filter(patient=OuterRef("patient"))
    return (
        admissions.select_related("patient")
        .annotate(
            shown_number=Subquery(number.values("value")[:1]),
            pathway=F("pathway_version__pathway_id"),
            pathway_name=F("pathway_version__pathway__short_name"),
        )
        .only(*_SHOWN)
    )


class _Known:
    """What the tables say of these admissions, by id."""

    def __init__(
        self,
        ids: Ids,
        *,
        ward: Ward,
        alerts: Sequence[Alert],
        scores: Mapping[UUID, tuple[PastScore, ...]],
        at: dt.datetime,
    ) -> None:
        self.at = at
        self.scores = scores
        self.standings = {one.pk: one for one in Standing.objects.filter(admission__in=ids)}
        self.vitals = measured.vitals(ids, at)
        self.dues = measured.dues(ids)
        self.plans = measured.plans(ids, at)
        self.modes = measured.modes(ids, at)
        self.kit = measured.kit(ids)
        self.alerts = work.of_patients(alerts)
        self.reviews = work.reviews(ids)
        self.tasks = work.tasks(ids)
        self.leaves = work.leaves(ids, at)
        self.pauses = work.pauses(ids, at)
        self.without_bed = work.without_bed(ward)

    def row(self, admission: Admission) -> Row:
        pk, shown = admission.pk, cast(Any, admission)  # annotated by _with_people
        return Row(
            at=self.at,
            admission=admission,
            nhs_number=shown.shown_number or "",
            pathway=PathwayNow(shown.pathway, shown.pathway_name),
            mode=self.modes.get(pk, UNDECIDED),
            standing=self.standings.get(pk),
            vitals=self.vitals.get(pk, {}),
            dues=self.dues.get(pk, {}),
            plan=self.plans.get(pk, {}),
            scores=self.scores.get(pk, ()),
            alert=self.alerts.get(pk),
            review=self.reviews.get(pk),
            task=self.tasks.get(pk),
            leave=self.leaves.get(pk),
            pause=self.pauses.get(pk),
            no_bed=self.without_bed.get(admission.spell_id, ""),
            kit=self.kit.get(pk, ()),
        )
