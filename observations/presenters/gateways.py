"""Gateways and their keys in words: what holds, what ends, and what worries."""

from __future__ import annotations

import datetime as dt
from typing import Final, NamedTuple

from lib import london
from observations.models import DeviceKey, Gateway
from patients.presenters.words import counted

WRONG_CLOCK: Final = 60.0


class KeyPresenter:
    """One key of a gateway: its beginning, who issued it, and whether it still opens the door."""

    def __init__(self, key: DeviceKey, *, at: dt.datetime) -> None:
        self.key, self.pk, self.prefix = key, key.pk, f"vw_{key.prefix}_…"
        by = key.issued_by.short_name if key.issued_by else "the command line"
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
            return "Holds"
        word = "Holds until" if self.holds else "Ended"
        until = f"{word} {london.near_moment(self.key.expires_at, self._at)}"
        return f"Replaced. {until}" if self.key.replaced_at is not None else until


class GatewayPresenter:
    """A gateway with its keys and what it could not deliver; `parked` counts uploads, `patients`
    whose kit was last heard through it."""

    def __init__(self, gateway: Gateway, *, at: dt.datetime, parked: int, patients: int) -> None:
        self.gateway, self.pk, self.parked = gateway, gateway.pk, parked
        self.patients = counted(patients, "patient", "patients")
        self._at = at
        self.name = f"{gateway.supplier}: {gateway.name}"
        self.keys = [KeyPresenter(key, at=at) for key in gateway.keys.all()]
        self.providers = ", ".join(str(one.provider) for one in gateway.allowed.all())
        heard = gateway.last_heard_at
        self.heard_at, self.heard_age = heard, london.age(heard, at) if heard else ""

    @property
    def down(self) -> str:
        """Down since 06:10"""
        since = self.gateway.down_since
        return f"Down since {london.near_moment(since, self._at)}" if since else ""

    @property
    def watched(self) -> str:
        quiet = self.gateway.quiet_minutes
        if not quiet:
            return "Not watched: it may be silent for ever"
        if self.gateway.beat_at is None:
            return "Sends no heartbeats, so nobody would notice that it is down"
        return f"Counts as down after {quiet} minutes without a word"

    @property
    def clock(self) -> str:
        """Its clock is 2 h ahead"""
        wrong = self.gateway.clock_offset
        if abs(wrong) < WRONG_CLOCK:
            return ""
        way = "ahead" if wrong > 0 else "behind"
        return f"Its clock is {london.duration(dt.timedelta(seconds=abs(wrong)))} {way}"


class ShownKey(NamedTuple):
    """A fresh key, on the only page that ever shows it."""

    gateway: Gateway
    secret: str
    note: str
