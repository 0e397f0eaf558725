"""What the desk does by itself: ring for wards that nobody holds."""

import structlog
from celery import shared_task
from django.db import connection, transaction
from django.utils import timezone

from observations.storage.locks import Lock
from rounds.actions import watches

log = structlog.get_logger(__name__)


@shared_task(name="rounds.tasks.ring_unwatched", ignore_result=True)
def ring_unwatched() -> None:
    """Safe to run at any time and twice at once: an advisory lock lets one through."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [Lock.WATCHES])
        if not cursor.fetchone()[0]:
            return
        rang = watches.ring_unwatched(at=timezone.now())
    if rang:
        log.warning("wards-unwatched", wards=rang)
