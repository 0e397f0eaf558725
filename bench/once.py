"""`python -m bench.once`: the way of a reading in half a minute, and where its CPU goes.

python -m bench.once [readings a POST: 10] [POSTs: 4000] [offered readings a second]
"""

import sys

from bench import flow, house, running, servers, telling
from vwards.local.running import step


def main(a_post: int = 10, posts: int = 4000, a_second: int = 0) -> None:
    with servers.servers() as ours:
        with step("Furnishing a country"):
            place = house.furnish(house.ENGLAND)
        with running.house(ours) as processes:
            stage = flow.Stage(ours, place, processes)
            with step("Sending some, to warm up"):
                stage.run(a_post * 200, a_post)
            telling.tell_run(stage.run(a_post * posts, a_post, a_second=a_second))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
