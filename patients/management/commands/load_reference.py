"""Loads what every installation begins with: ICBs, populations, published months, pathways."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from capacity.actions.reference import load_reference_data
from patients.actions.pathways import load_pathways


class Command(BaseCommand):
    """Loading twice is harmless."""

    help = "Load the 42 ICBs, their populations, the published months and the default pathways."

    def handle(self, *_args: Any, **_options: Any) -> None:
        with transaction.atomic():
            load_reference_data()
            pathways = load_pathways()
        self.stdout.write(f"ICBs, populations, published months and {len(pathways)} pathways.")
