"""When a reading is due, late, silent or stale, why it is silent, and when that next changes.

Time alone moves these states, so the instants are stored as deadlines when a reading arrives, and
a sweep finds those that have passed. Times of day are London wall time; intervals are elapsed time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import count
from typing import Final, Literal, NamedTuple
from zoneinfo import ZoneInfo

AbsenceKind = Literal["paused", "on_leave"]
State = Literal["not_due", "due", "late", "silent", "paused", "on_leave", "unplanned"]
Cause = Literal["silent", "device_dead", "gateway_down"]

_LONDON: Final = ZoneInfo("Europe/London")
# A set taken this long before its time of day stands for it, unless slots lie closer together.
EARLY: Final = timedelta(hours=2)
# Without a plan nothing says when the next set is due, yet no score stays current for ever.
UNPLANNED_STALE_AFTER: Final = timedelta(hours=12)
# Of a battery, in per cent: somebody is asked to charge it, and it is known to be flat.
LOW_BATTERY: Final = 15
FLAT_BATTERY: Final = 5
# A gateway that sends heartbeats may be quiet for so long; each may be given its own time.
QUIET_MINUTES: Final = 30
# A device that was not heard for so long, while its gateway was, is dead. One that tells its own
# status speaks often; one that speaks only when somebody measures is given a day.
DEAD_AFTER: Final = timedelta(hours=4)
MUTE_AFTER: Final = timedelta(hours=24)
DEAD_BY_TELLING: Final = {True: DEAD_AFTER, False: MUTE_AFTER}
# Buffers take their time to arrive once a gateway is back.
GRACE: Final = timedelta(minutes=15)
# Of each times of day the period asked about last: most patients of a ward are in the same one.
_filled: Final[dict[tuple[time, ...], tuple[datetime, datetime]]] = {}


@dataclass(frozen=True, slots=True)
class Schedule:
    """When readings are wanted: at London times of day, or each time `every` has passed since the
    last one. The first is due no earlier than `starts`; `before` is what held until then, and what
    was owed under it stays owed."""

    starts: datetime
    times: tuple[time, ...] = ()
    every: timedelta | None = None
    before: Schedule | None = None
    late_after: timedelta = timedelta(minutes=30)
    silent_after: timedelta = timedelta(hours=2)
    stale_after: timedelta = timedelta(minutes=60)

    def __post_init__(self) -> None:
        if bool(self.times) == (self.every is not None):
            raise ValueError("a schedule has either times of day or an interval")
        if self.every is not None and self.every <= timedelta(0):
            raise ValueError("an interval is longer than nothing")


@dataclass(frozen=True, slots=True)
class Absence:
    """A time in which no reading is asked for; `ends` is None while nobody has ended it."""

    kind: AbsenceKind
    starts: datetime
    ends: datetime | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """A schedule's state now; `slot` is the reading that is owed, `changes_at` when time alone
    will next change the state (None: never)."""

    state: State
    slot: datetime | None = None
    changes_at: datetime | None = None


class Device(NamedTuple):
    """What is known of a piece of kit; `tells` where it tells its own status, `gateway_down` where
    its gateway counts as down, `mute` as `is_mute` has it."""

    battery: int | None = None
    tells: bool = False
    gateway_down: bool = False
    mute: bool = False

    @property
    def is_flat(self) -> bool:
        return self.battery is not None and self.battery <= FLAT_BATTERY


def is_mute(heard_at: datetime | None, gateway_heard_at: datetime | None, *, tells: bool) -> bool:
    """Whether a device's gateway went on being heard long after its own last word."""
    if heard_at is None or gateway_heard_at is None:
        return False
    return gateway_heard_at - heard_at >= DEAD_BY_TELLING[tells]


def cause(devices: Iterable[Device], *, due_at: datetime | None, now: datetime) -> Cause:
    """Why a kind that is silent is silent, `devices` being those that measure it: any that works
    leaves it a plain silence, for somebody could have measured."""
    found = {_cause(device, due_at, now) for device in devices}
    if not found or "silent" in found:
        return "silent"
    return "gateway_down" if "gateway_down" in found else "device_dead"


def _cause(device: Device, due_at: datetime | None, now: datetime) -> Cause:
    if device.is_flat:
        return "device_dead"
    if device.gateway_down:
        return "gateway_down"
    long_due = due_at is not None and now - due_at >= DEAD_BY_TELLING[device.tells]
    return "device_dead" if device.mute and long_due else "silent"


def down_at(heard_at: datetime, *, quiet_minutes: int, beats: bool) -> datetime | None:
    """When a gateway that says nothing more counts as down: never where it sends no heartbeats, for
    its patients may just not be measuring, nor where nobody wants it watched."""
    if not beats or not quiet_minutes:
        return None
    return heard_at + timedelta(minutes=quiet_minutes)


def missed_again_at(schedule: Schedule, *, now: datetime) -> datetime:
    """While a silence goes on: when the next set after `now` has been missed as well."""
    slot = _next_slot(schedule, now)
    return slot + _silent_after(schedule, slot)


def _next_slot(schedule: Schedule, now: datetime) -> datetime:
    if schedule.every is not None:
        return max(schedule.starts, now + schedule.every)
    start = max(schedule.starts, now + timedelta(microseconds=1))
    return next(_pairs(schedule.times, start))[0]


def standing(
    schedule: Schedule | None,
    *,
    last_at: datetime | None,
    now: datetime,
    absences: Iterable[Absence] = (),
) -> Standing:
    """How a patient stands at `now`, the last reading having been measured at `last_at`."""
    if schedule is None:
        return Standing("unplanned")
    known = tuple(absences)
    away = _away(known, now)
    if away is not None:
        return Standing(away.kind, None, away.ends)
    slot = owed(schedule, last_at=last_at, not_before=_latest_return(known, now))
    state, until = _state(schedule, slot, now)
    starts = (absence.starts for absence in known if absence.starts > now)
    return Standing(state, slot, min((at for at in (until, *starts) if at), default=None))


def owed(
    schedule: Schedule, *, last_at: datetime | None, not_before: datetime | None = None
) -> datetime:
    """The first slot that no reading stands for; slots before `not_before` are forgiven, those of
    times that were changed since are not."""
    if schedule.before is not None:
        slot = owed(schedule.before, last_at=last_at, not_before=not_before)
        if slot < schedule.starts:
            return slot
    return _owed(schedule, last_at, max(schedule.starts, not_before or schedule.starts))


def _owed(schedule: Schedule, last_at: datetime | None, floor: datetime) -> datetime:
    if schedule.every is not None:
        return floor if last_at is None else max(floor, last_at + schedule.every)
    for slot, before in _pairs(schedule.times, max(floor, last_at or floor)):
        if last_at is None or last_at < _filled_from(slot, before):
            return slot
    raise AssertionError("times of day come back every day")


def stale_at(schedule: Schedule | None, measured_at: datetime) -> datetime:
    """When what was measured then no longer counts as current: the next planned set is overdue.

    A pause forgives no staleness, nor does a schedule that starts later: an old score must not look
    current because nobody asked, or somebody asks for something else.
    """
    if schedule is None:
        return measured_at + UNPLANNED_STALE_AFTER
    return _owed(schedule, measured_at, measured_at) + schedule.stale_after


def filled_until(schedule: Schedule, last_at: datetime) -> datetime:
    """A newer reading from `last_at` to before this fills no further slot: it changes neither what
    is owed nor when values go stale. An interval begins anew with each reading."""
    if schedule.every is not None:
        return last_at
    if schedule.before is not None and last_at < schedule.starts:
        return min(_filled_until(schedule, last_at), filled_until(schedule.before, last_at))
    return _filled_until(schedule, last_at)


def _filled_until(schedule: Schedule, last_at: datetime) -> datetime:
    start, end = _filled.get(schedule.times, (last_at, last_at))
    if not start <= last_at < end:
        end = _fills_next_from(schedule.times, last_at)
        _filled[schedule.times] = (last_at, end)
    return end


def slots(schedule: Schedule, start: datetime, end: datetime) -> Iterator[datetime]:
    """The slots from `start` to before `end`, as if every reading were taken on time."""
    if schedule.every is None:
        for slot, _ in _pairs(schedule.times, max(schedule.starts, start)):
            if slot >= end:
                return
            yield slot
        return
    passed = max(0, -((schedule.starts - start) // schedule.every))
    for number in count(passed):
        slot = schedule.starts + number * schedule.every
        if slot >= end:
            return
        yield slot


def _filled_from(slot: datetime, before: datetime) -> datetime:
    """The earliest reading that stands for a slot."""
    return slot - min(EARLY, (slot - before) / 2)


def _fills_next_from(times: tuple[time, ...], last_at: datetime) -> datetime:
    starts = (_filled_from(slot, before) for slot, before in _pairs(times, last_at))
    return next(start for start in starts if start > last_at)


def noticed(schedule: Schedule, slot: datetime) -> tuple[datetime, datetime]:
    """When a slot that nothing fills is late, and when silent."""
    silent_after = _silent_after(schedule, slot)
    return slot + min(schedule.late_after, silent_after / 2), slot + silent_after


def _state(schedule: Schedule, slot: datetime, now: datetime) -> tuple[State, datetime | None]:
    late_at, silent_at = noticed(schedule, slot)
    steps: tuple[tuple[State, datetime], ...] = (
        ("not_due", slot),
        ("due", late_at),
        ("late", silent_at),
    )
    for state, until in steps:
        if now < until:
            return state, until
    return "silent", None


def _silent_after(schedule: Schedule, slot: datetime) -> timedelta:
    # Where readings come closer than two hours, one missed interval is silence; but a monitor that
    # sends every minute is not silent after one.
    interval = schedule.every or _following(schedule.times, slot) - slot
    return max(schedule.late_after, min(schedule.silent_after, interval))


def _away(absences: Iterable[Absence], now: datetime) -> Absence | None:
    inside = [a for a in absences if a.starts <= now and (a.ends is None or now < a.ends)]
    # Who is away needs no pause; of several the one that ends last is told.
    return max(inside, key=_standing_of_absence, default=None)


def _standing_of_absence(absence: Absence) -> tuple[bool, bool, datetime]:
    return absence.kind == "on_leave", absence.ends is None, absence.ends or absence.starts


def _latest_return(absences: Iterable[Absence], now: datetime) -> datetime | None:
    return max((a.ends for a in absences if a.ends is not None and a.ends <= now), default=None)


def _following(times: tuple[time, ...], slot: datetime) -> datetime:
    return next(_pairs(times, slot + timedelta(microseconds=1)))[0]


def _pairs(times: tuple[time, ...], start: datetime) -> Iterator[tuple[datetime, datetime]]:
    """Each slot from `start` on with the one before it, for ever."""
    before = datetime.min.replace(tzinfo=UTC)
    for slot in _wall_slots(times, start.astimezone(_LONDON).date() - timedelta(days=2)):
        if slot >= start:
            yield slot, before
        before = slot


def _wall_slots(times: tuple[time, ...], first: date) -> Iterator[datetime]:
    """Slots in order from a London day on; in autumn a doubled time is its first one, in spring a
    skipped one is what the old clock would have called so, and two that meet are one."""
    last = None
    for number in count():
        day = first + timedelta(days=number)
        for slot in _day_slots(times, day):
            if last is None or slot > last:
                yield slot
                last = slot


@lru_cache(maxsize=4096)
def _day_slots(times: tuple[time, ...], day: date) -> tuple[datetime, ...]:
    # Kept, because every reading of a busy ward asks for the same few days.
    wall = (datetime.combine(day, at.replace(tzinfo=_LONDON, fold=0)) for at in times)
    return tuple(sorted({at.astimezone(UTC) for at in wall}))
