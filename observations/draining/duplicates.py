"""What was sent twice, and ids that a sender used for two different things on one day.

Asked under the admissions' lock, so that two workers cannot both find a reading new.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final, NamedTuple
from uuid import UUID

from observations import kinds
from observations.draining.uploads import Claimed, Item, Outcome
from observations.intake.sent import Sent
from observations.storage import copying, partitions
from observations.storage.queries import rows

# As literals of arrays: what a staging table would need besides costs more than the question. And
# one look by key for each (OFFSET 0 keeps it so): of a day that has just begun the planner knows
# nothing, and it once read that day from end to end against all keys.
_KNOWN: Final = """
    SELECT k.n, r.* FROM unnest(%s::int[], %s::bigint[], %s::text[]) AS k (n, device_id, sender_id)
    CROSS JOIN LATERAL (
        SELECT measured_at, kind, number, code, source, quality, context, admission_id
        FROM observations_reading
        WHERE device_id = k.device_id AND sender_id = k.sender_id
          AND measured_at >= %s AND measured_at < %s
        OFFSET 0
    ) AS r
"""


class Content(NamedTuple):
    """What must be the same for the same id on the same day."""

    measured_at: datetime
    kind: int
    number: float | None
    code: str | None
    source: int
    quality: int
    context: int


# What a sender's id must name once: a device's id of a UTC day.
Key = tuple[int, str, date]
Ours = tuple[Claimed, Item]
# What is there under such an id already, and whose it is.
There = tuple[Content, UUID]


def without_duplicates(claimed: Sequence[Claimed]) -> list[Claimed]:
    """What is new of them; the others are told what they are."""
    new: dict[Key, Ours] = {}
    again: list[tuple[Key, Ours]] = []
    for one in claimed:
        device_id, day = one.claim.device_id, one.together.measured_at.date()
        for item in one.items:
            ours = (one, item)
            key = (device_id, item.sent.id, day)
            if new.setdefault(key, ours) is not ours:
                again.append((key, ours))
    stored = _stored(new)
    for key, ours in again:
        _tell(ours, stored.get(key) or [_as_stored(new[key])])
    for key, there in stored.items():
        _tell(new.pop(key), there)
    return _in_groups(new.values(), claimed)


def content_of(sent: Sent) -> Content:
    charted, marks = sent.charted, sent.marks
    return Content(
        sent.measured_at,
        kinds.NUMBERS[charted.kind],
        charted.number,
        charted.code,
        marks.source,
        marks.quality,
        marks.context,
    )


def _in_groups(new: Any, claimed: Sequence[Claimed]) -> list[Claimed]:
    """As they were taken together; a group of which nothing is known already stays as it is."""
    left: dict[int, list[Item]] = defaultdict(list)
    for one, item in new:
        left[id(one)].append(item)
    return [
        one if len(items) == len(one.items) else one.only(items)
        for one in claimed
        if (items := left.get(id(one)))
    ]


def _stored(new: dict[Key, Ours]) -> dict[Key, list[There]]:
    """Mostly one under a key. Two workers that hold two patients' locks may have stored two."""
    found: dict[Key, list[There]] = defaultdict(list)
    days: dict[date, list[Key]] = defaultdict(list)
    for key in new:
        days[key[2]].append(key)
    for day, keys in sorted(days.items()):
        start = partitions.day_start(day)
        asked = [
            copying.numbers(range(len(keys))),
            copying.numbers([key[0] for key in keys]),
            copying.array([key[1] for key in keys]),
        ]
        for position, *stored, admission_id in rows(
            _KNOWN, [*asked, start, start + timedelta(days=1)]
        ):
            found[keys[position]].append((Content(*stored), admission_id))
    return found


def _as_stored(ours: Ours) -> There:
    claimed, item = ours
    return content_of(item.sent), claimed.claim.admission_id


def _tell(ours: Ours, there: Iterable[There]) -> None:
    """A duplicate of what is there, or another reading under its id. Whom nobody named may have
    been moved to somebody else since."""
    content, admission_id = _as_stored(ours)
    named = bool(ours[1].sent.patient)
    same = any(c == content and (whose == admission_id or not named) for c, whose in there)
    ours[1].tell(*((Outcome.DUPLICATE,) if same else (Outcome.REJECTED, "id_reused")))
