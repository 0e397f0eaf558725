"""Runs the whole system on this machine until Ctrl-C: `make demo`."""

import errno
import json
import os
import signal
import socket
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NoReturn

from vwards.local import children, commands, demo_data
from vwards.local.programs import LocalError, home
from vwards.local.running import LOCAL, MANAGE, Demo, only_one, step
from vwards.local.servers import LOOPBACK, Postgres, Valkey

ENVIRONMENT = LOCAL / "demo-environment.json"
SIGN_INS = LOCAL / "demo.json"
PLAN = LOCAL / "simulate.json"
LOADED = (SIGN_INS, PLAN)
PREFIX = "vwards-demo"


class Stopped(Exception):  # noqa: N818 — no error: somebody asked for it
    """Ctrl-C, or a polite kill."""


def main() -> int:
    _die_with_make()
    _listen_for_stop()
    demo = Demo(_port(), os.environ.get("SIMULATE", "1") != "0", os.environ.get("KEEP") == "1")
    try:
        with only_one("A demo runs here already; stop that one first."):
            ENVIRONMENT.unlink(missing_ok=True)
            _refuse_taken_port(demo.port)
            return _run(demo)
    except Stopped:
        return 0
    except LocalError as problem:
        return _complain(str(problem))
    except OSError as error:
        if error.errno == errno.ENOSPC:
            return _complain("The disk is full; make room and try again.")
        raise


def _run(demo: Demo) -> int:
    try:
        _start_servers(demo)
        _prepare_data(demo)
        _start_processes(demo)
        _tell(demo)
        _watch(demo)
    except Stopped:
        return 0
    finally:
        _ignore_signals()
        ENVIRONMENT.unlink(missing_ok=True)
        demo.stop()


def _start_servers(demo: Demo) -> None:
    given = {name: os.environ.get(name, "") for name in ("DATABASE_URL", "REDIS_URL")}
    if not given["DATABASE_URL"]:
        with step("Starting PostgreSQL"):
            postgres = Postgres(home() / "demo-postgres", durable=True)
            demo.servers.append(postgres)
            postgres.start()
            given["DATABASE_URL"] = postgres.ensure_database("vwards_demo")
    if not given["REDIS_URL"]:
        with step("Starting Valkey"):
            valkey = Valkey(home() / "demo-valkey", durable=True)
            demo.servers.append(valkey)
            valkey.start()
            given["REDIS_URL"] = valkey.url()
    ours = {**given, "DEMO": "1", "REDIS_KEY_PREFIX": PREFIX, "CELERY_QUEUE": PREFIX}
    _write_private(ENVIRONMENT, json.dumps(ours))
    demo.environment = {**os.environ, **ours, "LOG_LEVEL": os.environ.get("LOG_LEVEL", "INFO")}


def _prepare_data(demo: Demo) -> None:
    """Rebuilds what is missing or old, migrates what is behind, and leaves the rest alone."""
    wanted = demo_data.migrations_now()
    mark = demo_data.read_mark(demo.database)
    unfinished = not mark or not mark.migrations or not all(file.exists() for file in LOADED)
    if unfinished or (mark and mark.is_old(datetime.now(UTC)) and not demo.keep):
        _rebuild(demo, wanted)
    elif mark and mark.migrations != wanted:
        demo.manage("Migrating the database", "migrate", "--verbosity", "0")
        demo_data.write_mark(demo.database, demo_data.Mark(mark.loaded_at, wanted))
    _write_base_url(demo)


def _rebuild(demo: Demo, migrations: str) -> None:
    with step("Emptying the database"):
        demo_data.empty(demo.database)
        demo_data.forget_keys(demo.environment["REDIS_URL"], PREFIX)
    hurried = demo_data.hurried(demo.database)
    demo.manage("Making the tables", "migrate", "--verbosity", "0", DATABASE_URL=hurried)
    files = ["--json", str(SIGN_INS), "--plan", str(PLAN)]
    demo.manage("Loading the demo data", "load_demo", *files, DATABASE_URL=hurried)
    demo_data.write_mark(demo.database, demo_data.Mark(datetime.now(UTC), migrations))


def _start_processes(demo: Demo) -> None:
    with step("Starting web, worker and beat"):
        for name, command in commands.everything(demo.port, _fresh(LOCAL / "beat")).items():
            demo.start(name, *command)
        demo.wait_until_ready()
    if demo.simulate:
        with step("Starting the simulated devices"):
            demo.start("simulate", *MANAGE, "simulate", "--url", demo.base_url, "--plan", str(PLAN))


def _tell(demo: Demo) -> None:
    print(f"\nVirtual wards: {demo.base_url}/\n\nSign in as")
    for account in _sign_ins().get("accounts", []):
        print(f"  {account['role']:28} {account['username']:28} {account['password']}")
    print(f"\nLogs: {LOCAL}/*.log. Ctrl-C stops all of it.", flush=True)


def _watch(demo: Demo) -> NoReturn:
    while True:
        demo.check_children()
        time.sleep(0.3)


def _refuse_taken_port(port: int) -> None:
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((LOOPBACK, port))
        except OSError as error:
            raise LocalError(
                f"Port {port} is taken; choose another: make demo PORT={port + 1}"
            ) from error


def _port() -> int:
    value = os.environ.get("PORT", "8000")
    if value.isdigit() and 0 < int(value) < 65536:
        return int(value)
    sys.exit(f"make demo: PORT must be a number up to 65535, not {value!r}.")


def _listen_for_stop() -> None:
    def stop(*_: object) -> NoReturn:
        raise Stopped

    signal.signal(signal.SIGINT, stop)
    signal.signal(signal.SIGTERM, stop)
    # nohup asked for it to stay when the terminal goes.
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        signal.signal(signal.SIGHUP, stop)


def _ignore_signals() -> None:
    """Somebody impatient must not leave half of it running."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)


def _die_with_make() -> None:
    """A make that is killed outright cannot pass the signal on."""
    if "MAKELEVEL" in os.environ:
        children.tie_to_parent(signal.SIGTERM)


def _sign_ins() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(SIGN_INS.read_text())
    return found


def _write_base_url(demo: Demo) -> None:
    """The port may be another one each time."""
    _write_private(SIGN_INS, json.dumps({**_sign_ins(), "base_url": demo.base_url}, indent=2))


def _write_private(file: Path, text: str) -> None:
    new = file.with_suffix(".new")
    new.touch(mode=0o600)
    new.write_text(text + "\n")
    new.replace(file)


def _fresh(file: Path) -> Path:
    for old in file.parent.glob(f"{file.name}*"):
        old.unlink()
    return file


def _complain(what: str) -> int:
    print(f"\nmake demo: {what}", file=sys.stderr, flush=True)
    return 1


if __name__ == "__main__":
    sys.exit(main())
