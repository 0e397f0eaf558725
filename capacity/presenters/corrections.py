"""What was corrected after a day had settled, in words."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from capacity.presenters import words
from capacity.reports.history import Morning
from lib import london

# One, and more than one.
_NAMES: Final = {
    "beds": ("bed", "beds"),
    "surge": ("surge bed", "surge beds"),
    "closed": ("closed bed", "closed beds"),
    "patients": ("patient", "patients"),
    "over_capacity": ("over capacity", "over capacity"),
    "on_leave": ("on leave", "on leave"),
}


def corrected_words(morning: Morning) -> str:
    """corrected on 12 Nov 2026: 41 patients, was 42 (end of a spell entered later)"""
    corrected = morning.corrected
    if corrected is None:
        return ""
    was = morning.was
    figures = "; ".join(
        f"{words.plural(getattr(morning, name), *label)}, was {was[name]:,}"
        for name, label in _NAMES.items()
        if name in was
    )
    day = london.plain_day(london.day_of(corrected.at))
    return f"corrected on {day}: {figures} ({corrected.why})"


def note(mornings: Iterable[Morning]) -> str:
    """Below a chart; empty where nothing was corrected."""
    known = [morning for morning in mornings if morning.corrected]
    if not known:
        return ""
    were = "was" if len(known) == 1 else "were"
    newest = known[-1]
    return (
        f"{words.plural(len(known), 'day')} {were} corrected after having been counted, marked in "
        f"the chart; the latest, {london.plain_day(newest.day)}: {corrected_words(newest)}."
    )
