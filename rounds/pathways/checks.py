"""Whether what a draft says may be published: asked of the very code that will run it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise
from typing import Any, Final, NamedTuple

from observations.news2 import EMERGENCY_THRESHOLD, LABELS, URGENT_THRESHOLD
from observations.rulesets import Limit, Mode, Ruleset, missing_limits, rank
from patients.planned import PLANNED
from rounds.pathways.contents import RESPONSES, Content, of_kind

# Scale 2 and comfort are a senior's decision for one patient.
MODES: Final[tuple[Mode, ...]] = ("news2_scale1", "limits_only")


class Problem(NamedTuple):
    """`field` is the draft form's field beside which it is told."""

    field: str
    words: str


def problems(content: Content) -> list[Problem]:
    """All that stands in the way of publishing, in the order of the form."""
    try:
        rules = content.rules
    except ValueError as wrong:
        return [Problem("", f"The rules cannot be read: {wrong}.")]
    return [
        *_stay(content),
        *_criteria(content.criteria),
        *_readings(content, rules),
        *(one for kind in PLANNED for one in _limits(kind, of_kind(rules, kind))),
        *_thresholds(rules),
        *_responses(content.responses),
    ]


def _stay(content: Content) -> Iterator[Problem]:
    if content.default_mode not in MODES:
        yield Problem(
            "default_mode", "SpO2 scale 2 and comfort are a senior\u2019s decision for one patient."
        )
    if content.limit_days < content.expected_days:
        yield Problem("limit_days", "The limit is not before the expected days.")


def _criteria(criteria: Iterable[Mapping[str, Any]]) -> Iterator[Problem]:
    known = list(criteria)
    if not known:
        yield Problem("criterion_0_label", "Say who may come: ask at least one question.")
    for n, criterion in enumerate(known):
        if criterion["kind"] == "number" and not {"min", "max"} & set(criterion):
            yield Problem(f"criterion_{n}_min", "Say from what or up to what it is met.")


def _readings(content: Content, rules: Ruleset) -> Iterator[Problem]:
    if not content.schedule:
        yield Problem("spo2_times", "Ask for at least one reading.")
    unwatched = {
        kind
        for mode in MODES  # a team may choose limits alone for any patient
        for kind in missing_limits(mode, content.schedule, rules)
    }
    for kind in PLANNED:
        if kind in unwatched:
            words = f"{PLANNED[kind].label} is asked for and nothing watches it: give a limit."
            yield Problem(first_limit(kind), words)


def first_limit(kind: str) -> str:
    """The form's first field for a limit of this kind."""
    return f"{kind}_beyond" if kind == "consciousness" else f"{kind}_prompt_low"


def _limits(kind: str, limits: tuple[Limit, ...]) -> Iterator[Problem]:
    planned = PLANNED[kind]
    for limit in limits:
        field = f"{kind}_{limit.priority}"
        if limit.low is not None and not planned.low < limit.low <= planned.high:
            yield Problem(f"{field}_low", _between(kind))
        if limit.high is not None and not planned.low <= limit.high < planned.high:
            yield Problem(f"{field}_high", _between(kind))
    if kind != "consciousness":
        yield from _order(kind, sorted(limits, key=lambda one: rank(one.priority)))


def _between(kind: str) -> str:
    planned = PLANNED[kind]
    between = f"between {planned.low:g} and {planned.high:g} {planned.unit}".strip()
    return f"No value ever crosses it: give one {between}."


def _order(kind: str, limits: list[Limit]) -> Iterator[Problem]:
    """The mildest speaks first; one that lies beyond a more urgent one would never speak."""
    for milder, worse in pairwise(limits):
        words = f"It lies inside the {milder.priority} one, which would then never speak."
        if milder.low is not None and worse.low is not None and worse.low >= milder.low:
            yield Problem(f"{kind}_{worse.priority}_low", words)
        if milder.high is not None and worse.high is not None and worse.high <= milder.high:
            yield Problem(f"{kind}_{worse.priority}_high", words)


def _thresholds(rules: Ruleset) -> Iterator[Problem]:
    """clinical.md: loosened for one patient, never switched off by a ruleset."""
    words = "A pathway may call earlier than NEWS2 does, never later."
    if rules.thresholds.emergency > EMERGENCY_THRESHOLD or rules.thresholds.quiet_threes:
        yield Problem("emergency", words)
    if rules.thresholds.urgent > URGENT_THRESHOLD:
        yield Problem("urgent", words)


def _responses(responses: Mapping[str, str]) -> Iterator[Problem]:
    for key in RESPONSES:
        if not responses.get(key, "").strip():
            yield Problem(f"response_{key}", f"Say what your team does: {LABELS[key]}.")
