"""Notes since when somebody who is ready to leave stays on, and what for."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import F, Value
from django.db.models.functions import Greatest
from django.utils import timezone

from accounts import audit
from accounts.models import User
from capacity.models import Delay, Spell


@transaction.atomic
def note_delay(
    *,
    spell: Spell,
    since: dt.datetime,
    by: User | None,
    cause: str | None = None,
    at: dt.datetime | None = None,
) -> Delay:
    """Ready to leave since then; `cause` of None keeps what was said before.

    A new cause ends the delay and begins another, so that each cause has its own days; another
    `since` corrects when it began.
    """
    at = at or timezone.now()
    open_one = _open(spell)
    if open_one is None:
        delay = _begin(spell, cause or "", since)
    else:
        delay = _go_on(open_one, cause, since=since, at=at)
    audit.record(by=by, verb="delay-noted", subject=delay, detail={"cause": delay.cause}, at=at)
    return delay


@transaction.atomic
def end_delay(*, spell: Spell, by: User | None, at: dt.datetime | None = None) -> None:
    """Care is needed again: nobody waits any longer."""
    at = at or timezone.now()
    open_one = _open(spell)
    if open_one is not None:
        close_delays(spell, at=at)
        audit.record(by=by, verb="delay-ended", subject=open_one, at=at)


def close_delays(spell: Spell, *, at: dt.datetime) -> None:
    """What goes on ends then; with the spell, too."""
    spell.delays.filter(ends__isnull=True).update(ends=Greatest(F("starts"), Value(at)))


def reopen_delay(spell: Spell, *, left_at: dt.datetime) -> None:
    """The one that ended with a spell whose end is taken back goes on."""
    last = spell.delays.filter(ends=left_at).order_by("starts").last()
    if last is not None:
        last.ends = None
        last.save(update_fields=["ends"])


def _open(spell: Spell) -> Delay | None:
    return Delay.objects.select_for_update().filter(spell=spell, ends__isnull=True).first()


def _go_on(delay: Delay, cause: str | None, *, since: dt.datetime, at: dt.datetime) -> Delay:
    if cause is None or cause == delay.cause or not delay.cause:
        # What had no cause yet has had this one all along.
        delay.cause = cause or delay.cause
        delay.starts = _after_the_one_before(delay, since)
        delay.save(update_fields=["cause", "starts"])
        return delay
    delay.ends = max(at, delay.starts)
    delay.save(update_fields=["ends"])
    return _begin(delay.spell, cause, delay.ends)


def _begin(spell: Spell, cause: str, since: dt.datetime) -> Delay:
    delay = Delay(spell=spell, cause=cause, starts=since)
    delay.starts = _after_the_one_before(delay, since)
    delay.save()
    return delay


def _after_the_one_before(delay: Delay, since: dt.datetime) -> dt.datetime:
    """No two delays of a spell overlap, whatever day is typed."""
    others = delay.spell.delays.exclude(pk=delay.pk).filter(ends__isnull=False)
    last = others.order_by("ends").last()
    return since if last is None or last.ends is None else max(since, last.ends)
