"""However many dead rows an old snapshot keeps in the inbox, nobody reads past them; and no floor
ever rises past an upload that waits, or is still to be committed."""

import datetime as dt
import threading
from collections.abc import Callable, Iterator

import psycopg2
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from observations.actions.parked import retry_parked
from observations.draining import drain
from observations.draining.gateways import REMEMBERED
from observations.intake import inbox, pressure
from observations.models import Gateway, Inbox
from observations.storage import lanes
from observations.storage.locks import Lock
from observations.watch import standing
from tests.observations.conftest import NOW
from tests.observations.factories import body_of, reading

pytestmark = pytest.mark.django_db(transaction=True)

KEEP = """
    INSERT INTO observations_inbox (receipt, gateway_id, received_at, clock_offset, newest_at,
                                    replayed, count, body, attempts, why)
    SELECT gen_random_uuid(), 0, %s, 0, %s, false, 0, '{"readings": []}', 0, ''
    FROM generate_series(1, %s)
"""
SHORT, LONG = 3_000, 300_000
# A few pages of indexes and catalogues each; a thousand dead rows are more.
FEW = 60


@pytest.fixture
def other() -> Iterator[psycopg2.extensions.connection]:
    """A session beside the test's own."""
    session = psycopg2.connect(**connection.get_connection_params())
    yield session
    session.close()


@pytest.fixture
def floors() -> lanes.Floors:
    """A worker's that has just started."""
    raising = lanes.Floors()
    raising.move(whole=True)
    return raising


def arrive(uploads: int, session: psycopg2.extensions.connection | None = None) -> None:
    with (session or connection).cursor() as cursor:
        cursor.execute(KEEP, [NOW, NOW, uploads])


def floor() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT last_value FROM observations_floor_fresh")
        return int(cursor.fetchone()[0])


def raised(floors: lanes.Floors) -> int:
    """Where the floor is after as many looks as it ever takes."""
    floors.move()
    floors.move()
    return floor()


def pages_read(work: Callable[[], object]) -> int:
    """By all that it asks of the inbox, asked again with EXPLAIN."""
    with CaptureQueriesContext(connection) as asked:
        work()
    questions = [q["sql"] for q in asked.captured_queries if "FROM observations_inbox" in q["sql"]]
    questions = [sql for sql in questions if sql.strip().startswith("SELECT")]
    assert questions
    return sum(map(_pages, questions))


def _pages(question: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {question}")
        ((plan,),) = cursor.fetchall()
    read = plan[0]["Plan"]
    return int(read["Shared Hit Blocks"]) + int(read["Shared Read Blocks"])


def test_an_old_snapshot_makes_no_claim_no_board_and_no_upload_read_what_is_gone(
    other, floors, long_form
):
    with other.cursor() as held:
        held.execute("BEGIN ISOLATION LEVEL REPEATABLE READ")
        held.execute("SELECT count(*) FROM observations_inbox")
        uploads = LONG if long_form else SHORT
        for _ in range(10):
            arrive(uploads // 10)
            assert drain.drain_all(at=NOW).uploads == uploads // 10
            raised(floors)
        everything = "SELECT id FROM observations_inbox WHERE NOT replayed AND parked_at IS NULL"
        assert _pages(f"{everything} ORDER BY id LIMIT 1") > uploads / 100, "nothing dead is kept"
        assert pages_read(drain.drain_once) < FEW
        assert pages_read(lambda: standing.lag(NOW)) < FEW
        pressure.forget()
        assert pages_read(pressure.is_full) < FEW


def test_what_every_upload_and_every_board_reads_gets_no_new_version_with_every_batch(
    hub, key, floors
):
    """The dead ones would have to be read past as well, as long as an old snapshot keeps them."""
    versions = []
    for number in range(30):
        inbox.accept(key=key, body=body_of([reading(hub, "pulse", 70, NOW)], sent_at=NOW), at=NOW)
        drain.drain_all(at=NOW + number * dt.timedelta(milliseconds=10))
        with connection.cursor() as cursor:
            cursor.execute("SELECT ctid::text FROM observations_gateway")
            gateway = cursor.fetchall()
            cursor.execute("SELECT ctid::text FROM observations_heartbeat")
            versions.append((gateway, cursor.fetchall()))
    assert Gateway.objects.get().recent_offsets == [0.0] * REMEMBERED
    assert versions[REMEMBERED:] == versions[-1:] * (30 - REMEMBERED)


def test_a_floor_stays_under_what_waits_and_under_what_another_worker_holds(other, floors):
    arrive(3)
    first = Inbox.objects.earliest("id").pk
    with other.cursor() as worker:
        worker.execute("SELECT 1 FROM observations_inbox WHERE id = %s FOR UPDATE", [first])
        assert drain.drain_all(at=NOW).uploads == 2
        assert raised(floors) == first - 1
        other.rollback()
    assert drain.drain_all(at=NOW).uploads == 1
    assert raised(floors) >= first + 2


def test_an_upload_committed_after_younger_ones_were_drained_is_found(other, floors):
    arrive(1, other)
    arrive(1)
    assert drain.drain_all(at=NOW).uploads == 1
    raised(floors)
    other.commit()
    assert drain.drain_all(at=NOW).uploads == 1
    assert not Inbox.objects.exists()


def test_an_upload_begun_between_two_looks_is_found(other, floors):
    floors.move()
    arrive(1, other)
    arrive(1)
    drain.drain_all(at=NOW)
    raised(floors)
    other.commit()
    assert drain.drain_all(at=NOW).uploads == 1


def test_what_was_parked_below_the_floor_is_found_when_it_is_tried_again(floors):
    arrive(2)
    Inbox.objects.filter(pk=Inbox.objects.earliest("id").pk).update(parked_at=NOW)
    assert drain.drain_all(at=NOW).uploads == 1
    raised(floors)
    assert Inbox.objects.get().pk <= floor()
    assert retry_parked() == 1
    assert drain.drain_all(at=NOW).uploads == 1


def test_a_worker_that_starts_finds_what_a_restored_backup_left_below_the_floor(floors):
    arrive(2)
    with connection.cursor() as cursor:
        cursor.execute("SELECT setval('observations_floor_fresh', max(id)) FROM observations_inbox")
    assert drain.drain_once(at=NOW).uploads == 0
    lanes.Floors().follow()
    assert drain.drain_all(at=NOW).uploads == 2


def test_no_task_of_hours_keeps_a_drain_waiting(other, floors):
    """A merge of months holds its lock while it copies, and readings come in all the same."""
    with other.cursor() as tasks, connection.cursor() as cursor:
        for lock in (Lock.DEADLINES, Lock.BELLS, Lock.KEEPING, Lock.MERGING):
            tasks.execute("SELECT pg_advisory_lock(%s)", [lock])
        cursor.execute("SET lock_timeout = '200ms'")
        try:
            floors.move()
        finally:
            cursor.execute("RESET lock_timeout")


def test_floors_raised_from_all_sides_lose_nothing(floors):
    """Writers that commit late and out of order, while several workers raise the floors."""
    over = threading.Event()

    def write() -> None:
        with psycopg2.connect(**connection.get_connection_params()) as session:
            for _ in range(50):
                arrive(3, session)
                session.commit()

    def raise_floors() -> None:
        own = lanes.Floors()
        while not over.is_set():
            own.move()
        connection.close()

    writers = [threading.Thread(target=write) for _ in range(3)]
    raising = [threading.Thread(target=raise_floors) for _ in range(2)]
    for thread in (*writers, *raising):
        thread.start()
    drained = 0
    while any(writer.is_alive() for writer in writers):
        drained += drain.drain_all(at=NOW).uploads
    over.set()
    for thread in raising:
        thread.join()
    assert drained + drain.drain_all(at=NOW).uploads == 3 * 50 * 3
    assert not Inbox.objects.exists()
