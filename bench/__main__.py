"""`make bench`: each ratio beside its limit, in under three minutes."""

import sys
import time

from bench import boards, house, readings, report
from vwards.local.programs import LocalError
from vwards.local.running import step


def main() -> int:
    started = time.monotonic()
    try:
        with house.servers():
            lines = _measured()
    except LocalError as problem:
        print(f"\nmake bench: {problem}", file=sys.stderr)
        return 1
    report.tell(lines)
    print(f"\n{time.monotonic() - started:.0f} s in all. Kept as {report.keep(lines)}")
    return 0


def _measured() -> list[report.Line]:
    with step("Furnishing a ward of fifty"):
        place = house.furnish()
    with step("Looking at its board"):
        looked = [boards.whole(place), boards.unchanged(place)]
    with step("Sending readings"), house.web() as address:
        accepted = readings.accepting(address, place)
    with step("Draining readings"):
        return [accepted, readings.draining(place), *looked]


if __name__ == "__main__":
    sys.exit(main())
