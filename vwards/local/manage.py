"""Runs a management command against the demo that runs here: make manage ARGS="…"."""

import json
import os
import sys

from vwards.local.demo import ENVIRONMENT
from vwards.local.programs import REPOSITORY


def main() -> None:
    try:
        ours: dict[str, str] = json.loads(ENVIRONMENT.read_text())
    except FileNotFoundError:
        sys.exit("make manage: no demo runs here; start it with make demo.")
    command = [sys.executable, str(REPOSITORY / "manage.py"), *sys.argv[1:]]
    os.execve(sys.executable, command, {**os.environ, **ours})  # noqa: S606 — becoming it is meant


if __name__ == "__main__":
    main()
