"""The bench stays runnable: the quick form goes all its ways, and every count in it is checked."""

import subprocess
import sys

import pytest

from vwards.local.programs import REPOSITORY

ROWS = ["hundred", "scored", "late", "board"]


@pytest.mark.faults
def test_the_quick_form_sends_counts_and_tells():
    told = subprocess.run(
        [sys.executable, "-m", "bench", "--quick", *ROWS],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert told.returncode == 0, told.stdout[-3000:] + told.stderr[-3000:]
    for name in ("100 a POST", "backlog", "offered, p99", "late readings", "unchanged poll"):
        assert name in told.stdout
