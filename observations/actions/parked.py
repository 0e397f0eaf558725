"""Parked uploads are tried again once their cause is mended: nothing accepted is ever lost."""

from __future__ import annotations

from typing import Final

from django.db import transaction

from observations.storage import queries

# With new numbers: nobody looks below a lane's floor again.
_RETRY: Final = """
    UPDATE observations_inbox
    SET id = nextval('observations_inbox_id_seq'), parked_at = NULL, attempts = 0, why = ''
    WHERE parked_at IS NOT NULL RETURNING receipt
"""


@transaction.atomic
def retry_parked() -> int:
    """Every parked upload goes back into its lane; how many. The drain finds them by itself."""
    return len(queries.rows(_RETRY, None))
