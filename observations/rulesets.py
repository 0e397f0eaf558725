"""A ruleset as data: which values, changes and scores call somebody, and how urgently.

A ruleset belongs to a pathway and has versions; a patient's own limits are laid over it with
`personalised`. `loosens` answers whether a change needs a senior decision-maker.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields, replace
from math import inf, nextafter
from typing import Any, Final, Literal, get_args

from observations import kinds, news2

Priority = Literal["prompt", "urgent", "emergency"]
Mode = Literal["news2_scale1", "news2_scale2", "limits_only", "comfort"]

PRIORITIES: Final[tuple[Priority, ...]] = get_args(Priority)
SCORED_MODES: Final[frozenset[Mode]] = frozenset({"news2_scale1", "news2_scale2"})
# What comfort care still listens to, beside a carer's concern.
SYMPTOMS: Final = frozenset({"pain"})
# The emergency rule can be loosened for one patient but never so far that it cannot ring.
LOOSEST_EMERGENCY: Final = 12


def _check(holds: bool, problem: str) -> None:  # noqa: FBT001  # the thing checked comes first
    if not holds:
        raise ValueError(problem)


def _check_kind(kind: str) -> None:
    _check(kind in kinds.KINDS, f"there is no kind {kind!r}")


def _below(low: float | None, high: float | None) -> bool:
    return low is None or high is None or low <= high


def rank(priority: Priority | None) -> int:
    """0 for none, 3 for an emergency."""
    return 0 if priority is None else PRIORITIES.index(priority) + 1


def as_priority(text: str) -> Priority:
    """Of a row's text; ValueError for what is none."""
    return PRIORITIES[PRIORITIES.index(text)]


@dataclass(frozen=True, slots=True)
class Limit:
    """Crossed by a value below `low` or above `high`, in the kind's charted unit."""

    kind: str
    priority: Priority
    low: float | None = None
    high: float | None = None

    def __post_init__(self) -> None:
        _check_kind(self.kind)
        _check(self.priority in PRIORITIES, "a limit's priority is prompt, urgent or emergency")
        _check((self.low, self.high) != (None, None), "a limit is low, high or both")
        _check(_below(self.low, self.high), "the low limit is above the high one")


@dataclass(frozen=True, slots=True)
class Change:
    """Crossed by a gain of at least `by` within `within_hours`; a negative `by` is a loss."""

    kind: str
    by: float
    within_hours: float
    priority: Priority

    def __post_init__(self) -> None:
        _check_kind(self.kind)
        _check(self.priority in PRIORITIES, "a change's priority is prompt, urgent or emergency")
        _check(self.by != 0, "a change of nothing is no change")
        _check(self.within_hours > 0, "a change needs time")


@dataclass(frozen=True, slots=True)
class Rise:
    """Crossed when NEWS2 is at least `by` higher than any complete score within `within_hours`."""

    by: int = 2
    within_hours: float = 24
    priority: Priority = "prompt"

    def __post_init__(self) -> None:
        _check(self.by > 0, "a rise is of one or more")
        _check(self.within_hours > 0, "a rise needs time")
        _check(self.priority in PRIORITIES, "a rise's priority is prompt, urgent or emergency")


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Where NEWS2 rings. Loosened for one patient only, and never off.

    `quiet_threes` are arguments of NEWS2 whose single 3 is this patient's usual: they still count
    in the score.
    """

    emergency: int = news2.EMERGENCY_THRESHOLD
    urgent: int = news2.URGENT_THRESHOLD
    quiet_threes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        _check(1 <= self.urgent <= self.emergency, "urgent comes no later than emergency")
        _check(self.emergency <= LOOSEST_EMERGENCY, "the emergency rule cannot be switched off")
        _check(set(self.quiet_threes) <= set(news2.PARAMETERS), "unknown NEWS2 parameter")


@dataclass(frozen=True, slots=True)
class Ruleset:
    """All rules of a pathway's version, or of one patient."""

    version: int = 1
    limits: tuple[Limit, ...] = ()
    changes: tuple[Change, ...] = ()
    rise: Rise | None = None
    thresholds: Thresholds = Thresholds()

    def as_json(self) -> dict[str, Any]:
        """What a JSON column keeps; `ruleset` reads it back."""
        return asdict(self)


def ruleset(data: Mapping[str, Any]) -> Ruleset:
    """Read a ruleset; ValueError says what a person must mend."""
    _known(data, Ruleset)
    rise = data.get("rise")
    return Ruleset(
        version=data.get("version", 1),
        limits=tuple(Limit(**_known(limit, Limit)) for limit in data.get("limits", ())),
        changes=tuple(Change(**_known(change, Change)) for change in data.get("changes", ())),
        rise=None if rise is None else Rise(**_known(rise, Rise)),
        thresholds=_thresholds(data.get("thresholds", {})),
    )


def personalised(
    rules: Ruleset,
    *,
    limits: Iterable[Limit] = (),
    changes: Iterable[Change] = (),
    thresholds: Thresholds | None = None,
) -> Ruleset:
    """The pathway's rules with one patient's own: a kind's own limits stand in the place of the
    pathway's mildest. Of the rest stay those that are more urgent and lie beyond them: a glucose of
    2 is an emergency, whatever is agreed about one of 4."""
    own, moved = tuple(limits), tuple(changes)
    kept = tuple(left for limit in rules.limits if (left := _left(limit, rules, own)) is not None)
    still = tuple(change for change in rules.changes if change.kind not in {c.kind for c in moved})
    return replace(
        rules,
        limits=kept + own,
        changes=still + moved,
        thresholds=thresholds or rules.thresholds,
    )


def _left(limit: Limit, rules: Ruleset, own: tuple[Limit, ...]) -> Limit | None:
    """What stays of a pathway's limit beside the patient's own."""
    same = [one for one in own if one.kind == limit.kind]
    if not same:
        return limit
    mildest = min(rank(one.priority) for one in rules.limits if one.kind == limit.kind)
    if rank(limit.priority) <= max(mildest, *(rank(one.priority) for one in same)):
        return None
    lows = [one.low for one in same if one.low is not None]
    highs = [one.high for one in same if one.high is not None]
    low = limit.low if lows and limit.low is not None and limit.low < min(lows) else None
    high = limit.high if highs and limit.high is not None and limit.high > max(highs) else None
    return None if low is None and high is None else replace(limit, low=low, high=high)


def missing_limits(mode: Mode, planned: Iterable[str], rules: Ruleset) -> tuple[str, ...]:
    """The planned kinds that nothing watches: "not scored" must never mean "not watched"."""
    if mode == "comfort":
        return ()
    watched = {limit.kind for limit in rules.limits} | {change.kind for change in rules.changes}
    if mode in SCORED_MODES:
        watched |= set(kinds.NEWS2_KINDS) - set(rules.thresholds.quiet_threes)
    return tuple(sorted(set(planned) - watched))


def priority_of(limits: Iterable[Limit], kind: str, value: float) -> Priority | None:
    """The highest priority among the limits that a value crosses."""
    crossed = (limit for limit in limits if limit.kind == kind and _crosses(limit, value))
    return max((limit.priority for limit in crossed), key=rank, default=None)


def loosens(old: Ruleset, new: Ruleset) -> bool:
    """Whether anything that rang under `old` would ring later, less urgently or not at all."""
    return (
        _limits_loosen(old.limits, new.limits)
        or not all(_covered(change, new.changes) for change in old.changes)
        or _rise_loosens(old.rise, new.rise)
        or _thresholds_loosen(old.thresholds, new.thresholds)
    )


def _crosses(limit: Limit, value: float) -> bool:
    below = limit.low is not None and value < limit.low
    return below or (limit.high is not None and value > limit.high)


def _limits_loosen(old: tuple[Limit, ...], new: tuple[Limit, ...]) -> bool:
    # Priorities step only at the limits themselves, so trying each and its two neighbours is all.
    edges = {edge for limit in old + new for edge in (limit.low, limit.high) if edge is not None}
    values = {near for e in edges for near in (nextafter(e, -inf), e, nextafter(e, inf))}
    return any(
        rank(priority_of(old, kind, value)) > rank(priority_of(new, kind, value))
        for kind in {limit.kind for limit in old}
        for value in values
    )


def _covered(old: Change, changes: tuple[Change, ...]) -> bool:
    return any(
        new.kind == old.kind
        and (new.by > 0) == (old.by > 0)
        and abs(new.by) <= abs(old.by)
        and new.within_hours >= old.within_hours
        and rank(new.priority) >= rank(old.priority)
        for new in changes
    )


def _rise_loosens(old: Rise | None, new: Rise | None) -> bool:
    if old is None:
        return False
    return (
        new is None
        or new.by > old.by
        or new.within_hours < old.within_hours
        or rank(new.priority) < rank(old.priority)
    )


def _thresholds_loosen(old: Thresholds, new: Thresholds) -> bool:
    return (
        new.emergency > old.emergency
        or new.urgent > old.urgent
        or not set(new.quiet_threes) <= set(old.quiet_threes)
    )


def _thresholds(data: Mapping[str, Any]) -> Thresholds:
    known = _known(data, Thresholds)
    return Thresholds(**known | {"quiet_threes": tuple(known.get("quiet_threes", ()))})


def _known(data: Mapping[str, Any], cls: type) -> dict[str, Any]:
    unknown = set(data) - {field.name for field in fields(cls)}
    _check(not unknown, f"unknown in {cls.__name__.lower()}: {', '.join(sorted(unknown))}")
    return dict(data)
