"""Gateways and their keys in words: what holds, what ends, and what worries."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from lib import london
from observations.models import DeviceKey, Gateway
from patients.presenters.words import counted

WRONG_CLOCK: Final = 60.0


class KeyPresenter:
    """One key of a gateway: its beginning, who issued it, and whether it still opens the door."""

    def __init__(self, key: DeviceKey, *, at: dt.datetime) -> None:
        self.key, self.pk, self.prefix = key, key.pk, prefix_of(key)
        by = key.issued_by.short_name if key.issued_by else "from the command line"
        self.issued = f"{london.near_moment(key.issued_at, at)}, {by}"
        ended = key.expires_at is not None and key.expires_at <= at
        self.holds = key.revoked_at is None and not ended
        self.replaceable = self.holds and key.replaced_at is None
        self.used_at = key.last_used_at
        self.used_age = london.age(key.last_used_at, at) if key.last_used_at else ""
        self._at = at

    @property
    def state(self) -> str:
        if self.key.revoked_at is not None:
            return f"Revoked {london.near_moment(self.key.revoked_at, self._at)}"
        if self.key.expires_at is None:
            return "Valid"
        word = "Valid until" if self.holds else "Ended"
        until = f"{word} {self.ends}"
        return f"Replaced. {until}" if self.key.replaced_at is not None else until

    @property
    def ends(self) -> str:
        ends = self.key.expires_at
        return london.near_moment(ends, self._at) if ends else ""

    @property
    def used_title(self) -> str:
        return london.long_moment(self.used_at) if self.used_at else ""


class GatewayPresenter:
    """A gateway with its keys and what it could not deliver; `parked` counts uploads, `patients`
    whose kit was last heard through it."""

    def __init__(self, gateway: Gateway, *, at: dt.datetime, parked: int, patients: int) -> None:
        self.gateway, self.pk, self._parked = gateway, gateway.pk, parked
        self._at = at
        self.patients = _reporting(patients)
        self.name = f"{gateway.supplier}: {gateway.name}"
        self.keys = [KeyPresenter(key, at=at) for key in gateway.keys.all()]
        self.providers = ", ".join(str(one.provider) for one in gateway.allowed.all())
        heard = gateway.last_heard_at
        self.heard_at, self.heard_age = heard, london.age(heard, at) if heard else ""
        self.heard_title = london.long_moment(heard) if heard else ""

    @property
    def concerns(self) -> list[str]:
        """Why somebody should look, the worst first; none when all is well."""
        told = (self._down, self._unread, self._clock, self._keyless, self._unused)
        return [words for words in told if words]

    @property
    def issue(self) -> str:
        return "Issue another key" if self.keys else "Issue a key"

    @property
    def watched(self) -> str:
        quiet = self.gateway.quiet_minutes
        if not quiet:
            return "Not watched: nobody is told when it falls silent"
        if self.gateway.beat_at is None:
            return "It sends no heartbeats, so nobody would notice that it is down"
        return f"Counts as down after {quiet} minutes without a word"

    @property
    def _down(self) -> str:
        """Down since 06:10"""
        since = self.gateway.down_since
        return f"Down since {london.near_moment(since, self._at)}" if since else ""

    @property
    def _unread(self) -> str:
        if not self._parked:
            return ""
        waiting = counted(self._parked, "upload", "uploads")
        return f"{waiting} could not be read and {'waits' if self._parked == 1 else 'wait'}"

    @property
    def _clock(self) -> str:
        """Its clock is 2 h ahead"""
        wrong = self.gateway.clock_offset
        if abs(wrong) < WRONG_CLOCK:
            return ""
        way = "ahead" if wrong > 0 else "behind"
        return f"Its clock is {london.duration(dt.timedelta(seconds=abs(wrong)))} {way}"

    @property
    def _keyless(self) -> str:
        return "" if any(key.holds for key in self.keys) else "No key is valid: nothing can come in"

    @property
    def _unused(self) -> str:
        """A successor that nobody put to use, while the key that still works runs out."""
        valid = [key for key in self.keys if key.holds]
        lasting = [key for key in valid if key.replaceable]
        ending = [key for key in valid if not key.replaceable]
        if not (ending and lasting) or any(key.used_at for key in lasting):
            return ""
        return (
            f"The new key {lasting[0].prefix} has not been used yet, and {ending[0].prefix} "
            f"ends {ending[0].ends}: ask {self.gateway.supplier}"
        )


def in_order(gateways: Iterable[GatewayPresenter]) -> list[GatewayPresenter]:
    """What needs somebody first; the rest as they come."""
    return sorted(gateways, key=lambda one: not one.concerns)


class RevokingPresenter:
    """What revoking a key would do, before anybody does; `others` are those still valid then."""

    def __init__(self, key: DeviceKey, others: Sequence[DeviceKey], *, patients: int) -> None:
        self.prefix = prefix_of(key)
        self.title = f"Revoke {self.prefix}"
        self.whom = f"{key.gateway.supplier}: {key.gateway.name}"
        self.submit = f"Revoke {self.prefix} of {key.gateway.name}"
        self._others, self._patients = others, patients

    @property
    def note(self) -> str:
        told = f"{_reporting(self._patients)} Nothing comes in with this key from then on."
        if not self._others:
            return f"{told} It is the gateway’s only valid key."
        left = " and ".join(map(prefix_of, self._others))
        return f"{told} Make sure first that the gateway sends with {left} instead."


def prefix_of(key: DeviceKey) -> str:
    """All of a key that is kept: vw_655b35f3_…"""
    return f"vw_{key.prefix}_…"


def _reporting(patients: int) -> str:
    if not patients:
        return "No patient reports through it."
    return f"{counted(patients, 'patient reports', 'patients report')} through it."


class ShownKey(NamedTuple):
    """A fresh key, on the only page that ever shows it."""

    gateway: Gateway
    secret: str
    note: str
