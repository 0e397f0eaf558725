"""Who holds a ward and whom to call now, in words: on the board, at each patient, on a round."""

from __future__ import annotations

import datetime as dt

from capacity.hours import ToCall
from capacity.models import Ward
from capacity.presenters.hours import call_words
from lib.addresses import address
from lib.london import clock, near_moment
from rounds.holding import Held, Offered, Watch

NEVER = "nobody has taken over"


def holder_words(watch: Watch) -> str:
    """K. Lindqvist, Out-of-hours virtual ward team; empty where nobody holds the ward."""
    return _who(watch.holder) if watch.holder else ""


def unwatched_words(watch: Watch) -> str:
    """Unwatched since 20:30; empty while somebody holds the ward."""
    if watch.holder is not None:
        return ""
    since = watch.unwatched_since
    return f"Unwatched since {near_moment(since, watch.at)}" if since else f"Unwatched: {NEVER}"


def held_more_words(watch: Watch) -> str:
    """until 08:30; offered to P. Nair 07:41, not accepted yet"""
    told = [f"until {_soon(watch.holder.until, watch.at)}"] if watch.holder else []
    if watch.holder is None and watch.last is not None:
        told.append(f"last held by {_who(watch.last)} {watch.last.phone}".rstrip())
    if watch.offered:
        told.append(offer_words(watch.offered, watch.at))
    return "; ".join(told)


def offer_words(offered: Offered, at: dt.datetime) -> str:
    to = f"offered to {offered.to}" if offered.to else "offered"
    if offered.declined:
        when = near_moment(offered.declined.at, at)
        return f"{offered.declined.by} declined {when}: {offered.declined.reason}"
    return f"{to} {near_moment(offered.at, at)}, not accepted yet"


class HoldingPresenter:
    """The head of a board: held by whom, or unwatched; what waits for this user."""

    def __init__(
        self,
        ward: Ward,
        watch: Watch,
        call: ToCall | None,
        *,
        user_id: int,
        may_treat: bool,
        patients: int,
    ) -> None:
        self._ward, self._watch, self._call = ward, watch, call
        self._user_id, self._may_treat = user_id, may_treat
        self.held = holder_words(watch)
        self.phone = watch.holder.phone if watch.holder else ""
        self.until = f"until {_soon(watch.holder.until, watch.at)}" if watch.holder else ""
        self.unwatched = unwatched_words(watch)
        # Said all the same on an empty ward, since somebody may come; it alarms nobody.
        self.somebody = patients > 0

    @property
    def call(self) -> str:
        """Ward 0116 496 0321; after 20:00 Night team 07700 900 555"""
        return call_words(self._call, self._watch.at)

    @property
    def last(self) -> str:
        """Who held an unwatched ward last, and how they are reached."""
        last = self._watch.last if self.unwatched else None
        return f"Last held by {_who(last)} {last.phone}".rstrip() if last else ""

    @property
    def offer(self) -> str:
        """What waits for somebody else, or was declined."""
        offered = self._watch.offered
        if offered is None or self.waiting:
            return ""
        words = offer_words(offered, self._watch.at)
        return f"Handover {words}" if offered.waits else words

    @property
    def offer_url(self) -> str:
        offered = self._watch.offered
        return address("rounds:handover-detail", offered.handover) if offered else ""

    @property
    def waiting(self) -> str:
        """Handover waiting for you: 14 patients, from A. Okafor, 19:31"""
        offered = self._watch.offered
        if offered is None or not self._may_treat or not _waits_for(offered, self._user_id):
            return ""
        return waiting_words(offered.patients, offered.by, offered.at)

    @property
    def take_url(self) -> str:
        return address("rounds:handover-take", self._ward.code) if self._may_treat else ""


def waiting_words(patients: int, giver: str, at: dt.datetime) -> str:
    many = "1 patient" if patients == 1 else f"{patients} patients"
    return f"Handover waiting for you: {many}, from {giver}, {clock(at)}"


def _waits_for(offered: Offered, user_id: int) -> bool:
    return offered.waits and offered.to_id == user_id


def _who(held: Held) -> str:
    return f"{held.name}, {held.team}" if held.team else held.name


def _soon(at: dt.datetime, now: dt.datetime) -> str:
    """A time to come within a day needs no weekday."""
    return (
        clock(at) if dt.timedelta(0) <= at - now < dt.timedelta(hours=20) else near_moment(at, now)
    )
