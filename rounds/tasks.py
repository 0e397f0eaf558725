"""What the desk does by itself: rings for wards that nobody holds, asks after long leaves, and
forgets what nobody signs any more."""

import structlog
from celery import shared_task
from django.utils import timezone

from observations.storage.locks import Lock, alone
from rounds.actions import after_leave, watches
from rounds.actions.drafts import purge_drafts

log = structlog.get_logger(__name__)


@shared_task(name="rounds.tasks.ring_unwatched", ignore_result=True)
def ring_unwatched() -> None:
    with alone(Lock.WATCHES) as mine:
        if mine and (rang := watches.ring_unwatched(at=timezone.now())):
            log.warning("wards-unwatched", wards=rang)


@shared_task(name="rounds.tasks.ask_after_leave", ignore_result=True)
def ask_after_leave() -> None:
    with alone(Lock.WARDS_WORK) as mine:
        if mine:
            after_leave.sweep(at=timezone.now())


@shared_task(name="rounds.tasks.purge_old_drafts", ignore_result=True)
def purge_old_drafts() -> None:
    with alone(Lock.FORGETTING) as mine:
        if mine and (many := purge_drafts(at=timezone.now())):
            log.info("drafts_purged", many=many)
