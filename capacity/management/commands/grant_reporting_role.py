"""Makes or mends the read-only database role with which BI tools read capacity's tables."""

from __future__ import annotations

import os
import sys
from getpass import getpass
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import ProgrammingError

from capacity.actions.reporting import TooMuch, exists, grant_reporting_role

FROM_ENVIRONMENT: Final = "REPORTING_ROLE_PASSWORD"
SHORTEST: Final = 16


class Command(BaseCommand):
    """`manage.py grant_reporting_role`; run it again after each release, for new tables."""

    help = (
        "Make or mend a database role that reads capacity's tables and nothing else. The password "
        f"comes from {FROM_ENVIRONMENT} or a prompt; an existing role keeps its own without one."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--role", default="vwards_bi")
        parser.add_argument("--new-password", action="store_true", help="ask for another one")

    def handle(self, *_args: Any, **options: Any) -> None:
        role = options["role"]
        password = _password(ask=options["new_password"] or not exists(role))
        try:
            tables = grant_reporting_role(role=role, password=password)
        except TooMuch as refused:
            raise CommandError(f"{refused}\nNothing was changed.") from refused
        except ProgrammingError as refused:
            told = str(refused).partition("\n")[0]
            raise CommandError(f"The database refused: {told}") from None
        self.stdout.write(f"{role} reads {len(tables)} tables and nothing else:")
        self.stdout.write("\n".join(f"  {table}" for table in tables))


def _password(*, ask: bool) -> str:
    """Never an argument: those stand in the shell's history and in the list of processes."""
    password = os.environ.get(FROM_ENVIRONMENT, "")
    if not password and ask:
        if not sys.stdin.isatty():
            raise CommandError(f"Set {FROM_ENVIRONMENT}, or run this where it can ask.")
        password = getpass("Password of the role: ")
    if (password or ask) and len(password) < SHORTEST:
        raise CommandError(f"The password must have at least {SHORTEST} characters.")
    return password
