"""Statements that a connection plans once: planning a ward's board takes longer than reading it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final
from weakref import WeakKeyDictionary

from django.db import connection

from lib.pooling import is_pooled

# By the driver's own connection: whoever connects again prepares again.
_prepared: WeakKeyDictionary[Any, set[str]] = WeakKeyDictionary()
# Left to itself PostgreSQL plans the first five times for the values given.
_PLANNED_ONCE: Final = "SET plan_cache_mode = force_generic_plan"
_PLACE: Final = re.compile(r"%\((\w+)\)s")


class Statement:
    """SQL with named places, each of a given PostgreSQL type; nothing else in it may be a `%`.

    Not for partitioned tables: a plan made for any bounds locks every partition.
    """

    def __init__(self, name: str, sql: str, **types: str) -> None:
        self.name, self.sql = name, sql
        numbers = {place: f"${number}" for number, place in enumerate(types, 1)}
        text = _PLACE.sub(lambda found: numbers[found[1]], sql)
        self._prepare = f"PREPARE {name}({', '.join(types.values())}) AS {text}"
        self.execution = f"EXECUTE {name}({', '.join(f'%({place})s' for place in types)})"

    def rows(self, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        with connection.cursor() as cursor:
            if is_pooled():
                cursor.execute(self.sql, values)
            else:
                self._prepare_once()
                cursor.execute(self.execution, values)
            found: list[tuple[Any, ...]] = cursor.fetchall()
        return found

    def _prepare_once(self) -> None:
        """On the driver's connection: it belongs to connecting, not to what a page asks."""
        known = _prepared.setdefault(connection.connection, set())
        if self.name in known:
            return
        with connection.wrap_database_errors, connection.connection.cursor() as plain:
            plain.execute(f"{_PLANNED_ONCE}; {self._prepare}")
        known.add(self.name)
