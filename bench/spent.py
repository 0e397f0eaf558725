"""CPU time and memory of processes, as the kernel counts them: a shared machine cannot blur it."""

import os
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")
PAGE = os.sysconf("SC_PAGE_SIZE")
PROC = Path("/proc")
Spent = dict[str, float]


def of_trees(roots: Mapping[str, int]) -> Spent:
    """CPU seconds of each root process and all its children, those that are gone included."""
    family = _children()
    return {name: sum(map(_seconds, _tree(pid, family))) for name, pid in roots.items()}


def of_sessions() -> dict[tuple[int, str], float]:
    """CPU seconds of each PostgreSQL session of now, by its process and its program's name."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pid, application_name FROM pg_stat_activity WHERE datid IS NOT NULL")
        return {(pid, name or "bench"): _seconds(pid) for pid, name in cursor.fetchall()}


def of_program(name: str) -> float:
    """CPU seconds of a program's PostgreSQL sessions of now, to the nanosecond."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pid FROM pg_stat_activity WHERE application_name = %s", [name])
        return sum(_nanoseconds(pid) for (pid,) in cursor.fetchall()) / 1e9


def between(before: Spent, after: Spent) -> Spent:
    return {name: seconds - before.get(name, 0.0) for name, seconds in after.items()}


def memory_of_tree(root: int) -> int:
    """Resident bytes of the largest process below this one, itself included."""
    return max(map(_resident, _tree(root, _children())), default=0)


def _tree(root: int, family: Mapping[int, list[int]]) -> list[int]:
    found = [root]
    for pid in found:
        found += family.get(pid, [])
    return found


def _children() -> dict[int, list[int]]:
    family: dict[int, list[int]] = defaultdict(list)
    for entry in os.listdir(PROC):  # noqa: PTH208 — a path object for each process costs more
        if entry.isdigit():
            fields = _stat(int(entry))
            if fields:
                family[int(fields[1])].append(int(entry))
    return family


def _seconds(pid: int) -> float:
    fields = _stat(pid)
    # Its own user and system time, and that of its children who are gone.
    return sum(map(int, fields[11:15])) / TICKS if fields else 0.0


def _nanoseconds(pid: int) -> int:
    try:
        return int((PROC / str(pid) / "schedstat").read_text().split()[0])
    except OSError:
        return 0


def _resident(pid: int) -> int:
    try:
        return int((PROC / str(pid) / "statm").read_text().split()[1]) * PAGE
    except OSError:
        return 0


def _stat(pid: int) -> list[str]:
    """The fields after the name, which may hold spaces."""
    try:
        return (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []
