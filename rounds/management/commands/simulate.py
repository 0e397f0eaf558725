"""Plays the demo's devices over HTTP until it is stopped, or for a set time."""

from __future__ import annotations

import signal
import threading
import time
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from rounds.demo.players import Faults, GatewayPlan, Player, read_plan


class Command(BaseCommand):
    """Needs no database: the plan file says which devices there are, and their gateways' keys."""

    help = "Play the demo's devices over HTTP. SIGUSR1 cues the patients who deteriorate."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--url", "--base-url", default="http://127.0.0.1:8000", help="the service's address"
        )
        parser.add_argument("--plan", default=".local/simulate.json", help="from load_demo")
        parser.add_argument("--rate", type=float, default=1.0, help="sets of readings a second")
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--faults", action="store_true", help="duplicates, buffers, a skew…")
        parser.add_argument("--cue", type=float, default=0.0, help="seconds until somebody worsens")
        parser.add_argument("--duration", type=float, default=0.0, help="seconds; 0 is for ever")

    def handle(self, *_args: Any, **options: Any) -> None:
        plans = self._plans(Path(options["plan"]))
        if options["rate"] <= 0:
            raise CommandError("--rate must be above 0.")
        stop, cue = threading.Event(), threading.Event()
        _listen(stop, cue)
        players = _players(plans, options, stop, cue)
        self.stdout.write(f"{len(players)} gateways, {sum(len(p.wearers) for p in plans)} devices")
        _play(players, options, stop, cue)
        accepted, refused = sum(p.accepted for p in players), sum(p.refused for p in players)
        self.stdout.write(f"{accepted} uploads accepted, {refused} refused")

    @staticmethod
    def _plans(path: Path) -> tuple[GatewayPlan, ...]:
        try:
            plans = read_plan(path.read_text(encoding="utf-8"))
        except OSError as error:
            raise CommandError(f"No plan at {path}: run load_demo first.") from error
        except (KeyError, TypeError, ValueError) as error:
            raise CommandError(f"{path} is not a plan: run load_demo again.") from error
        if not any(plan.wearers for plan in plans):
            raise CommandError(f"{path} names no device.")
        return tuple(plan for plan in plans if plan.wearers)


def _listen(stop: threading.Event, cue: threading.Event) -> None:
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())
    signal.signal(signal.SIGUSR1, lambda *_: cue.set())


def _players(
    plans: tuple[GatewayPlan, ...],
    options: dict[str, Any],
    stop: threading.Event,
    cue: threading.Event,
) -> list[Player]:
    """The rate is shared out by the number of devices."""
    devices = sum(len(plan.wearers) for plan in plans)
    return [
        Player(
            plan,
            base_url=options["url"],
            sets_a_second=options["rate"] * len(plan.wearers) / devices,
            seed=options["seed"],
            faults=Faults.usual() if options["faults"] else Faults(),
            cue=cue,
            stop=stop,
        )
        for plan in plans
    ]


def _play(
    players: list[Player], options: dict[str, Any], stop: threading.Event, cue: threading.Event
) -> None:
    started = time.monotonic()
    for player in players:
        player.start()
    while not stop.wait(0.2):
        elapsed = time.monotonic() - started
        if options["cue"] and elapsed > options["cue"]:
            cue.set()
        if options["duration"] and elapsed > options["duration"]:
            stop.set()
    for player in players:
        player.join(timeout=2)
