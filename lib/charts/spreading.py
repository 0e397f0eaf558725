"""Words beside each other on one line, moved apart until none covers another."""

from collections.abc import Sequence


def spread(
    places: Sequence[float], *, least: float, left: float, right: float
) -> list[float | None]:
    """Move places apart until each has `least` room; where all cannot stay, older ones go (None)
    and the newest are kept: the table behind the chart has all."""
    kept: list[float | None] = [None] * len(places)
    room = int((right - left) / least) + 1
    limit = right
    for index in range(len(places) - 1, max(-1, len(places) - 1 - room), -1):
        limit = min(places[index], limit)
        kept[index] = limit
        limit -= least
    return _pushed_right(kept, least=least, left=left)


def _pushed_right(kept: list[float | None], *, least: float, left: float) -> list[float | None]:
    # The first may have been pushed out at the left: push it and its followers back.
    limit = left
    for index, place in enumerate(kept):
        if place is not None:
            kept[index] = max(place, limit)
            limit = max(place, limit) + least
    return kept
