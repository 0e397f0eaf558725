"""Whether the demo's database is as it should be, written on the database itself."""

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import psycopg2
import redis
from psycopg2 import sql

from vwards.local.programs import REPOSITORY, LocalError

OLD_AFTER = timedelta(hours=12)
APPS = ("accounts", "capacity", "patients", "observations", "rounds")

WHAT_IS_THERE = """
    SELECT shobj_description(oid, 'pg_database'),
           (SELECT count(*) FROM pg_tables WHERE schemaname = 'public')
      FROM pg_database WHERE datname = current_database()
"""


@dataclass(frozen=True)
class Mark:
    """What the demo wrote about its data: when it was loaded, and by which migrations."""

    loaded_at: datetime
    migrations: str

    def is_old(self, at: datetime) -> bool:
        return at - self.loaded_at > OLD_AFTER


def read_mark(url: str) -> Mark | None:
    """The mark; None for an empty database. Any other database is somebody else's."""
    with psycopg2.connect(url) as connection, connection.cursor() as cursor:
        cursor.execute(WHAT_IS_THERE)
        ((text, tables),) = cursor.fetchall()
    mark = _parsed(text)
    if tables and not mark:
        raise LocalError(
            "The database of DATABASE_URL holds tables that no demo made; give an empty one."
        )
    return mark


def write_mark(url: str, mark: Mark) -> None:
    text = json.dumps(
        {"demo": {"loaded_at": mark.loaded_at.isoformat(), "migrations": mark.migrations}}
    )
    _comment(url, text)


def empty(url: str) -> None:
    """Takes everything out of a database that is ours; one stopped half-way stays ours."""
    write_mark(url, Mark(datetime.fromtimestamp(0, UTC), ""))
    with psycopg2.connect(url) as connection, connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA public CASCADE")
        cursor.execute("CREATE SCHEMA public")


def hurried(url: str) -> str:
    """The same database for loading: no commit waits for the disk until the mark is written."""
    option = "options=-c%20synchronous_commit%3Doff"
    return f"{url}&{option}" if "?" in url else f"{url}?{option}"


def forget_keys(url: str, prefix: str) -> None:
    """Queued work of the data that is gone."""
    with redis.Redis.from_url(url) as client:
        for key in client.scan_iter(f"{prefix}*", count=1000):
            client.delete(key)


def migrations_now() -> str:
    """A fingerprint of all migrations, so that an unchanged schema costs no migrate."""
    digest = hashlib.sha256()
    for app in APPS:
        for file in sorted((REPOSITORY / app / "migrations").glob("*.py")):
            digest.update(file.name.encode() + file.read_bytes())
    digest.update((REPOSITORY / "requirements.txt").read_bytes())
    return digest.hexdigest()


def _comment(url: str, text: str) -> None:
    name = urlsplit(url).path.strip("/")
    with psycopg2.connect(url) as connection, connection.cursor() as cursor:
        cursor.execute(
            sql.SQL("COMMENT ON DATABASE {} IS {}").format(sql.Identifier(name), sql.Literal(text))
        )


def _parsed(text: str | None) -> Mark | None:
    try:
        found: dict[str, Any] = json.loads(text or "{}")["demo"]
    except (ValueError, KeyError, TypeError):
        return None
    return Mark(datetime.fromisoformat(found["loaded_at"]), found["migrations"])
