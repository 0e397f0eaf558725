"""Fills an empty database with the demonstration: organisations, people, history, readings."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from capacity.models import Ward
from rounds.demo import telling, world
from rounds.demo.load import Telling, load


class Command(BaseCommand):
    """For a demonstration on this machine only: it makes accounts and tells their passwords."""

    help = "Fill an empty database with the demonstration's synthetic data."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", default=".local/demo.json", help="where to tell of accounts")
        parser.add_argument("--plan", default=".local/simulate.json", help="the simulator's plan")
        parser.add_argument("--base-url", default="http://127.0.0.1:8000")
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--now", default="", help="the moment it is told at; default: now")
        parser.add_argument("--processes", type=int, default=2)
        parser.add_argument("--size", choices=sorted(world.SIZES), default="full")

    def handle(self, *_args: Any, **options: Any) -> None:
        if not settings.ONLY_ON_THIS_MACHINE:
            raise CommandError("This is no demonstration: set DEMO=1 where it is one.")
        if Ward.objects.exists():
            raise CommandError(
                "There are wards already; the demonstration wants an empty database."
            )
        telling_of = Telling(options["size"], options["seed"], _moment(options["now"]))
        loaded = load(telling_of, processes=options["processes"], say=self.stdout.write)
        told = telling.demo(loaded, base_url=options["base_url"])
        telling.write_private(Path(options["plan"]), telling.plan(loaded))
        telling.write_private(Path(options["json"]), told)


def _moment(told: str) -> dt.datetime:
    """UTC, to the second: what is drawn from a seed must not depend on microseconds."""
    if not told:
        return timezone.now().astimezone(dt.UTC).replace(microsecond=0)
    try:
        at = dt.datetime.fromisoformat(told)
    except ValueError as error:
        raise CommandError(f"--now {told} is no time: write 2026-11-21T07:45:00+00:00.") from error
    return (at if at.tzinfo else timezone.make_aware(at)).astimezone(dt.UTC)
