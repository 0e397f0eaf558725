"""Whether demo data is fresh, old, unfinished or somebody else's is read off the database."""

import os
from contextlib import closing
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit, urlunsplit

import psycopg2
import pytest

from vwards.local import demo_data
from vwards.local.programs import LocalError

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


def _run(url: str, *statements: str) -> None:
    connection = psycopg2.connect(url)
    connection.autocommit = True
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
    connection.close()


@pytest.fixture
def database():
    """A database of its own on this run's cluster."""
    server = urlsplit(os.environ["DATABASE_URL"])
    name = f"demo_data_{os.getpid()}"
    postgres = urlunsplit(server._replace(path="/postgres"))
    _run(postgres, f'CREATE DATABASE "{name}"')
    yield urlunsplit(server._replace(path=f"/{name}"))
    _run(postgres, f'DROP DATABASE "{name}"')


def test_an_empty_database_has_no_mark(database):
    assert demo_data.read_mark(database) is None


def test_a_mark_is_read_as_it_was_written(database):
    mark = demo_data.Mark(NOON, "abc")
    demo_data.write_mark(database, mark)
    assert demo_data.read_mark(database) == mark


def test_a_database_that_holds_somebody_elses_tables_is_refused(database):
    _run(database, "CREATE TABLE theirs (id int)")
    with pytest.raises(LocalError, match="give an empty one"):
        demo_data.read_mark(database)


def test_emptying_takes_the_tables_and_leaves_it_ours_but_unfinished(database):
    demo_data.write_mark(database, demo_data.Mark(NOON, "abc"))
    _run(database, "CREATE TABLE ours (id int)")
    demo_data.empty(database)
    _run(database, "CREATE TABLE half_way (id int)")
    mark = demo_data.read_mark(database)
    assert mark
    assert mark.migrations == ""


def test_data_is_old_after_twelve_hours():
    mark = demo_data.Mark(NOON, "abc")
    assert not mark.is_old(NOON + timedelta(hours=12))
    assert mark.is_old(NOON + timedelta(hours=12, seconds=1))


def test_a_changed_migration_changes_the_fingerprint(tmp_path, monkeypatch):
    (tmp_path / "requirements.txt").write_text("")
    migrations = tmp_path / "rounds" / "migrations"
    migrations.mkdir(parents=True)
    (migrations / "0001_initial.py").write_text("one")
    monkeypatch.setattr(demo_data, "REPOSITORY", tmp_path)
    before = demo_data.migrations_now()
    assert demo_data.migrations_now() == before
    (migrations / "0001_initial.py").write_text("two")
    assert demo_data.migrations_now() != before


def test_forgetting_keys_spares_those_of_others(valkey, settings):
    valkey.set("ours:1", "x")
    valkey.set("theirs:1", "x")
    demo_data.forget_keys(settings.REDIS_URL, "ours")
    assert not valkey.exists("ours:1")
    assert valkey.delete("theirs:1") == 1


def test_loading_does_not_wait_for_the_disk(database):
    with closing(psycopg2.connect(demo_data.hurried(database))) as connection:
        cursor = connection.cursor()
        cursor.execute("SHOW synchronous_commit")
        assert cursor.fetchone() == ("off",)
