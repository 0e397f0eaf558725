"""How gateways' clocks are wrong, and when each was last heard of."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Final

from observations.models import Gateway
from observations.uploads import Upload

REMEMBERED: Final = 20


def heard(uploads: Sequence[Upload]) -> None:
    """Remember (sent - received) of each upload; the largest is the clock's error, because a slow
    line only ever makes it smaller. A gateway that another worker writes just now is left to it.
    """
    by_gateway: dict[int, list[Upload]] = defaultdict(list)
    for upload in uploads:
        by_gateway[upload.gateway_id].append(upload)
    rows = Gateway.objects.select_for_update(skip_locked=True, of=("self",))
    for gateway in rows.filter(pk__in=sorted(by_gateway)).order_by("pk"):
        _remember(gateway, by_gateway[gateway.pk])


def _remember(gateway: Gateway, uploads: Sequence[Upload]) -> None:
    in_order = sorted(uploads, key=lambda upload: upload.received_at)
    offsets = [(u.sent_at - u.received_at).total_seconds() for u in in_order if u.sent_at]
    gateway.recent_offsets = [*gateway.recent_offsets, *offsets][-REMEMBERED:]
    gateway.clock_offset = max(gateway.recent_offsets, default=0.0)
    newest = in_order[-1].received_at
    gateway.last_heard_at = max(gateway.last_heard_at or newest, newest)
    gateway.save(update_fields=["recent_offsets", "clock_offset", "last_heard_at"])
