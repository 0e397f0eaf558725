"""Removes what the servers keep outside the repository: a part of make clean."""

import shutil
import sys

from vwards.local.programs import LocalError, home
from vwards.local.running import only_one


def main() -> None:
    try:
        with only_one("a demo runs here; stop it first."):
            shutil.rmtree(home(), ignore_errors=True)
    except LocalError as problem:
        sys.exit(f"make clean: {problem}")


if __name__ == "__main__":
    main()
