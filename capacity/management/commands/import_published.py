"""`manage.py import_published FILE…`: NHS England's monthly Virtual Ward workbooks."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from capacity.actions.published import store_month
from capacity.workbooks import Month, NotAWorkbook, read


class Command(BaseCommand):
    help = "Import NHS England's monthly Virtual Ward workbooks. Importing one twice is harmless."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE")

    def handle(self, *_: Any, files: list[Path], **__: Any) -> None:
        left_out = sum([self._import(path) for path in files])
        if left_out:
            raise CommandError(f"{left_out} could not be read; all else is imported.")

    def _import(self, path: Path) -> int:
        """How many things of this file could not be read."""
        try:
            month = read(path)
        except NotAWorkbook as why:
            self.stderr.write(f"{path.name}: {why}")
            return 1
        stored = store_month(month=month, source=f"NHS England, {path.name}", by=None)
        self.stdout.write(
            f"{path.name}: {month.month:%B %Y}, {len(month.lines)} lines: "
            f"{stored.new} new, {stored.changed} changed, {stored.same} as they were."
        )
        self._remark(path, month)
        return len(month.unread)

    def _remark(self, path: Path, month: Month) -> None:
        for remark in month.unread:
            self.stderr.write(f"{path.name}: not read: {remark}")
        for remark in month.doubts:
            self.stderr.write(f"{path.name}: does not add up: {remark}")
