"""Uploads that arrive at about the same time are kept together, by one thread and in one commit.

A statement and a commit for each upload cost four times as much, and so does a thread for each: on
a busy machine most of the time goes into changing from one to the next. Each upload is still told
only after the commit that holds it.
"""

from __future__ import annotations

import asyncio
import os
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from queue import Empty, SimpleQueue
from typing import Final, NamedTuple

import structlog
from django.db import InterfaceError, OperationalError, connection

from observations.intake import inbox, keeping
from observations.intake.inbox import RefusedError
from observations.intake.keeping import Upload

# One statement holds at most this many uploads, and about this much of their bytes.
_MOST: Final = 256
_BYTES: Final = 4 * 1024 * 1024
# So much of them waits in memory while a database hangs; what has no room is refused.
_ROOM: Final = 64 * 1024 * 1024
# A database that hangs keeps nobody waiting longer than this, in seconds.
PATIENCE: Final = 10.0
# Where several came at once more are on their way: a pause halves what each of them costs.
_PAUSE: Final = 0.001

Outcome = RefusedError | Exception | None
Take = Callable[[Sequence[Upload]], Sequence[RefusedError | None]]
log = structlog.get_logger(__name__)


class Waiting(NamedTuple):
    """An upload, and who waits for its outcome."""

    upload: Upload
    told: asyncio.Future[None]
    loop: asyncio.AbstractEventLoop


class Together:
    """One a process; its thread starts with the first upload, and again after a fork."""

    def __init__(self, take: Take = inbox.take) -> None:
        self._take = take
        self._queue: SimpleQueue[Waiting] = SimpleQueue()
        self._lock = threading.Lock()
        self._pid = 0
        self._busy = False
        # Bytes, each written by one thread only: those of what came, and of what was taken up.
        self._came = self._taken = 0
        # Questions about the keys of uploads that are refused; they hold up nobody else.
        self._askers = ThreadPoolExecutor(2, thread_name_prefix="keys")

    async def keep(self, upload: Upload) -> None:
        """Returns when it is on the disk; raises RefusedError when it was not kept, or when nobody
        can say: sent again, it is a duplicate and stored once."""
        loop = asyncio.get_running_loop()
        told: asyncio.Future[None] = loop.create_future()
        if self._pid != os.getpid():
            self._start()
        size = len(upload.body)
        if self._came - self._taken + size > _ROOM:
            raise database_away()
        self._came += size
        self._queue.put(Waiting(upload, told, loop))
        late = loop.call_later(PATIENCE, _give_up, told)
        try:
            await told
        finally:
            late.cancel()

    async def check_key(self, key: str) -> None:
        """Raises RefusedError when it does not hold, or when nobody can say."""
        asked = asyncio.get_running_loop().run_in_executor(self._askers, _check_key, key)
        try:
            await asyncio.wait_for(asked, PATIENCE)
        except TimeoutError:
            raise database_away() from None

    def _start(self) -> None:
        with self._lock:
            if self._pid == os.getpid():
                return
            self._pid, self._queue = os.getpid(), SimpleQueue()
            self._came = self._taken = 0
        threading.Thread(target=self._run, name="together", daemon=True).start()

    def _run(self) -> None:
        while True:
            # A sender that was asked to come again does, and one that hung up as well.
            some = [one for one in self._next() if not one.told.done()]
            if some:
                self._keep_all(some)

    def _keep_all(self, some: Sequence[Waiting]) -> None:
        outcomes = self._outcomes([one.upload for one in some])
        by_loop: dict[asyncio.AbstractEventLoop, list[tuple[Waiting, Outcome]]]
        by_loop = defaultdict(list)
        for one, outcome in zip(some, outcomes, strict=True):
            by_loop[one.loop].append((one, outcome))
        for loop, told in by_loop.items():
            _tell_all(loop, told)

    def _next(self) -> list[Waiting]:
        """All that wait by now, in the order in which they came."""
        some = [self._queue.get()]
        if self._busy:
            time.sleep(_PAUSE)
        size = len(some[0].upload.body)
        try:
            while len(some) < _MOST and size < _BYTES:
                some.append(self._queue.get_nowait())
                size += len(some[-1].upload.body)
        except Empty:
            pass
        self._busy = len(some) > 1
        self._taken += size
        return some

    def _outcomes(self, uploads: Sequence[Upload]) -> Sequence[Outcome]:
        try:
            keeping.drop_stale_connection()
            return self._take(uploads)
        except (OperationalError, InterfaceError):
            log.exception("database_away", uploads=len(uploads))
            connection.close()
            return [database_away()] * len(uploads)
        except Exception as error:
            if len(uploads) > 1:
                return self._one_by_one(uploads)
            log.exception("upload_failed", receipt=str(uploads[0].receipt))
            return [error]

    def _one_by_one(self, uploads: Sequence[Upload]) -> list[Outcome]:
        """So that whatever is wrong with one of them is nobody else's misfortune."""
        return [outcome for upload in uploads for outcome in self._outcomes([upload])]


def database_away() -> RefusedError:
    return RefusedError(503, "The database cannot be reached.", retry_after=10)


def _check_key(key: str) -> None:
    try:
        keeping.drop_stale_connection()
        inbox.check_key(key)
    except (OperationalError, InterfaceError):
        log.exception("database_away")
        connection.close()
        raise database_away() from None


def _give_up(told: asyncio.Future[None]) -> None:
    _tell(told, database_away())


def _tell_all(loop: asyncio.AbstractEventLoop, outcomes: Sequence[tuple[Waiting, Outcome]]) -> None:
    def tell() -> None:
        for one, outcome in outcomes:
            _tell(one.told, outcome)

    try:
        loop.call_soon_threadsafe(tell)
    except RuntimeError:  # the loop has ended, and nobody waits any more
        return


def _tell(told: asyncio.Future[None], outcome: Outcome) -> None:
    if told.done():
        return
    if outcome is None:
        told.set_result(None)
    else:
        told.set_exception(outcome)


together: Final = Together()
