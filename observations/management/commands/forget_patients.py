"""Lists whose record's time is over; removes what was measured of those whom an operator names."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import User
from observations.actions.retention import NotDueError, due, forget
from patients.models import Patient


class Command(BaseCommand):
    """`manage.py forget_patients`, and then `forget_patients --remove ID… --by NAME --reason …`"""

    help = "List people whose records need no longer be kept; remove readings of those named."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--remove", nargs="+", type=UUID, metavar="ID", default=[])
        parser.add_argument("--by", help="user name of whoever decided it")
        parser.add_argument("--reason", help="for the audit, such as the list that was signed")
        parser.add_argument("--limit", type=int, default=1_000, help="how many to list")

    def handle(self, *_args: Any, **options: Any) -> None:
        if options["remove"]:
            self._remove(options)
        else:
            self._list(options["limit"])

    def _list(self, limit: int) -> None:
        """By number alone: what an operator's screen and log show names nobody."""
        for one in due(limit=limit):
            self.stdout.write(
                f"{one.patient.pk} last seen {one.last_seen} kept until {one.kept_until}"
            )
        self.stdout.write("Nothing was removed.")

    def _remove(self, options: dict[str, Any]) -> None:
        by = User.objects.filter(username=options["by"], is_active=True).first()
        if by is None or not options["reason"]:
            raise CommandError("Say who decided it (--by) and why (--reason).")
        for pk in options["remove"]:
            patient = Patient.objects.filter(pk=pk).first()
            if patient is None:
                raise CommandError(f"There is no patient {pk}.")
            try:
                counts = forget(patient=patient, reason=options["reason"], by=by)
            except NotDueError as refused:
                raise CommandError(f"{pk}: {refused.message}") from refused
            self.stdout.write(f"{pk}: {sum(counts.values())} rows removed.")
