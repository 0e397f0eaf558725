"""What stands in the way of a first `make` is said in one line."""

import shutil
import subprocess
from pathlib import Path

import pytest
from django.conf import settings

LOCAL = Path(settings.BASE_DIR) / "vwards" / "local"
OLD = 'case "$*" in *version_info*) exit 1;; --version) echo "Python 3.9.2";; esac'
WITHOUT_VENV = 'case "$*" in *"import venv"*) exit 1;; esac'
FULL = 'case "$*" in "-m venv"*) echo "OSError: [Errno 28] No space left on device"; exit 1;; esac'
REFUSED = 'case "$*" in "-m venv"*) echo "403 Forbidden"; exit 1;; esac'


@pytest.fixture
def bootstrap(tmp_path):
    """Runs the script of an empty checkout with a Python that behaves as told."""
    (tmp_path / "vwards" / "local").mkdir(parents=True)
    shutil.copy(LOCAL / "bootstrap.sh", tmp_path / "vwards" / "local")

    def run(behaviour: str) -> tuple[int, list[str]]:
        python = tmp_path / "python"
        python.write_text(f"#!/bin/sh\n{behaviour}\n")
        python.chmod(0o755)
        done = subprocess.run(
            ["bash", str(tmp_path / "vwards" / "local" / "bootstrap.sh")],
            env={"PATH": "/usr/bin:/bin", "PYTHON": str(python)},
            capture_output=True,
            text=True,
            check=False,
        )
        return done.returncode, done.stderr.splitlines()

    return run


def test_an_old_python_is_named_with_what_to_install(bootstrap):
    code, (line,) = bootstrap(OLD)
    assert code == 1
    assert line.startswith("make: Python 3.9.2 is too old; install Python 3.11 or newer")


def test_a_missing_venv_module_tells_the_package_to_install(bootstrap):
    assert bootstrap(WITHOUT_VENV) == (
        1,
        [
            "make: this Python has no venv module; on Debian and Ubuntu: apt install python3-venv",
        ],
    )


def test_a_full_disk_is_called_that(bootstrap):
    code, (line,) = bootstrap(FULL)
    assert code == 1
    assert line.startswith("make: the disk is full; make room below ")


def test_a_refused_download_ends_with_one_line_below_what_refused_it(bootstrap):
    code, lines = bootstrap(REFUSED)
    assert code == 1
    assert lines[0] == "403 Forbidden"
    assert lines[-1].startswith("make: making .venv failed")


@pytest.mark.parametrize("script", sorted(LOCAL.glob("*.sh")), ids=lambda script: script.name)
def test_each_script_is_valid_and_stops_at_the_first_failure(script):
    assert subprocess.run(["bash", "-n", str(script)], check=False).returncode == 0
    assert "set -eu -o pipefail" in script.read_text()
