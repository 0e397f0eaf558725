"""Puts parked uploads back into the inbox, after a release that can store them."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from observations.actions.parked import retry_parked


class Command(BaseCommand):
    """`manage.py retry_parked`"""

    help = "Try parked uploads again; they keep their receipts."

    def handle(self, *_args: Any, **_options: Any) -> None:
        self.stdout.write(f"{retry_parked()} uploads are waiting again.")
