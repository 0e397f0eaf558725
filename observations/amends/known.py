"""What is stored already under a sender's ids, and under those of their corrections."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime
from typing import NamedTuple

from observations import limits
from observations.amends.corrected import number_of
from observations.draining.duplicates import Content
from observations.storage.queries import rows


class Known(NamedTuple):
    """A stored reading, struck through or not."""

    device_id: int
    sender_id: str
    gateway_id: int
    error: bool
    content: Content

    @property
    def measured_at(self) -> datetime:
        return self.content.measured_at

    @property
    def number(self) -> int:
        """Which sending of this reading it is: 1, or that of a correction."""
        return number_of(self.sender_id)


def stored(keys: Collection[tuple[int, str]], *, around: datetime) -> Iterator[Known]:
    """Of these devices and ids, at any time that a sender may still tell of."""
    if not keys:
        return
    # A clock that is wrong may tell of twice the window.
    window = 2 * limits.ACCEPT_WINDOW
    answer = rows(
        """
        SELECT r.device_id, r.sender_id, r.gateway_id, r.error, r.measured_at, r.kind, r.number,
               r.code, r.source, r.quality, r.context
        FROM unnest(%s::bigint[], %s::text[]) AS k(device_id, sender_id)
        JOIN observations_reading r USING (device_id, sender_id)
        WHERE r.measured_at >= %s AND r.measured_at < %s ORDER BY r.measured_at
        """,
        [[key[0] for key in keys], [key[1] for key in keys], around - window, around + window],
    )
    for device_id, sender_id, gateway_id, error, *content in answer:
        yield Known(device_id, sender_id, gateway_id, error, Content(*content))
