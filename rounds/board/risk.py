"""Where a patient stands on the board: pure, so that the order can be tried on every case."""

from dataclasses import dataclass
from typing import Final, Literal

Level = Literal["emergency", "urgent", "single", "incomplete", "stale", "unscored", "low"]
Place = tuple[int, bool, int, int]

LEVELS: Final[tuple[Level, ...]] = (
    "emergency",
    "urgent",
    "single",
    "incomplete",
    "stale",
    "unscored",
    "low",
)
LETTERS: Final[dict[Level, str]] = {
    "emergency": "E",
    "urgent": "U",
    "single": "3",
    "incomplete": "?",
    "stale": "S",
    "unscored": "N",
    "low": "L",
}
_RESPONSES: Final = {"high": 3, "medium": 2, "low_medium": 1}
_PRIORITIES: Final = {"emergency": 3, "urgent": 2, "prompt": 1}
_BY_URGENCY: Final[dict[int, Level]] = {3: "emergency", 2: "urgent", 1: "single"}
# An unknown is not known to be safe: it stands above low, and overdue ones above the rest.
_UNKNOWN_OVERDUE: Final = 3
_UNKNOWN: Final = 4
_LOW: Final = 5


@dataclass(frozen=True, slots=True)
class Facts:
    """All that decides a patient's place.

    `response` is that of the newest score, empty before the first, and `complete` whether nothing
    was missing in it; `reviewed` whether a person looked and decided since then; `before` the last
    full response before that; `alert` the open alert's priority; `score` the total, or the least
    that it can be.
    """

    scored: bool = True
    response: str = ""
    complete: bool = False
    stale: bool = False
    reviewed: bool = False
    before: str = ""
    alert: str = ""
    unowned: bool = False
    overdue: bool = False
    score: int | None = None


def urgency(facts: Facts) -> int:
    """3 emergency, 2 urgent, 1 single or prompt, 0 none: the worst of now, before and the alert."""
    return max(_score_urgency(facts), _PRIORITIES.get(facts.alert, 0))


def level(facts: Facts) -> Level:
    """The strip's colour and letter; who is not scored keeps N, however far up."""
    if not facts.scored:
        return "unscored"
    urgent = urgency(facts)
    if urgent:
        return _BY_URGENCY[urgent]
    if facts.stale:
        return "stale"
    return "low" if facts.response == "low" else "incomplete"


def place(facts: Facts) -> Place:
    """Sorts the board: what needs me now, unknown and overdue, unknown, low; unowned first."""
    shown = level(facts)
    score = -1 if facts.score is None else facts.score
    group = _group(facts, shown)
    within = LEVELS.index(shown) if group in (_UNKNOWN_OVERDUE, _UNKNOWN) else 0
    return group, not facts.unowned, within, -score


def needs_somebody(facts: Facts) -> bool:
    """Whether the patient belongs to the first group, "needs you now"."""
    return urgency(facts) > 0 or facts.unowned


def _score_urgency(facts: Facts) -> int:
    if not facts.scored:
        return 0
    # A stale score counts until somebody has looked: nobody moves down because readings stopped.
    now = "" if facts.stale and facts.reviewed else facts.response
    # A complete score of now has answered whatever came before.
    answered = facts.reviewed or (facts.complete and not facts.stale)
    before = "" if answered else facts.before
    return max(_RESPONSES.get(now, 0), _RESPONSES.get(before, 0))


def _group(facts: Facts, shown: Level) -> int:
    urgent = urgency(facts)
    if urgent:
        return 3 - urgent
    if shown == "low":
        return _LOW
    return _UNKNOWN_OVERDUE if facts.overdue else _UNKNOWN
