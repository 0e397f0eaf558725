"""A gateway that sends heartbeats and falls silent is one incident of each ward that it serves.

It stays open until a person closes it: that the gateway is heard again does not say that each
patient's kit is. What is still silent a while after that rings for itself.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from lib import london
from observations import lookups, silence, worn
from observations.alerting import ward_alerts
from observations.models import Alert, DueTime, Gateway, Trigger
from observations.rules import GATEWAY, Finding
from observations.watch import standing

# Lag of this much is our own silence, not a gateway's.
_BEHIND: Final = timedelta(seconds=60)
# After an absence of this length nobody could be heard: each gateway has its time again.
_AWAY: Final = timedelta(minutes=5)
_LOCKED: Final = 50
_TEXT: Final = 240


def sweep(*, at: datetime) -> int:
    """Note who fell silent, and who is back; how many. Nothing while readings wait to be stored,
    for then nobody knows who was heard."""
    if _were_away(at) or standing.drain_lag(at) >= _BEHIND:
        return 0
    downs = sum(_take_down(pk, at) for pk in list(late(at).values_list("pk", flat=True)))
    return downs + sum(_welcome(pk, at) for pk in list(back().values_list("pk", flat=True)))


def late(at: datetime) -> QuerySet[Gateway]:
    """By their stored deadlines."""
    return Gateway.objects.filter(down_at__lte=at, down_since__isnull=True).order_by("down_at")


def back() -> QuerySet[Gateway]:
    """Down, and heard since: hearing them gave them a deadline again."""
    return Gateway.objects.filter(down_since__isnull=False, down_at__isnull=False)


def _were_away(at: datetime) -> bool:
    """Whether this is the first sweep for long: then each gateway may first be heard."""
    last = standing.last_beat(standing.SWEEP)
    if last is None or at - last < _AWAY:
        return False
    until = at + timedelta(minutes=silence.QUIET_MINUTES)
    Gateway.objects.filter(down_at__lt=until).update(down_at=until)
    return True


@transaction.atomic
def _take_down(pk: int, at: datetime) -> bool:
    """Compare and swap under the row's lock: two sweeps at once ring once."""
    rows = Gateway.objects.select_for_update(no_key=True, skip_locked=True, of=("self",))
    gateway = rows.filter(pk=pk, down_at__lte=at, down_since__isnull=True).first()
    if gateway is None:
        return False
    gateway.down_since, gateway.down_at = gateway.last_heard_at or at, None
    gateway.save(update_fields=["down_since", "down_at"])
    for ward_id, admissions in sorted(worn.served(pk).items()):
        _ring(gateway, ward_id, len(admissions), at)
    return True


def ring_untold(silent: Collection[UUID], *, at: datetime) -> None:
    """The outage again, where these patients are silent because of it and no alert of their ward
    says so: somebody closed it, or the patient came since. Their silences do not ring for it."""
    behind = worn.behind_gateways(silent) if silent else set()
    if not behind:
        return
    told = Alert.objects.open().filter(ward__in={ward_id for _, ward_id in behind})
    for pk, ward_id in sorted(behind - set(told.values_list("gateway_id", "ward_id"))):
        patients = worn.served(pk)[ward_id]
        _ring(Gateway.objects.select_related("supplier").get(pk=pk), ward_id, len(patients), at)


def _ring(gateway: Gateway, ward_id: int, patients: int, at: datetime) -> None:
    ward_alerts.ring_one(
        ward_id,
        kind=Alert.Kind.GATEWAY_DOWN,
        subject=_subject(gateway),
        gateway_id=gateway.pk,
        finding=_finding(gateway, patients, at),
        at=at,
    )


def _welcome(pk: int, at: datetime) -> bool:
    """First the silences, in small steps; then the incident, so that a crash repeats and loses
    nothing."""
    for admissions in worn.served(pk).values():
        for n in range(0, len(admissions), _LOCKED):
            _look_again(admissions[n : n + _LOCKED], at)
    return _is_back(pk, at)


@transaction.atomic
def _look_again(admissions: Sequence[UUID], at: datetime) -> None:
    lookups.lock_admissions(admissions)
    DueTime.objects.filter(admission__in=admissions, silent_at__lte=at).update(
        next_deadline_at=at + silence.GRACE
    )


@transaction.atomic
def _is_back(pk: int, at: datetime) -> bool:
    rows = Gateway.objects.select_for_update(no_key=True, skip_locked=True, of=("self",))
    gateway = rows.filter(pk=pk, down_since__isnull=False, down_at__isnull=False).first()
    if gateway is None or gateway.down_since is None:
        return False
    quiet = london.duration((gateway.last_heard_at or at) - gateway.down_since)
    words = f"Gateway back: {gateway.name} heard again {london.clock(at)} after {quiet}."
    told = f"{words} Check that readings come."
    open_ones = Alert.objects.open().filter(gateway=gateway).select_for_update(of=("self",))
    alerts = [alert.pk for alert in open_ones.order_by("pk")]
    Trigger.objects.filter(alert__in=alerts, rule=GATEWAY).update(text=told[:_TEXT], last_at=at)
    gateway.down_since = None
    gateway.save(update_fields=["down_since"])
    return True


def _subject(gateway: Gateway) -> str:
    return f"{gateway.supplier}: {gateway.name}"[:120]


def _finding(gateway: Gateway, patients: int, at: datetime) -> Finding:
    since = gateway.down_since or at
    told = london.near_moment(since, at)
    many = "1 patient reports" if patients == 1 else f"{patients} patients report"
    text = f"Gateway down: {gateway.name} not heard since {told}, {many} through it"
    # Each outage is something new to be told.
    outage = frozenset({f"down {since:%m%dT%H%M%S}"})
    return Finding(GATEWAY, "urgent", outage, text[:_TEXT], (), at)
