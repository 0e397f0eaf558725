"""Sees every query on readings and scores that the house asks while a test runs, on any thread: one
without both bounds as values reads, and locks, every partition of eight years."""

import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
from django.conf import settings
from django.db.backends.utils import CursorWrapper

HOUSE = Path(settings.BASE_DIR)
TESTS = HOUSE / "tests"
VENV = HOUSE / ".venv"

ASKED = re.compile(
    r"\b(?:FROM|JOIN|UPDATE)\s+(?:ONLY\s+)?\"?observations_(?:reading|score)\"?(?![\w\"])",
    re.IGNORECASE,
)
# Made like the table, and empty.
MADE = re.compile(r"^\s*CREATE\b", re.IGNORECASE)
# A value that Python reckoned; `now() - interval` and the like choose no partition in time.
VALUE = r"(?:%s|%\(\w+\)s|'\d{4}-[^']*')(?:::timestamptz)?(?!\s*[-+])"
COLUMN = r"measured_at\"?\s*"
LOWER = re.compile(rf"{COLUMN}(?:>=?|=)\s*{VALUE}", re.IGNORECASE)
UPPER = re.compile(rf"{COLUMN}(?:<=?|=)\s*{VALUE}", re.IGNORECASE)
BOTH = re.compile(rf"{COLUMN}(?:BETWEEN\s*{VALUE}\s*AND\s*{VALUE}|IN\s*\({VALUE})", re.IGNORECASE)

Watcher = Callable[[CursorWrapper, str, Any], None]
watchers: list[Watcher] = []
unbounded: list[str] = []


def asks(statement: str) -> int:
    """How often a statement asks a partitioned table."""
    return 0 if MADE.match(statement) else len(ASKED.findall(statement))


def is_bounded(statement: str) -> bool:
    both = len(BOTH.findall(statement))
    lower, upper = len(LOWER.findall(statement)) + both, len(UPPER.findall(statement)) + both
    return min(lower, upper) >= asks(statement)


def asked_by_a_test() -> bool:
    """A test may look at everything; what the house does for it may not."""
    frame: FrameType | None = sys._getframe(2)
    while frame is not None:
        path = Path(frame.f_code.co_filename)
        if HOUSE in path.parents and VENV not in path.parents and path.name != "bounds.py":
            return TESTS in path.parents
        frame = frame.f_back
    return True


@contextmanager
def watching(watcher: Watcher) -> Iterator[None]:
    """Tells of each query on the partitioned tables just before it is asked."""
    watchers.append(watcher)
    try:
        yield
    finally:
        watchers.remove(watcher)


@pytest.fixture(autouse=True, scope="session")
def _watched() -> Iterator[None]:
    asked = CursorWrapper._execute  # type: ignore[attr-defined]  # Django's own, not in its stubs

    def ask(self: CursorWrapper, sql: Any, params: Any, *rest: Any) -> Any:
        if "observations_" in sql and asks(sql) and not asked_by_a_test():
            if not is_bounded(sql):
                unbounded.append(sql)
            for watcher in watchers:
                watcher(self, sql, params)
        return asked(self, sql, params, *rest)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(CursorWrapper, "_execute", ask)
        yield


@pytest.fixture(autouse=True)
def _bounded(_watched: None) -> Iterator[None]:
    unbounded.clear()
    yield
    found = list(unbounded)
    unbounded.clear()
    assert not found, f"asked of every partition: {found[0]}"
