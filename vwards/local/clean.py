"""Removes what the servers keep outside the repository: the last step but one of make clean."""

import fcntl
import shutil
import sys

from vwards.local.demo import LOCK
from vwards.local.programs import home


def main() -> None:
    if _runs():
        sys.exit("make clean: a demo runs here; stop it first.")
    shutil.rmtree(home(), ignore_errors=True)


def _runs() -> bool:
    if not LOCK.exists():
        return False
    with LOCK.open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


if __name__ == "__main__":
    main()
