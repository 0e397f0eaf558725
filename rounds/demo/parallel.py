"""Does a part of the work in each of several processes, keeping step with each other.

Forked, so that what is known already need not be told again; each opens connections of its own.
"""

from __future__ import annotations

import multiprocessing
import threading
import traceback
from collections.abc import Callable, Sequence
from multiprocessing.connection import Connection
from typing import Any, TypeVar

from django.db import connections

Part = TypeVar("Part")
Done = TypeVar("Done")
Together = Callable[[], object]
Work = Callable[[Part, Together], Done]


def do(work: Work[Part, Done], parts: Sequence[Part]) -> list[Done]:
    """What each part gave, in their order; the first failure is raised as RuntimeError.

    `work` is given its part and a function that waits until all others have come as far.
    """
    if len(parts) == 1:
        return [work(parts[0], lambda: None)]
    connections.close_all()
    fork = multiprocessing.get_context("fork")
    barrier = fork.Barrier(len(parts))
    running = []
    for part in parts:
        ours, theirs = fork.Pipe(duplex=False)
        process = fork.Process(target=_one, args=(work, part, barrier, theirs), daemon=True)
        process.start()
        theirs.close()
        running.append((process, ours))
    told = [_told(ours) for _, ours in running]
    for process, _ in running:
        process.join()
    return [_result(one) for one in told]


def _one(work: Any, part: Any, barrier: Any, pipe: Connection) -> None:
    try:
        pipe.send((work(part, barrier.wait), ""))
    except threading.BrokenBarrierError:
        pipe.send((None, ""))  # whoever broke it tells why
    except Exception:  # noqa: BLE001 - told by whoever started us
        barrier.abort()  # the others must not wait for ever
        pipe.send((None, traceback.format_exc()))
    finally:
        connections.close_all()


def _told(pipe: Connection) -> tuple[Any, str]:
    try:
        told: tuple[Any, str] = pipe.recv()
    except EOFError:
        return None, "A process of the loader ended without a word."
    return told


def _result(told: tuple[Any, str]) -> Any:
    result, failure = told
    if failure:
        raise RuntimeError(failure)
    return result
