"""Uploads that arrive at once are kept together, and each is told its own outcome."""

import asyncio
import datetime as dt
import threading
from collections.abc import Sequence

import pytest
from django.db import OperationalError

from lib.ids import uuid7
from observations.intake import together
from observations.intake.inbox import RefusedError, no_such_key
from observations.intake.keeping import Upload
from observations.intake.together import Together

NOW = dt.datetime(2026, 11, 21, 12, 0, tzinfo=dt.UTC)


def upload(body: bytes) -> Upload:
    return Upload(uuid7(), b"digest", NOW, None, NOW, 1, body)


class Store:
    """Stands for the database: it remembers what it was asked to keep, statement by statement."""

    def __init__(self) -> None:
        self.batches: list[list[bytes]] = []
        self.open = threading.Event()
        self.open.set()

    def take(self, uploads: Sequence[Upload]) -> list[RefusedError | None]:
        bodies = [one.body for one in uploads]
        self.batches.append(bodies)
        self.open.wait()
        if b"away" in bodies:
            raise OperationalError("server closed the connection unexpectedly")
        if b"poison" in bodies:
            raise ValueError("nobody can write this down")
        return [no_such_key() if body == b"stranger" else None for body in bodies]


def outcomes(ours: Together, *bodies: bytes) -> list[object]:
    """Of uploads that arrive in one turn of the loop: None for one that was kept."""

    async def keep() -> list[object]:
        told = (ours.keep(upload(body)) for body in bodies)
        return list(await asyncio.gather(*told, return_exceptions=True))

    return asyncio.run(keep())


def statuses(told: list[object]) -> list[int | None]:
    return [one.status if isinstance(one, RefusedError) else None for one in told]


def test_what_arrives_while_a_commit_is_under_way_goes_into_the_next_one_in_order():
    store = Store()
    ours = Together(store.take)

    async def keep() -> None:
        store.open.clear()
        tasks = [asyncio.create_task(ours.keep(upload(b"first")))]
        while not store.batches:
            await asyncio.sleep(0.001)
        tasks += [asyncio.create_task(ours.keep(upload(b"%d" % n))) for n in range(20)]
        await asyncio.sleep(0)
        store.open.set()
        await asyncio.gather(*tasks)

    asyncio.run(keep())
    assert store.batches == [[b"first"], [b"%d" % n for n in range(20)]]


def test_a_stranger_among_others_is_refused_alone():
    assert statuses(outcomes(Together(Store().take), b"a", b"stranger", b"b")) == [None, 401, None]


def test_one_that_breaks_the_statement_fails_nobody_else():
    store = Store()
    told = outcomes(Together(store.take), b"a", b"poison", b"stranger", b"b")
    assert isinstance(told[1], ValueError)
    assert statuses(told) == [None, None, 401, None]
    assert told[0] is told[3] is None


def test_while_the_database_is_away_everybody_who_waits_is_asked_to_come_again():
    store = Store()
    ours = Together(store.take)
    told = outcomes(ours, b"away", b"a", b"b")
    assert statuses(told)[0] == 503
    assert {*statuses(told)} <= {503, None}
    assert all(one.retry_after for one in told if isinstance(one, RefusedError))
    assert outcomes(ours, b"c") == [None]


def test_a_database_that_hangs_keeps_nobody_waiting_for_ever(monkeypatch):
    monkeypatch.setattr(together, "PATIENCE", 0.05)
    store = Store()
    ours = Together(store.take)
    store.open.clear()
    try:
        assert statuses(outcomes(ours, b"a", b"b")) == [503, 503]
    finally:
        store.open.set()
    monkeypatch.setattr(together, "PATIENCE", 10.0)
    assert outcomes(ours, b"c") == [None]


def test_while_a_database_hangs_no_more_waits_for_it_than_there_is_room_for(monkeypatch):
    monkeypatch.setattr(together, "_ROOM", 10)
    store = Store()
    ours = Together(store.take)

    async def keep() -> None:
        store.open.clear()
        waiting = [asyncio.create_task(ours.keep(upload(b"under way")))]
        while not store.batches:
            await asyncio.sleep(0.001)
        waiting += [asyncio.create_task(ours.keep(upload(b"12345"))) for _ in range(2)]
        await asyncio.sleep(0)
        with pytest.raises(RefusedError) as refused:
            await asyncio.wait_for(ours.keep(upload(b"6")), 1)
        assert refused.value.status == 503
        store.open.set()
        await asyncio.gather(*waiting)
        await ours.keep(upload(b"6"))

    try:
        asyncio.run(keep())
    finally:
        store.open.set()


def test_what_its_sender_was_asked_to_send_again_is_not_kept_as_well(monkeypatch):
    store = Store()
    ours = Together(store.take)
    store.open.clear()

    async def keep() -> None:
        first = asyncio.create_task(ours.keep(upload(b"under way")))
        while not store.batches:
            await asyncio.sleep(0.001)
        with monkeypatch.context() as soon:
            soon.setattr(together, "PATIENCE", 0.05)
            with pytest.raises(RefusedError):
                await ours.keep(upload(b"given up"))
        store.open.set()
        await first

    try:
        asyncio.run(keep())
    finally:
        store.open.set()
    assert outcomes(ours, b"again") == [None]
    assert store.batches == [[b"under way"], [b"again"]]


def test_a_database_that_hangs_keeps_nobody_waiting_for_a_question_about_a_key(monkeypatch):
    monkeypatch.setattr(together, "PATIENCE", 0.05)
    over = threading.Event()
    monkeypatch.setattr(together, "_check_key", lambda _key: over.wait(10))
    ours = Together(Store().take)
    try:
        with pytest.raises(RefusedError) as refused:
            asyncio.run(asyncio.wait_for(ours.check_key("key"), 5))
    finally:
        over.set()
    assert refused.value.status == 503


def test_a_statement_holds_so_many_bytes_and_no_more(monkeypatch):
    monkeypatch.setattr(together, "_BYTES", 10)
    store = Store()
    assert outcomes(Together(store.take), *[b"12345"] * 8) == [None] * 8
    assert max(len(batch) for batch in store.batches) <= 2


def test_a_sender_that_hangs_up_takes_nothing_from_the_others():
    store = Store()
    ours = Together(store.take)

    async def keep() -> None:
        store.open.clear()
        gone = asyncio.create_task(ours.keep(upload(b"gone")))
        other = asyncio.create_task(ours.keep(upload(b"other")))
        while not store.batches:
            await asyncio.sleep(0.001)
        gone.cancel()
        store.open.set()
        await other
        with pytest.raises(asyncio.CancelledError):
            await gone

    asyncio.run(keep())
    assert [body for batch in store.batches for body in batch] == [b"gone", b"other"]
