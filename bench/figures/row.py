"""The figures as rows of the table: measured by a program of its own, on servers of its own."""

import json
import subprocess
import sys
from typing import Any

from bench.report import Figure, Line, Target
from bench.session import Counts
from vwards.local.programs import REPOSITORY, LocalError


def rows(counts: Counts) -> list[Line]:
    command = [sys.executable, "-m", "bench.figures", f"--runs={counts.runs}"]
    command += [f"--looks={counts.looks}", *(["--quick"] if counts.quick else [])]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False)
    if done.returncode:
        raise LocalError(done.stderr[-2000:] or done.stdout[-2000:])
    return [_line(told) for told in json.loads(done.stdout.splitlines()[-1])]


def _line(told: dict[str, Any]) -> Line:
    figures = {"figure": Figure(**told["figure"])}
    targets = tuple(Target(**target) for target in told["targets"])
    beside = {name: Figure(**limit) for name, limit in told["beside"].items()}
    return Line(**(told | figures | {"targets": targets, "beside": beside}))
