"""The tutorial design under the same load, the same web server and the same PostgreSQL."""

import json
import subprocess
import sys

from bench import loading, running
from bench.servers import TUTORIAL, Servers
from vwards.local.programs import REPOSITORY, LocalError


def readings_a_second(servers: Servers, *, patients: int, readings: int, runs: int) -> list[float]:
    """One reading a request, each an INSERT."""
    environment = {
        **servers.environment,
        "DATABASE_URL": servers.postgres.ensure_database(TUTORIAL),
        "DJANGO_SETTINGS_MODULE": "bench.tutorial.settings",
    }
    told = _furnish(environment, patients)
    try:
        with running.tutorial(servers, environment) as processes:
            return [
                _run(servers, processes, told | {"seed": seed, "readings": readings})
                for seed in range(runs)
            ]
    finally:
        servers.postgres.drop_database(TUTORIAL)


def _furnish(environment: dict[str, str], patients: int) -> dict[str, object]:
    made = subprocess.run(
        [sys.executable, "-m", "bench.tutorial", str(patients)],
        cwd=REPOSITORY,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if made.returncode:
        raise LocalError(f"The tutorial's tables cannot be made: {made.stderr[-500:]}")
    told: dict[str, object] = json.loads(made.stdout.splitlines()[-1])
    return told


def _run(servers: Servers, processes: running.Running, told: dict[str, object]) -> float:
    with loading.load(loading.of_tutorial(told, processes.address, servers.folder)) as load:
        load.go()
        seen = load.seen()
        return seen.posts / seen.took
