"""`manage.py import_population FILE`: people by age and sex in each board, as CSV."""

from __future__ import annotations

import csv
import datetime as dt
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from capacity.actions.populations import Band, load_population


class Command(BaseCommand):
    """Columns: icb_code, sex (female or male), age_from, age_to (the last age; empty: and over),
    people, as_of (2024-06-30) and source, the same in every line."""

    help = "Load the population by age and sex: all of the file, or nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *_: Any, file: Path, **__: Any) -> None:
        try:
            with file.open(encoding="utf-8-sig", newline="") as opened:
                boards = _load(list(csv.DictReader(opened, restval="")))
        except ValidationError as refused:
            raise CommandError(f"{file}: {' '.join(refused.messages)}") from refused
        except KeyError as missing:
            raise CommandError(f"{file} has no column {missing}.") from missing
        except (OSError, ValueError) as wrong:
            raise CommandError(f"{file} cannot be read: {wrong}") from wrong
        self.stdout.write(f"{boards} boards: their population by age and sex is loaded.")


def _load(rows: list[dict[str, str]]) -> int:
    told = {(row["as_of"].strip(), row["source"].strip()) for row in rows}
    if len(told) != 1:
        raise ValidationError("One file is of one date and one source.", code="source")
    [(as_of, source)] = told
    bands = [_band(row, line) for line, row in enumerate(rows, 2)]
    return load_population(bands=bands, as_of=dt.date.fromisoformat(as_of), source=source)


def _band(row: dict[str, str], line: int) -> Band:
    last = row["age_to"].strip()
    try:
        return Band(
            row["icb_code"].strip(),
            row["sex"].strip().lower(),
            int(row["age_from"]),
            int(last) if last else None,
            int(row["people"].strip().replace(",", "")),
        )
    except ValueError as wrong:
        told = f"Line {line}: age_from, age_to and people are whole numbers."
        raise ValidationError(told, code="number") from wrong
