"""`manage.py import_successions FILE`: what became of integrated care boards, as CSV."""

from __future__ import annotations

import csv
import datetime as dt
from decimal import Decimal, InvalidOperation
from itertools import groupby
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from capacity.actions.successions import Part, state_succession


class Command(BaseCommand):
    """Columns: before, on (2026-04-01), after, share (empty where all of it), name and region (of
    a new board), source. Lines of one board and day stand together."""

    help = "State what became of integrated care boards: all of the file, or nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *_: Any, file: Path, **__: Any) -> None:
        try:
            with file.open(encoding="utf-8-sig", newline="") as opened, transaction.atomic():
                stated = _state(list(csv.DictReader(opened, restval="")))
        except ValidationError as refused:
            raise CommandError(f"{file}: {' '.join(refused.messages)}") from refused
        except KeyError as missing:
            raise CommandError(f"{file} has no column {missing}.") from missing
        except (OSError, ValueError) as wrong:
            raise CommandError(f"{file} cannot be read: {wrong}") from wrong
        self.stdout.write(f"{stated} boards: what became of each is stated.")


def _state(rows: list[dict[str, str]]) -> int:
    known = groupby(rows, key=lambda row: (row["before"], row["on"]))
    stated = 0
    for (before, on), lines in known:
        told = list(lines)
        state_succession(
            before=before,
            on=dt.date.fromisoformat(on),
            parts=[_part(row) for row in told],
            source=told[0]["source"],
        )
        stated += 1
    return stated


def _part(row: dict[str, str]) -> Part:
    share = row["share"].strip()
    try:
        passed_on = Decimal(share) if share else None
    except InvalidOperation as wrong:
        told = f"{row['before']} to {row['after']}: the share {share} is no number."
        raise ValidationError(told, code="share") from wrong
    return Part(row["after"], passed_on, row["name"], row["region"])
