"""The counts at 08:00 as a picture of occupancy."""

from __future__ import annotations

from collections.abc import Iterable

from capacity.presenters.corrections import corrected_words
from capacity.reports.history import Morning
from lib.charts.occupancy import Day, Occupancy


def as_occupancy(mornings: Iterable[Morning]) -> Occupancy:
    return Occupancy(
        days=[
            Day(
                m.day,
                m.beds,
                m.patients,
                on_leave=m.on_leave,
                leave_counted=m.leave.counted,
                corrected=corrected_words(m),
            )
            for m in mornings
        ]
    )
