"""Appoints an organisation's first administrator, who then invites everybody else."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from accounts.actions import create_user, grant_membership
from accounts.invitations import set_password_path
from accounts.models import User
from accounts.roles import Role, Scope


class Command(BaseCommand):
    """`manage.py appoint_administrator --email a.person@example.nhs.uk --provider RT5`"""

    help = (
        "Appoint an organisation's administrator and print the link with which to set a password."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--email", required=True)
        parser.add_argument("--first-name", default="")
        parser.add_argument("--last-name", default="")
        parser.add_argument("--provider", required=True, help="the organisation's ODS code")
        parser.add_argument("--site", default="", help="https://host, to print the whole link")

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            user = _appoint(options)
        except ValidationError as refused:
            raise CommandError(" ".join(refused.messages)) from refused
        self.stdout.write(f"{user.email} administers {options['provider']}.")
        self.stdout.write(f"Set a password at {options['site']}{set_password_path(user)}")


@transaction.atomic
def _appoint(options: dict[str, Any]) -> User:
    email = options["email"].lower()
    user = User.objects.filter(email__iexact=email).first() or create_user(
        username=email,
        email=email,
        first_name=options["first_name"],
        last_name=options["last_name"],
        by=None,
    )
    grant_membership(
        user=user,
        role=Role.ORGANISATION_ADMINISTRATOR,
        scope=Scope.PROVIDER,
        code=options["provider"],
        by=None,
    )
    return user
