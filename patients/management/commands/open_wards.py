"""Opens the providers and wards that an operator wrote down in a file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from capacity.refusals import BedRefused
from patients.actions.wards import open_wards
from patients.opening import OpeningError, read_opening


class Command(BaseCommand):
    """The file's form stands at the head of `patients/opening.py` and in docs/operations.md."""

    help = "Open the providers and wards of a TOML file: all of them, or none."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *_args: Any, **options: Any) -> None:
        path: Path = options["file"]
        try:
            wards = open_wards(opening=read_opening(path.read_text(encoding="utf-8")), by=None)
        except (OSError, OpeningError, BedRefused) as wrong:
            raise CommandError(f"{path}: {wrong}") from wrong
        except ValidationError as refused:
            raise CommandError(f"{path}: {' '.join(refused.messages)}") from refused
        self.stdout.write(f"{len(wards)} wards opened.")
