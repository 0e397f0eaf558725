"""Many rows at once: PostgreSQL's COPY, straight into a table or through a staging table.

The staging tables are made once a connection and emptied by each commit; behind a pooler they are
asked for in each transaction.
"""

from __future__ import annotations

import io
import weakref
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, Final
from uuid import UUID

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from lib.pooling import is_pooled

_ESCAPES: Final = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})
NULL: Final = "\\N"
_AS_THEY_ARE: Final = frozenset((int, float, UUID, datetime))
_staged: Final[weakref.WeakKeyDictionary[Any, set[str]]] = weakref.WeakKeyDictionary()


def escaped(text: str | None) -> str:
    if text is None:
        return NULL
    # What is printable and holds no backslash needs nothing; asking is far cheaper than doing.
    return text if text.isprintable() and "\\" not in text else text.translate(_ESCAPES)


def field(value: Any) -> str:
    """A value as COPY's text format has it; for the few columns that are not written by hand."""
    if value is None:
        return NULL
    if type(value) in _AS_THEY_ARE:
        return str(value)
    if isinstance(value, bool):
        return "t" if value else "f"
    if isinstance(value, list | tuple):
        return "{" + ",".join("NULL" if part is None else str(part) for part in value) + "}"
    return escaped(str(value))


@lru_cache(maxsize=8192)
def _instant(at: datetime) -> str:
    return str(at)


def instant(at: datetime | None) -> str:
    """Remembered, because what is written of a set names one instant a dozen times."""
    return NULL if at is None else _instant(at)


def line(values: Iterable[Any]) -> str:
    return "\t".join([field(value) for value in values]) + "\n"


def array(values: Sequence[str]) -> str:
    """The literal of a text[] of any strings."""
    whole = '","'.join(values)
    if "\\" in whole or whole.count('"') != 2 * (len(values) - 1):
        quoted = (v.replace("\\", "\\\\").replace('"', '\\"') for v in values)
        whole = '","'.join(quoted)
    return f'{{"{whole}"}}' if values else "{}"


def numbers(values: Iterable[int]) -> str:
    """The literal of an array of numbers."""
    return "{" + ",".join(map(str, values)) + "}"


def instants(values: Iterable[datetime]) -> str:
    """The literal of an array of instants: psycopg2 would write, and the server parse and plan,
    each of them by itself."""
    return '{"' + '","'.join(map(_instant, values)) + '"}'


def texts(values: Sequence[str]) -> str:
    """A text[] of any strings, quoted for the array and then escaped for COPY."""
    return escaped(array(values))


def copy(table: str, columns: Sequence[str], lines: Sequence[str]) -> None:
    if not lines:
        return
    with connection.cursor() as cursor:
        _copy(cursor, f"COPY {table} ({', '.join(columns)}) FROM STDIN", lines)


def stage(cursor: CursorWrapper, name: str, like: str, lines: Sequence[str]) -> None:
    """Fill the staging table `name`, made like the query's result on a connection's first use."""
    # Forgotten with the connection.
    made = set() if is_pooled() else _staged.setdefault(connection.connection, set())
    if name not in made:
        cursor.execute(
            f"CREATE TEMP TABLE IF NOT EXISTS {name} ON COMMIT DELETE ROWS AS {like} WITH NO DATA"
        )
        # A table made in a transaction that is rolled back was never there.
        transaction.on_commit(lambda: made.add(name))
    # One transaction may store twice; after a commit there is nothing to delete.
    cursor.execute(f"DELETE FROM {name}")  # noqa: S608 — a constant
    _copy(cursor, f"COPY {name} FROM STDIN", lines)


def _copy(cursor: CursorWrapper, statement: str, lines: Sequence[str]) -> None:
    cursor.copy_expert(statement, io.StringIO("".join(lines)))


def update(table: str, columns: Sequence[str], lines: Sequence[str], *, key: str) -> None:
    """Write the lines over the rows that have their `key`, which is the first column."""
    if not lines:
        return
    names, staging = ", ".join(columns), f"staged_update_{table}"
    changed = ", ".join(f"{name} = s.{name}" for name in columns if name != key)
    with connection.cursor() as cursor:
        # Tables and columns are the callers' constants; values go by COPY.
        stage(cursor, staging, f"SELECT {names} FROM {table}", lines)  # noqa: S608 — see above
        cursor.execute(
            f"UPDATE {table} t SET {changed} FROM {staging} s "  # noqa: S608 — see above
            f"WHERE t.{key} = s.{key}"
        )


def upsert(
    table: str,
    columns: Sequence[str],
    lines: Sequence[str],
    *,
    key: Sequence[str],
    versioned: bool = False,
) -> None:
    """Insert the lines, or write them over what has the same key; in the order of the key.

    `versioned` adds one to the row's `version`, which is among neither.
    """
    if not lines:
        return
    names, staging = ", ".join(columns), f"staged_{table}"
    changed = [f"{name} = excluded.{name}" for name in columns if name not in key]
    if versioned:
        changed.append(f"version = {table}.version + 1")
    with connection.cursor() as cursor:
        # Tables and columns are the callers' constants; values go by COPY.
        stage(cursor, staging, f"SELECT {names} FROM {table}", lines)  # noqa: S608 — see above
        cursor.execute(
            f"INSERT INTO {table} ({names}{', version' * versioned}) "  # noqa: S608 — see above
            f"SELECT {names}{', 1' * versioned} FROM {staging} ORDER BY {', '.join(key)} "
            f"ON CONFLICT ({', '.join(key)}) DO UPDATE SET {', '.join(changed)}"
        )
