"""When nobody holds a ward any more: the stored deadline, and the alert that rings.

Pages do not wait for it: they compare the clock with what was accepted.
"""

from __future__ import annotations

import datetime as dt
from typing import Final

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts import audit
from accounts.models import User
from capacity.models import Ward
from lib.london import clock, near_moment
from observations.actions.alerts import close
from observations.alerting import ward_alerts
from observations.models import Alert
from observations.rules import UNWATCHED, Finding
from patients.models import Admission
from rounds.board.held import watch_of
from rounds.holding import Watch
from rounds.models import WardWatch

# Closing the alert is no taking over: it rings again.
_AGAIN_AFTER: Final = dt.timedelta(minutes=60)
_SUBJECT: Final = "The ward itself"
_TEXT: Final = 240


def watch_until(ward: Ward, until: dt.datetime, *, who: str, by: User, at: dt.datetime) -> None:
    """Somebody holds the ward until then: the deadline moves, and what rang is answered. The caller
    holds the ward's lock."""
    WardWatch.objects.update_or_create(ward=ward, defaults={"until": until, "rang_at": None})
    for alert in _alerts(ward.pk):
        note = f"{who} took the ward over at {clock(at)}"
        close(alert=alert, outcome=Alert.Outcome.NO_CHANGE, note=note, by=by, at=at)


def ring_unwatched(*, at: dt.datetime) -> int:
    """Ring for every ward whose last acceptance has run out while patients are on it; how many."""
    return sum(_ring(pk, at) for pk in _due(at).values_list("pk", flat=True))


def _due(at: dt.datetime) -> QuerySet[WardWatch]:
    patients = Admission.objects.current().filter(ward=OuterRef("ward"))
    open_ = _alerts(OuterRef("ward"))
    silent = Q(rang_at__isnull=True) | Q(rang_at__lte=at - _AGAIN_AFTER)
    found = WardWatch.objects.filter(silent, Exists(patients), ~Exists(open_), until__lte=at)
    return found.order_by("pk")


def _alerts(ward: int | OuterRef) -> QuerySet[Alert]:
    return Alert.objects.open().filter(ward=ward, admission=None, kind=Alert.Kind.UNWATCHED)


@transaction.atomic
def _ring(pk: int, at: dt.datetime) -> bool:
    """Compare and swap under the row's lock: two sweeps at once ring once."""
    rows = WardWatch.objects.select_for_update(no_key=True, skip_locked=True, of=("self",))
    found = rows.filter(pk__in=_due(at).filter(pk=pk).values("pk")).select_related("ward").first()
    if found is None:
        return False
    ward_alerts.ring_one(
        found.ward_id,
        kind=Alert.Kind.UNWATCHED,
        subject=_SUBJECT,
        finding=_finding(found.ward, watch_of(found.ward, at), at),
        at=at,
    )
    found.rang_at = at
    found.save(update_fields=["rang_at"])
    audit.record(by=None, verb="ward-unwatched", subject=found.ward, at=at)
    return True


def _finding(ward: Ward, watch: Watch, at: dt.datetime) -> Finding:
    many = Admission.objects.on(ward).current().count()
    patients = "1 patient" if many == 1 else f"{many} patients"
    since = watch.unwatched_since or at
    told = f"Nobody holds this ward since {near_moment(since, at)}: {patients}"
    if watch.offered and watch.offered.waits:
        who = watch.offered.to or "somebody"
        told += f". Offered to {who} {near_moment(watch.offered.at, at)}, not accepted"
    times = frozenset({f"since {since:%m%dT%H%M%S}"})
    return Finding(UNWATCHED, "urgent", times, told[:_TEXT], (), at)
