"""What a run ran on: figures of another machine are other figures."""

import os
import platform
import subprocess
from pathlib import Path
from typing import Any, Final

from vwards.local.programs import REPOSITORY

SHOWN: Final = (
    *("server_version", "fsync", "synchronous_commit", "full_page_writes", "shared_buffers"),
    *("effective_cache_size", "max_wal_size", "checkpoint_timeout", "wal_compression"),
)


def machine(folder: Path) -> dict[str, Any]:
    return {
        "cpu": _line("/proc/cpuinfo", "model name"),
        "cores": os.cpu_count(),
        "memory": _line("/proc/meminfo", "MemTotal"),
        "disk": _disk(folder),
        "kernel": platform.platform(),
        "python": platform.python_version(),
        "load_average_1_min": os.getloadavg()[0],
        "commit": _git("rev-parse", "--short", "HEAD") + ("+" if _git("status", "-s") else ""),
        "postgres": _settings(),
    }


def _settings() -> dict[str, str]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT name, current_setting(name) FROM unnest(%s) AS name", [list(SHOWN)])
        return dict(cursor.fetchall())


def _line(file: str, start: str) -> str:
    if not Path(file).exists():
        return platform.processor()
    lines = (line for line in Path(file).read_text().splitlines() if line.startswith(start))
    return next(lines, ":").split(":", 1)[1].strip()


def _disk(folder: Path) -> str:
    """Device, file system, size, free."""
    command = ["df", "--output=source,fstype,size,avail", "-h", str(folder)]
    return " ".join(_said(command).splitlines()[-1:]).strip()


def _git(*arguments: str) -> str:
    return _said(["git", "-C", str(REPOSITORY), *arguments]).strip()


def _said(command: list[str]) -> str:
    shown = subprocess.run(command, capture_output=True, text=True, check=False)
    return shown.stdout
