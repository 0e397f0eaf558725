"""Registers a gateway where it is new and prints a key for it, once."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from capacity.models import Provider
from observations.actions.gateways import register_gateway
from observations.actions.keys import issue_key


class Command(BaseCommand):
    """`manage.py issue_device_key --supplier "Spirit Health" --gateway main --provider RT5`"""

    help = "Issue a key to a supplier's gateway. The key is shown once and cannot be read again."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--supplier", required=True, help="who runs the gateway")
        parser.add_argument("--gateway", required=True, help="its name")
        parser.add_argument(
            "--provider",
            action="append",
            required=True,
            help="ODS code of an organisation whose kit it reports; may be repeated",
        )
        parser.add_argument(
            "--days", type=int, help="how long the key holds; absent: until revoked"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        gateway = register_gateway(
            supplier=options["supplier"],
            name=options["gateway"],
            providers=_providers(options["provider"]),
            by=None,
        )
        days = options["days"]
        expires_at = None if days is None else timezone.now() + dt.timedelta(days=days)
        self.stdout.write(issue_key(gateway=gateway, by=None, expires_at=expires_at))


def _providers(codes: list[str]) -> list[Provider]:
    found = list(Provider.objects.filter(code__in=codes))
    unknown = sorted(set(codes) - {provider.code for provider in found})
    if unknown:
        raise CommandError(f"There is no provider {', '.join(unknown)}.")
    return found
