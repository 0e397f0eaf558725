"""The bench stays runnable: the quick form goes its ways, and every count in it is checked."""

import subprocess
import sys

import pytest

from vwards.local.programs import REPOSITORY

SHORT = {
    "scored": "offered, p99",
    "late": "late readings",
    "board": "unchanged poll",
    "round": "5,000 readings",
}
LONG = {
    **SHORT,
    "figures": "England over two years",
    "ten": "10 a POST",
    "hundred": "backlog",
    "one": "1 a POST",
    "full": "stored",
    "memory": "worker's memory",
}


@pytest.mark.faults
def test_the_quick_form_sends_counts_and_tells(long_form):
    wanted = LONG if long_form else SHORT
    told = subprocess.run(
        [sys.executable, "-m", "bench", "--quick", *wanted],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert told.returncode == 0, told.stdout[-3000:] + told.stderr[-3000:]
    for line in wanted.values():
        assert line in told.stdout
