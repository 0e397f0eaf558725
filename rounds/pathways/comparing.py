"""What one version says otherwise than another, and whether that loosens anything.

What cannot be weighed by arithmetic, a wording or fewer readings, counts as looser: a senior
reads it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from observations.news2 import LABELS
from observations.rulesets import Change, Ruleset, loosens
from patients import criteria
from patients.planned import PLANNED
from rounds.pathways import words
from rounds.pathways.contents import RESPONSES, Content, of_kind

_DAY = dt.timedelta(days=1)


class Difference(NamedTuple):
    """`what` of `section` was one thing and is another."""

    section: str
    what: str
    was: str
    now: str
    loosens: bool


def compare(old: Content, new: Content) -> list[Difference]:
    """In the order of the form; empty where both say the same."""
    return [
        *_stay(old, new),
        *_criteria(old, new),
        *_readings(old, new),
        *_limits(old.rules, new.rules),
        *_rules(old.rules, new.rules),
        *_responses(old, new),
    ]


def loosened(differences: Iterable[Difference]) -> bool:
    return any(one.loosens for one in differences)


def loosens_care(old: Content, new: Content) -> bool:
    """Of a patient who goes on with another version: readings, limits and rules are looser."""
    return loosened(
        [
            *_readings(old, new),
            *_limits(old.rules, new.rules),
            *_rules(old.rules, new.rules),
        ]
    )


def _stay(old: Content, new: Content) -> Iterator[Difference]:
    if old.default_mode != new.default_mode:
        was, now = words.MODES[old.default_mode], words.MODES[new.default_mode]
        scored = new.default_mode == "news2_scale1"
        yield Difference("Stay", "How readings are judged", was, now, not scored)
    for name, what in (("expected_days", "Expected days"), ("limit_days", "Limit of days")):
        was_days, now_days = getattr(old, name), getattr(new, name)
        if was_days != now_days:
            yield Difference("Stay", what, str(was_days), str(now_days), loosens=False)


def _criteria(old: Content, new: Content) -> Iterator[Difference]:
    before, after = ({one["key"]: one for one in side.criteria} for side in (old, new))
    for key in dict.fromkeys([*before, *after]):
        was, now = before.get(key), after.get(key)
        if was != now:
            yield _criterion(was, now)


def _criterion(was: Mapping[str, Any] | None, now: Mapping[str, Any] | None) -> Difference:
    label = (now or was or {})["label"]
    before, after = (_asked(one, label) if one else "not asked" for one in (was, now))
    wider = was is not None and (now is None or criteria.widens(was, now))
    return Difference("Who may come", label, before, after, wider)


def _asked(one: Mapping[str, Any], label: str) -> str:
    told = words.criterion(one)
    return told if one["label"] == label else f"{one['label']}: {told}"


def _readings(old: Content, new: Content) -> Iterator[Difference]:
    for kind, planned in PLANNED.items():
        was, now = old.schedule.get(kind), new.schedule.get(kind)
        if was != now:
            said = words.when(was), words.when(now)
            yield Difference("Readings", planned.label, *said, is_rarer(was, now))


def is_rarer(was: Mapping[str, Any] | None, now: Mapping[str, Any] | None) -> bool:
    """Asked for less often a day, or with a longer wait between two."""
    return _rhythm(now) < _rhythm(was) or _longest_wait(now) > _longest_wait(was)


def _rhythm(planned: Mapping[str, Any] | None) -> float:
    if not planned:
        return 0.0
    every = planned.get("every_hours")
    return 24 / every if every else float(len(planned["times"]))


def _longest_wait(planned: Mapping[str, Any] | None) -> dt.timedelta:
    if not planned:
        return dt.timedelta.max
    if planned.get("every_hours"):
        return dt.timedelta(hours=planned["every_hours"])
    at = sorted(dt.time.fromisoformat(text) for text in planned["times"])
    since = [dt.timedelta(hours=one.hour, minutes=one.minute) for one in at]
    return max(b - a for a, b in zip(since, [*since[1:], since[0] + _DAY], strict=True))


def _limits(old: Ruleset, new: Ruleset) -> Iterator[Difference]:
    for kind, planned in PLANNED.items():
        was, now = of_kind(old, kind), of_kind(new, kind)
        if set(was) != set(now):
            said = words.limits_of(kind, was), words.limits_of(kind, now)
            looser = loosens(Ruleset(limits=was), Ruleset(limits=now))
            yield Difference("Limits", planned.label, *said, looser)


def _rules(old: Ruleset, new: Ruleset) -> Iterator[Difference]:
    for kind in PLANNED:
        was, now = _changes(old, kind), _changes(new, kind)
        if set(was) != set(now):
            said = _in_words(was), _in_words(now)
            looser = loosens(Ruleset(changes=was), Ruleset(changes=now))
            yield Difference("Rules", f"{PLANNED[kind].label}, change", *said, looser)
    for name, what in (("rise", "Rise of NEWS2"), ("thresholds", "NEWS2 rings")):
        before, after = getattr(old, name), getattr(new, name)
        if before != after:
            tell = getattr(words, name)
            looser = loosens(_only(name, before), _only(name, after))
            yield Difference("Rules", what, tell(before), tell(after), looser)


def _in_words(changes: Iterable[Change]) -> str:
    return " and ".join(map(words.change, changes)) or words.NONE


def _changes(rules: Ruleset, kind: str) -> tuple[Change, ...]:
    return tuple(one for one in rules.changes if one.kind == kind)


def _only(name: str, value: object) -> Ruleset:
    return replace(Ruleset(), **{name: value})  # type: ignore[arg-type]  # its own field's value


def _responses(old: Content, new: Content) -> Iterator[Difference]:
    for key in RESPONSES:
        was, now = old.responses.get(key, ""), new.responses.get(key, "")
        if was.split() != now.split():
            what = f"What you do: {LABELS[key]}"
            yield Difference("Responses", what, was or words.NONE, now or words.NONE, loosens=True)
