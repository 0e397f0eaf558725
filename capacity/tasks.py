"""What capacity does on its own: counts of now, the daily figures, and frozen Thursdays."""

import structlog
from celery import shared_task

from capacity.actions import figures, kept, thursdays

log = structlog.get_logger(__name__)


@shared_task(name="capacity.tasks.refresh_figures", soft_time_limit=300, time_limit=330)
def refresh_figures() -> None:
    """Safe to run at any time and twice at once: an advisory lock lets one through."""
    done = figures.refresh()
    if done.days or done.corrected:
        log.info("figures-refreshed", days=done.days, corrected=done.corrected)


@shared_task(name="capacity.tasks.keep_counts", soft_time_limit=30, time_limit=40)
def keep_counts() -> None:
    """Whatever it misses is counted by whoever asks; an advisory lock lets one through."""
    kept.keep()


@shared_task(name="capacity.tasks.freeze_thursdays", soft_time_limit=300, time_limit=330)
def freeze_thursdays() -> None:
    """Every Thursday once, whenever it runs: missed ones are caught up."""
    frozen = thursdays.freeze()
    if frozen:
        log.info("thursdays-frozen", days=[day.isoformat() for day in frozen])
