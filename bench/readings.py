"""How fast readings are accepted and stored, beside bare inserts and bare COPY."""

import http.client
import io
import json
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from bench.house import Place, readings
from bench.report import Line, repeated

SENDERS = 4
UPLOADS = 400
A_POST = 10
BATCHES = 60
A_BATCH = 350
MINUTE = timedelta(minutes=1)
_minutes = iter(range(BATCHES * 100))


def accepting(address: str, place: Place) -> Line:
    """Durable on the disk before the answer, as always."""
    _make_bare_table()
    bodies = [json.dumps({"readings": readings(place, A_POST)}) for _ in range(UPLOADS)]
    return Line(
        f"accept, {A_POST} readings a POST, {SENDERS} senders",
        "readings/s",
        repeated(lambda: _at_once(lambda part: _post(address, place.key, part), bodies)),
        "as many bare committed inserts",
        repeated(lambda: _at_once(_insert, bodies)),
    )


def draining(place: Place) -> Line:
    """Attribution, storing, latest values, scores, rules and receipts of one worker."""
    return Line(
        f"drain {BATCHES * A_BATCH:,} readings, scored",
        "readings/s",
        repeated(lambda: _drain(place)),
        "COPY of as many rows into the same table",
        repeated(_copy),
    )


def _at_once(send: Callable[[list[str]], None], bodies: list[str]) -> float:
    """Readings a second when each sender has its share."""
    shares = [bodies[start::SENDERS] for start in range(SENDERS)]
    started = time.perf_counter()
    with ThreadPoolExecutor(SENDERS) as senders:
        list(senders.map(send, shares))
    return len(bodies) * A_POST / (time.perf_counter() - started)


def _post(address: str, key: str, bodies: list[str]) -> None:
    connection = http.client.HTTPConnection(address)
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
    for body in bodies:
        connection.request("POST", "/api/v1/readings/", body, headers)
        answer = connection.getresponse()
        answer.read()
        assert answer.status == 202, answer.status
    connection.close()


def _insert(bodies: list[str]) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        for body in bodies:
            cursor.execute("INSERT INTO bare VALUES (%s)", [body.encode()])
    connection.close()


def _make_bare_table() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE bare (body bytea)")


def _drain(place: Place) -> float:
    from observations.draining import drain
    from observations.intake import inbox
    from tests.observations.factories import body_of

    # What the senders left is not this measure's work.
    drain.drain_all()
    for _ in range(BATCHES):
        ago = (1 + next(_minutes)) * MINUTE
        inbox.accept(key=place.key, body=body_of(readings(place, A_BATCH, ago=ago)))
    started = time.perf_counter()
    done = drain.drain_all()
    taken = time.perf_counter() - started
    assert done.readings == BATCHES * A_BATCH, done
    return done.readings / taken


def _copy() -> float:
    """The newest rows once more, under other ids; the text is made before the clock starts."""
    from django.db import connection

    select = f"SELECT * FROM observations_reading ORDER BY batch DESC LIMIT {BATCHES * A_BATCH}"
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMP TABLE again AS {select}")
        cursor.execute("UPDATE again SET sender_id = gen_random_uuid()::text")
        text = io.StringIO()
        cursor.copy_expert("COPY again TO STDOUT", text)
        cursor.execute("DROP TABLE again")
        text.seek(0)
        started = time.perf_counter()
        cursor.copy_expert("COPY observations_reading FROM STDIN", text)
        return float(cursor.rowcount / (time.perf_counter() - started))
