"""Parked uploads are tried again once their cause is mended: nothing accepted is ever lost."""

from __future__ import annotations

from django.db import transaction

from observations.models import Inbox


@transaction.atomic
def retry_parked() -> int:
    """Every parked upload goes back into its lane; how many. The drain finds them by itself."""
    parked = Inbox.objects.filter(parked_at__isnull=False)
    return parked.update(parked_at=None, attempts=0, why="")
