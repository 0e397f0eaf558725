"""What is agreed for an admission: mode, oxygen, rules and schedule, as in force at any instant.

Kept in the process by the admission's version, which every change of a plan moves while it holds
the admission's lock: whoever holds that lock therefore reads the newest plan, mostly from memory.
"""

from __future__ import annotations

import sys
from bisect import bisect_right
from collections import OrderedDict, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from functools import lru_cache
from itertools import chain
from typing import Any, Final, NamedTuple, cast
from uuid import UUID

import msgspec
from django.db import transaction

from observations import silence
from observations.attribution import AdmissionFacts
from observations.rulesets import Limit, Mode, Rise, Ruleset, personalised, ruleset
from observations.storage.queries import rows
from patients.models import PathwayVersion

# More than the patients of any one house of wards; beyond, the longest unused is read again.
_KEPT: Final = 50_000
_LONG_AGO: Final = datetime.min.replace(tzinfo=UTC)
_NEVER: Final = datetime.max.replace(tzinfo=UTC)
_cache: OrderedDict[UUID, Plan] = OrderedDict()


class Period(NamedTuple):
    """Something agreed, from one instant to before another."""

    starts: datetime
    ends: datetime | None
    value: Any


class Line(NamedTuple):
    """One kind of a plan: its limits, and when it is to be taken."""

    limit: Limit | None
    schedule: silence.Schedule | None


class _Agreed(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """A row of the plan's table, as `_LINES` tells it."""

    kind: str
    starts: datetime
    ends: datetime | None
    low: float | None
    high: float | None
    priority: str
    times: tuple[str, ...]
    every_hours: int | None


_as_agreed: Final = msgspec.json.Decoder(list[_Agreed])


@dataclass(frozen=True, slots=True)
class InForce:
    """What is agreed from one change to before the next; schedules by the planned kinds."""

    starts: datetime
    ends: datetime
    mode: Mode
    on_oxygen: bool
    rules: Ruleset
    schedules: Mapping[str, silence.Schedule]


@dataclass(slots=True)
class Plan:
    """An admission's agreements over time; the version says which state of them."""

    version: int
    rules: Ruleset
    usual_news2: int | None
    modes: list[Period] = field(default_factory=list)
    oxygen: list[Period] = field(default_factory=list)
    lines: dict[str, list[Period]] = field(default_factory=dict)
    absences: tuple[silence.Absence, ...] = ()
    # Rules of the versions that were followed before this one, in order.
    earlier: tuple[Period, ...] = ()
    ever: Ruleset = field(init=False)
    _changes_at: list[datetime] | None = None
    _last_asked: InForce | None = None

    def __post_init__(self) -> None:
        """`ever` is what any of the rules compares with: how far back a reading may matter."""
        every = [self.rules, *(period.value for period in self.earlier)]
        self.ever = _together(every) if self.earlier else self.rules

    def in_force(self, at: datetime) -> InForce:
        """What is agreed at an instant; remembered, because the next one asked is near."""
        known = self._last_asked
        if known is None or not known.starts <= at < known.ends:
            known = self._last_asked = self._in_force(at)
        return known

    def mode_at(self, at: datetime) -> Mode:
        return self.in_force(at).mode

    def on_oxygen_at(self, at: datetime) -> bool:
        return self.in_force(at).on_oxygen

    def rules_at(self, at: datetime) -> Ruleset:
        """The pathway's rules with this patient's own limits laid over them."""
        return self.in_force(at).rules

    def schedule_at(self, kind: str, at: datetime) -> silence.Schedule | None:
        return self.in_force(at).schedules.get(kind)

    def _in_force(self, at: datetime) -> InForce:
        changes = self._changes()
        next_one = bisect_right(changes, at)
        lines = {k: line for k, periods in self.lines.items() if (line := _line_at(periods, at))}
        limits = tuple(line.limit for line in lines.values() if line.limit is not None)
        # Where nobody ever decided, limits alone are watched: a score needs a decision.
        mode = _in_force(self.modes, at) or _first(self.modes) or "limits_only"
        return InForce(
            starts=changes[next_one - 1] if next_one else _LONG_AGO,
            ends=changes[next_one] if next_one < len(changes) else _NEVER,
            mode=cast("Mode", mode),
            on_oxygen=_in_force(self.oxygen, at) is not None,
            rules=_with_limits(self._pathway_rules(at), limits),
            schedules={k: line.schedule for k, line in lines.items() if line.schedule is not None},
        )

    def _pathway_rules(self, at: datetime) -> Ruleset:
        for period in self.earlier:
            if period.ends is not None and at < period.ends:
                return cast("Ruleset", period.value)
        return self.rules

    def stale_at(self, kinds: Iterable[str], measured_at: datetime) -> datetime:
        """When values of these kinds, measured then, stop being current."""
        asked = {self.schedule_at(kind, measured_at) for kind in kinds} - {None}
        ends = [_stale_at(schedule, measured_at) for schedule in asked]
        return min(ends, default=silence.stale_at(None, measured_at))

    def as_at(self, at: datetime) -> Plan:
        """What is agreed at this instant, as if it had been agreed always; but when something was
        to be measured stays as it was, and so how long it counts."""
        return replace(
            self,
            rules=self._pathway_rules(at),
            earlier=(),
            modes=_always(self.mode_at(at)),
            oxygen=_always(_in_force(self.oxygen, at)),
            lines={kind: _with_limit(_line_at(p, at), p) for kind, p in self.lines.items()},
            _changes_at=None,
            _last_asked=None,
        )

    def changed(self, since: datetime, until: datetime) -> bool:
        """Whether what is agreed changed after the one instant, up to the other."""
        return any(since < at <= until for at in self._changes())

    def changes_after(self, at: datetime) -> datetime | None:
        """When something runs out, or follows, by itself."""
        return min((change for change in self._changes() if change > at), default=None)

    def _changes(self) -> list[datetime]:
        if self._changes_at is None:
            lines = chain.from_iterable(self.lines.values())
            periods = [*self.modes, *self.oxygen, *self.earlier, *lines]
            ends = {period.ends for period in periods if period.ends is not None}
            self._changes_at = sorted({period.starts for period in periods} | ends)
        return self._changes_at

    def planned(self, at: datetime) -> list[str]:
        """The kinds that somebody waits for."""
        return list(self.in_force(at).schedules)


@lru_cache(maxsize=4096)
def _stale_at(schedule: silence.Schedule | None, measured_at: datetime) -> datetime:
    return silence.stale_at(schedule, measured_at)


@lru_cache(maxsize=1024)
def _with_limits(rules: Ruleset, limits: tuple[Limit, ...]) -> Ruleset:
    return personalised(rules, limits=limits) if limits else rules


def plans_of(admissions: Collection[AdmissionFacts]) -> dict[UUID, Plan]:
    """Of admissions whose lock the caller holds."""
    found = {a.id: plan for a in admissions if (plan := _kept(a)) is not None}
    missing = [a for a in admissions if a.id not in found]
    if missing:
        found |= _load(missing)
    return found


def _kept(admission: AdmissionFacts) -> Plan | None:
    plan = _cache.get(admission.id)
    if plan is None or plan.version != admission.version:
        return None
    _cache.move_to_end(admission.id)
    return plan


def _load(admissions: Collection[AdmissionFacts]) -> dict[UUID, Plan]:
    loaded = read_plans(admissions)
    # Not before the commit: what is rolled back must not be remembered under a version that
    # another change will then bear.
    transaction.on_commit(lambda: _keep(loaded))
    return loaded


def read_plans(admissions: Collection[AdmissionFacts]) -> dict[UUID, Plan]:
    """As they are stored, remembered nowhere: of admissions that nobody need have locked."""
    ids = [str(admission.id) for admission in admissions]
    modes, oxygen = _periods(_MODES, ids), _periods(_OXYGEN, ids)
    lines, absences, earlier = _lines(ids), _absences(ids), _earlier(ids)
    return {
        a.id: Plan(
            version=a.version,
            rules=pathway_rules(a.pathway_version_id),
            usual_news2=a.usual_news2,
            modes=modes[a.id],
            oxygen=oxygen[a.id],
            lines=lines[a.id],
            absences=tuple(absences[a.id]),
            earlier=tuple(earlier[a.id]),
        )
        for a in admissions
    }


def _keep(loaded: dict[UUID, Plan]) -> None:
    _cache.update(loaded)
    while len(_cache) > _KEPT:
        _cache.popitem(last=False)


def _together(every: list[Ruleset]) -> Ruleset:
    rises = [rules.rise for rules in every if rules.rise is not None]
    return Ruleset(
        changes=tuple(dict.fromkeys(chain.from_iterable(rules.changes for rules in every))),
        rise=Rise(min(r.by for r in rises), max(r.within_hours for r in rises)) if rises else None,
    )


@lru_cache(maxsize=512)
def pathway_rules(version_id: int) -> Ruleset:
    """A published version is never edited again."""
    return ruleset(PathwayVersion.objects.get(pk=version_id).ruleset)


_MODES: Final = (
    "SELECT admission_id, starts, ends, mode FROM patients_monitoringmode "
    "WHERE admission_id = ANY(%s::uuid[]) ORDER BY admission_id, starts"
)
_OXYGEN: Final = (
    "SELECT admission_id, starts, ends, litres_per_minute FROM patients_prescribedoxygen "
    "WHERE admission_id = ANY(%s::uuid[]) ORDER BY admission_id, starts"
)
# A plan has a dozen lines: as text for msgspec they cost a third of what they cost one by one.
_LINES: Final = (
    "SELECT admission_id, json_agg(json_build_array("
    "kind, starts, ends, low, high, priority, times, every_hours) ORDER BY kind, starts)::text "
    "FROM patients_planline WHERE admission_id = ANY(%s::uuid[]) GROUP BY admission_id"
)
_EARLIER: Final = (
    "SELECT admission_id, version_id, ends FROM patients_earlierpathway "
    "WHERE admission_id = ANY(%s::uuid[]) ORDER BY admission_id, ends"
)
_ABSENCES: Final = (
    "SELECT admission_id, 'paused', starts, ends FROM patients_pause "
    "WHERE admission_id = ANY(%(ids)s::uuid[]) "
    "UNION ALL SELECT d.admission_id, 'on_leave', l.starts, l.ends FROM patients_leavedetail d "
    "JOIN capacity_leave l ON l.id = d.leave_id WHERE d.admission_id = ANY(%(ids)s::uuid[])"
)


def _periods(statement: str, ids: list[str]) -> dict[UUID, list[Period]]:
    periods: dict[UUID, list[Period]] = defaultdict(list)
    for admission_id, starts, ends, value in rows(statement, [ids]):
        kept = sys.intern(value) if isinstance(value, str) else value
        periods[admission_id].append(Period(starts, ends, kept))
    return periods


def _earlier(ids: list[str]) -> dict[UUID, list[Period]]:
    found: dict[UUID, list[Period]] = defaultdict(list)
    for admission_id, version_id, ends in rows(_EARLIER, [ids]):
        known = found[admission_id]
        starts = known[-1].ends if known else None
        known.append(Period(starts or _LONG_AGO, ends, pathway_rules(version_id)))
    return found


def _lines(ids: list[str]) -> dict[UUID, dict[str, list[Period]]]:
    lines: dict[UUID, dict[str, list[Period]]] = defaultdict(dict)
    for admission_id, told in rows(_LINES, [ids]):
        of_kind = lines[admission_id]
        moments: dict[datetime, datetime] = {}
        for agreed in _as_agreed.decode(told):
            # Most lines begin at one moment: kept once a patient, and names once a process.
            starts = moments.setdefault(agreed.starts, agreed.starts)
            known = of_kind.setdefault(sys.intern(agreed.kind), [])
            of_line = (agreed.low, agreed.high, agreed.times, agreed.every_hours)
            line = _line(agreed.kind, agreed.priority, starts, *of_line)
            known.append(Period(starts, agreed.ends, _going_on(known, starts, line)))
    return lines


def _going_on(known: list[Period], starts: datetime, line: Line) -> Line:
    """Other limits at the same times are the same schedule, and other times remember those before:
    neither forgives a silence."""
    if not known or known[-1].ends != starts or line.schedule is None:
        return line
    before, now = known[-1].value.schedule, line.schedule
    if before is None:
        return line
    same = (before.times, before.every) == (now.times, now.every)
    return line._replace(schedule=before if same else _following(now, before))


@lru_cache(maxsize=4096)
def _line(
    kind: str,
    priority: str,
    starts: datetime,
    low: float | None,
    high: float | None,
    times: tuple[str, ...],
    hours: int | None,
) -> Line:
    """One object for equal lines: those of a pathway that begin at one moment."""
    limit = _limit(kind, priority, low, high)
    every = None if hours is None or times else timedelta(hours=hours)
    if not times and every is None:
        return Line(limit, None)
    return Line(limit, _schedule(starts, times, every))


@lru_cache(maxsize=4096)
def _limit(kind: str, priority: Any, low: float | None, high: float | None) -> Limit | None:
    """One object for equal limits: most patients have their pathway's."""
    return None if low is None and high is None else Limit(kind, priority, low, high)


@lru_cache(maxsize=4096)
def _schedule(
    starts: datetime, times: tuple[str, ...], every: timedelta | None
) -> silence.Schedule:
    """One object for equal schedules: most kinds of a plan share theirs."""
    at = tuple(time.fromisoformat(text) for text in times)
    return silence.Schedule(starts=starts, times=at, every=every)


@lru_cache(maxsize=4096)
def _following(now: silence.Schedule, before: silence.Schedule) -> silence.Schedule:
    return replace(now, before=before)


def _absences(ids: list[str]) -> dict[UUID, list[silence.Absence]]:
    absences: dict[UUID, list[silence.Absence]] = defaultdict(list)
    for admission_id, kind, starts, ends in rows(_ABSENCES, {"ids": ids}):
        absences[admission_id].append(silence.Absence(kind, starts, ends))
    return absences


def _always(value: Any) -> list[Period]:
    return [] if value is None else [Period(_LONG_AGO, None, value)]


def _with_limit(now: Line | None, periods: list[Period]) -> list[Period]:
    limit = None if now is None else now.limit
    return [period._replace(value=period.value._replace(limit=limit)) for period in periods]


def _in_force(periods: list[Period], at: datetime) -> Any:
    for period in reversed(periods):
        if period.starts <= at:
            return period.value if period.ends is None or at < period.ends else None
    return None


def _first(periods: list[Period]) -> Any:
    """Kit may have measured before the admission was written down: the first decision holds."""
    return periods[0].value if periods else None


def _line_at(periods: list[Period], at: datetime) -> Line | None:
    return cast("Line | None", _in_force(periods, at) or _first(periods))
