"""Several acts begun at the same moment, by people and workers who know nothing of each other."""

import time
from collections.abc import Callable
from threading import Barrier, Thread

from django.db import connection, transaction

_PATIENCE = 30


def at_once(*acts: Callable[[], object]) -> list[object]:
    """What each, on a thread and so on a connection of its own, returned or raised, in no order."""
    start, answers = Barrier(len(acts)), list[object]()

    def run(act: Callable[[], object]) -> None:
        start.wait(_PATIENCE)
        try:
            answers.append(act())
        except Exception as error:  # noqa: BLE001 — for the test to judge, whatever it is
            answers.append(error)
        finally:
            connection.close()

    threads = [Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(_PATIENCE)
    return answers


def one_waits(first: Callable[[], object], second: Callable[[], object]) -> list[object]:
    """What both returned or raised; the second began after the first, and before that committed."""

    def held() -> object:
        with transaction.atomic():
            answer = first()
            time.sleep(0.5)
        return answer

    def late() -> object:
        time.sleep(0.25)
        return second()

    return at_once(held, late)
