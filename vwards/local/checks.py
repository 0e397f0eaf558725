"""Checks of `make check` that need more than one command: addresses, migrations, deployment."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from vwards.local.programs import REPOSITORY

LOCKS = ("requirements.txt", "requirements-dev.txt", "vwards/local/bootstrap.txt")
NPM_LOCK = "package-lock.json"
ADDRESS = re.compile(r"https?://|--(?:extra-)?index-url|--find-links")
# A sane deployment, so that `check --deploy` has something to judge.
DEPLOYED = {
    "DEBUG": "0",
    "DEMO": "0",
    "BEHIND_TLS": "1",
    "SECRET_KEY": "not-a-secret-but-as-long-and-as-mixed-as-one-0123456789",
    "PSEUDONYM_SECRET": "not-a-secret-either",
    "ALLOWED_HOSTS": "wards.example",
    "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/nothing",
    "REDIS_URL": "redis://127.0.0.1:1/0",
}


def main() -> int:
    addresses = list(_addresses())
    for found in addresses:
        print(f"An address in a lock file: {found}")
    failed = [name for name, passed in _django_checks() if not passed]
    print("Lock files hold no address." if not addresses else "Run: make lock")
    return 1 if addresses or failed else 0


def _addresses() -> Iterator[str]:
    for name in LOCKS:
        yield from _matching(REPOSITORY / name, ADDRESS)
    # Where a funding page is said to be is no address that anything is fetched from.
    yield from _matching(REPOSITORY / NPM_LOCK, re.compile(r'"resolved":'))


def _matching(file: Path, pattern: re.Pattern[str]) -> Iterator[str]:
    for number, line in enumerate(file.read_text().splitlines(), 1):
        if pattern.search(line):
            yield f"{file.name}:{number}: {line.strip()}"


def _django_checks() -> Iterator[tuple[str, bool]]:
    yield "migrations", _manage("makemigrations", "--check", "--dry-run", "--skip-checks")
    yield "deployment", _manage("check", "--deploy", "--fail-level", "WARNING")


def _manage(*arguments: str) -> bool:
    """Warnings off: with no database to ask, makemigrations cannot check its history."""
    command = [sys.executable, "-W", "ignore", "manage.py", *arguments]
    done = subprocess.run(command, check=False, cwd=REPOSITORY, env={**os.environ, **DEPLOYED})
    return done.returncode == 0


if __name__ == "__main__":
    sys.exit(main())
