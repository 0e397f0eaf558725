"""What became of an upload, one row for all its readings."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from observations.draining.uploads import Told, Upload
from observations.models import Receipt
from observations.storage import copying

_COLUMNS: Final = (
    *("id", "gateway_id", "received_at", "sent_at", "batch", "ids", "outcomes", "whys", "sent"),
)
_AT_ONCE: Final = 5_000


def write(uploads: Sequence[Upload], *, batch: int) -> None:
    """Every reading has exactly one outcome by now."""
    ordered = sorted(uploads, key=lambda upload: upload.receipt)
    copying.copy("observations_receipt", _COLUMNS, [_line(upload, batch) for upload in ordered])


def drop(*, before: datetime) -> int:
    """Receipts are kept for 30 days; the readings are kept for years. Some at a time: after days
    without a worker there may be millions."""
    over = Receipt.objects.filter(received_at__lt=before).order_by("received_at")
    dropped = 0
    while some := list(over.values_list("pk", flat=True)[:_AT_ONCE]):
        dropped += Receipt.objects.filter(pk__in=some).delete()[0]
    return dropped


def _line(upload: Upload, batch: int) -> str:
    told = [one for one in upload.told if one is not None]
    assert len(told) == len(upload.readings), "a reading without an outcome"
    first = [upload.receipt, upload.gateway_id, upload.received_at, upload.sent_at, batch]
    outcomes = "{" + ",".join([str(int(one.outcome)) for one in told]) + "}"
    return (
        "\t".join(
            [
                *(copying.field(value) for value in first),
                copying.texts([one.id for one in told]),
                outcomes,
                copying.texts([one.why for one in told]),
                copying.escaped(_sent(told)),
            ]
        )
        + "\n"
    )


def _sent(told: Sequence[Told]) -> str:
    kept = {str(index): one.sent for index, one in enumerate(told) if one.sent}
    return json.dumps(kept) if kept else ""
