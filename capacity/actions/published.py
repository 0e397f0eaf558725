"""Stores published months as printed; the same file twice changes nothing."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.models import User
from capacity.models import PublishedFigure
from capacity.workbooks import Line, Month

_FIELDS = (
    "name",
    "region_code",
    "population_base",
    "population",
    "capacity",
    "patients",
    "returned",
)


@dataclass(frozen=True, slots=True)
class Stored:
    """How many lines of a month were new, changed since an earlier import, or the same."""

    new: int = 0
    changed: int = 0
    same: int = 0


@transaction.atomic
def store_month(
    *, month: Month, source: str, by: User | None, at: dt.datetime | None = None
) -> Stored:
    """A revised publication replaces what it revises; lines that it lacks stay."""
    at = at or timezone.now()
    old = {
        row.icb_code: row
        for row in PublishedFigure.objects.select_for_update().filter(month=month.month)
    }
    new, changed, same = [], [], 0
    for line in month.lines:
        row = old.get(line.icb_code)
        if row is None:
            new.append(_row(month, line, source, at))
        elif _update(row, month, line, source, at):
            changed.append(row)
        else:
            same += 1
    PublishedFigure.objects.bulk_create(new)
    PublishedFigure.objects.bulk_update(changed, [*_FIELDS, "source", "imported_at"])
    stored = Stored(new=len(new), changed=len(changed), same=same)
    _write_down(stored, [*new, *changed], by=by, at=at)
    return stored


def _row(month: Month, line: Line, source: str, at: dt.datetime) -> PublishedFigure:
    return PublishedFigure(
        month=month.month,
        icb_code=line.icb_code,
        source=source[:200],
        imported_at=at,
        **_values(month, line),
    )


def _update(row: PublishedFigure, month: Month, line: Line, source: str, at: dt.datetime) -> bool:
    values = _values(month, line)
    if all(getattr(row, name) == value for name, value in values.items()):
        return False
    for name, value in values.items():
        setattr(row, name, value)
    row.source, row.imported_at = source[:200], at
    return True


def _values(month: Month, line: Line) -> dict[str, object]:
    values: dict[str, object] = {name: getattr(line, name, None) for name in _FIELDS}
    return values | {"population_base": month.population_base}


def _write_down(
    stored: Stored, rows: list[PublishedFigure], *, by: User | None, at: dt.datetime
) -> None:
    """One event a month, on its first line: 43 would say no more."""
    if rows:
        detail = {
            "month": f"{rows[0].month:%Y-%m}",
            "new": stored.new,
            "changed": stored.changed,
            "source": rows[0].source,
        }
        audit.record(by=by, verb="published-imported", subject=rows[0], detail=detail, at=at)
