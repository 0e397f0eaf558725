"""What senders took back before it was stored: it waits in the inbox or the tray, or is still to
come, and must not ring when it does."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Final, NamedTuple

from django.db import connection, transaction

from observations.draining.uploads import Item, Together
from observations.models import Inbox, Retraction, UnclaimedReading
from observations.storage.locks import Lock
from observations.storage.queries import rows

RETRACTED: Final = "retracted"


class TakenBack(NamedTuple):
    """A reading as its sender knows it: of a device, or of a patient whom it named."""

    gateway_id: int
    serial: str
    named: str
    sender_id: str
    measured_at: datetime


@transaction.atomic
def remember(taken: Iterable[TakenBack], *, at: datetime) -> None:
    """Waits for the batches that may have asked already; whatever is stored after this knows.

    Who goes on to lock devices in the same transaction holds this meanwhile.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [Lock.RETRACTIONS])
    lines = [Retraction(**one._asdict(), at=at) for one in sorted(set(taken))]
    Retraction.objects.bulk_create(lines, ignore_conflicts=True)


def forget(taken: Collection[TakenBack]) -> None:
    """It was stored before, and is struck through now: sent again, it is a duplicate."""
    for one in taken:
        Retraction.objects.filter(**one._asdict()).delete()


def in_tray(one: TakenBack) -> bool:
    """Says so on the tray's own row, for a person to dismiss; whether there is one."""
    waiting = UnclaimedReading.objects.open().filter(
        gateway_id=one.gateway_id,
        serial=one.serial,
        sender_id=one.sender_id,
        measured_at=one.measured_at,
    )
    if not one.serial:
        waiting = waiting.filter(named=one.named)
    return bool(waiting.update(why=RETRACTED))


def wait() -> None:
    """From here on nothing is taken back until the caller's transaction is over. Asked before any
    device or admission is locked: who takes something back may be waiting for these."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", [Lock.RETRACTIONS])


def among(groups: Sequence[Together]) -> set[TakenBack]:
    """Which of these were taken back; the caller's transaction stores the rest."""
    if not groups:
        return set()
    times = [group.measured_at for group in groups]
    gateways = sorted({group.asked.gateway_id for group in groups})
    wait()
    answer = rows(
        "SELECT gateway_id, serial, named, sender_id, measured_at FROM observations_retraction "
        "WHERE gateway_id = ANY(%s) AND measured_at >= %s AND measured_at <= %s",
        [gateways, min(times), max(times)],
    )
    return {TakenBack(*row) for row in answer}


def drop(*, before: datetime) -> int:
    """Those whose reading would be refused as too old, should it come now; but an upload that was
    parked before that may still be stored."""
    parked = Inbox.objects.filter(received_at__lt=before)
    over = Retraction.objects.filter(at__lt=before, measured_at__lt=before)
    dropped, _ = over.exclude(gateway_id__in=parked.values("gateway_id")).delete()
    return dropped


def as_taken(item: Item) -> TakenBack:
    sent = item.sent
    named = "" if sent.device else sent.patient
    return TakenBack(item.upload.gateway_id, sent.device, named, sent.id, sent.measured_at)
