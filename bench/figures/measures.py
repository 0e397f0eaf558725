"""What pages and counts take when two years of a whole country stand behind them."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from bench import boards
from bench.report import Line, Target, figure

if TYPE_CHECKING:
    from accounts.models import User
    from capacity.models import Spell

BACK: Final = dt.timedelta(days=10)


def full_recomputation(days: list[dt.date], at: dt.datetime, runs: int) -> Line:
    """Of rows that are right already, as when somebody asks whether all of them are; it is told
    beside what the first count took, into empty tables."""
    from django.db import connection

    first = _recomputed(days, at)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    took = figure([_recomputed(days, at) for _ in range(runs)])
    target = Target("seconds", took.middle, 10, at_least=False)
    notes = {"into empty tables, s": first}
    return Line(f"full recomputation of {len(days)} days", "s", took, (target,), notes=notes)


def england(first: dt.date, last: dt.date, looks: int) -> Line:
    from capacity.reports.history import england_mornings

    took = figure([_milliseconds(lambda: england_mornings(first, last)) for _ in range(looks)])
    target = Target("ms", took.middle, 150, at_least=False)
    return Line("England over two years", "ms", took, (target,))


def england_now(at: dt.datetime, looks: int) -> Line:
    """Beds and patients, by ward, provider, ICB, pathway and route; without sending the rows.
    As kept, beside what counting takes with nothing kept, and what keeping takes."""
    from capacity import counting
    from capacity.actions.kept import HOLDS, keep

    kept_all = _milliseconds(lambda: keep(at=at))
    told = [_kept(at) for _ in range(looks)]
    took = figure([beds + patients for beds, patients in told])
    asked = figure([_milliseconds(lambda: _asked(at)) for _ in range(looks)])
    counted = counting.statements(counting.now(at, counting=True))
    notes = {
        "beds, ms": figure([beds for beds, _ in told]).middle,
        "patients, ms": figure([patients for _, patients in told]).middle,
        "with all rows read, ms": asked.middle,
        "counted, ms": figure([sum(_executed(*one) for one in counted) for _ in range(3)]).middle,
        "none kept, ms": figure([sum(_kept(at + HOLDS)) for _ in range(3)]).middle,
        "keeping all wards, ms": kept_all,
    }
    target = Target("ms", took.middle, 5, at_least=False)
    return Line("now for all ICBs, in the database", "ms", took, (target,), notes=notes)


def corrected_stay(at: dt.datetime, most: int) -> Line:
    """An end entered ten days late, and the days that it touched counted again."""
    from capacity.actions.figures import refresh
    from capacity.actions.stays import end_spell

    ended, counted = [], []
    for spell in _long_there(at, most):
        ended.append(_milliseconds(_ending(end_spell, spell, at - BACK)))
        counted.append(_milliseconds(lambda: refresh(days=[], at=at)))
    took = figure([sum(both) for both in zip(ended, counted, strict=True)])
    notes = {"the action, ms": figure(ended).middle, "the count, ms": figure(counted).middle}
    target = Target("ms", took.middle, 50, at_least=False)
    return Line(f"one corrected stay, {BACK.days} days", "ms", took, (target,), notes=notes)


def icb_page(runs: int, looks: int) -> Line:
    """With the counts of now kept, as the beat has them kept every five seconds."""
    from django.urls import reverse

    from capacity.actions.kept import keep

    manager = _manager()
    keep()
    path = reverse("capacity:icb-detail", args=["QK1"])
    browser = boards.signed_in(manager, path)
    browser.look()
    seen = [
        boards.looked(browser, looks, before=boards.forget, look=browser.look) for _ in range(runs)
    ]
    shown, asked = boards.line("ICB page", seen, 60), boards.statements(browser)
    statements = Target("statements", len(asked), 12, at_least=False)
    notes = shown.notes | {"statements": " | ".join(sql[:60] for sql in asked)}
    return replace(shown, targets=(*shown.targets, statements), notes=notes)


def _manager() -> User:
    from tests.cast import person, with_role

    return with_role(person("figures", "manager"), "icb_manager", "icb", "QK1")


def _recomputed(days: list[dt.date], at: dt.datetime) -> float:
    from capacity.actions.figures import refresh

    return _milliseconds(lambda: refresh(days=days, at=at)) / 1000


def _long_there(at: dt.datetime, most: int) -> list[Spell]:
    from capacity.models import Spell

    there = Spell.objects.filter(discharged_at=None, admitted_at__lt=at - BACK)
    return list(there.order_by("-admitted_at")[:most])


def _ending(end: Callable[..., object], spell: Spell, at: dt.datetime) -> Callable[[], object]:
    return lambda: end(spell=spell, destination="home", by=None, at=at)


def _asked(at: dt.datetime) -> None:
    from capacity import kept

    kept.beds(at, counting=True)
    kept.patients(at, counting=True)


def _kept(at: dt.datetime) -> tuple[float, float]:
    """Milliseconds of the two statements, as PostgreSQL tells them."""
    from capacity import kept

    _asked(at)
    given = kept.instant(at, counting=True)
    beds, patients = kept.BEDS.every.execution, kept.PATIENTS.every.execution
    return _executed(beds, given), _executed(patients, given)


def _executed(sql: str, given: dict[str, Any]) -> float:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {sql}", given)
        told: float = cursor.fetchone()[0][0]["Execution Time"]
    return told


def _milliseconds(what: Callable[[], object]) -> float:
    began = time.perf_counter()
    what()
    return (time.perf_counter() - began) * 1000
