"""The load tells the truth about time: waiting for a free client counts."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from bench.load import senders
from bench.load.senders import Answers, Unanswered

ANSWER = b"HTTP/1.1 202 Accepted\r\nX-A: b\r\nContent-Length: 2\r\n\r\n{}"
REQUEST = b"POST / HTTP/1.1\r\nContent-Length: 0\r\n\r\n"
SERVED = 0.03


@contextmanager
def server(*parts: bytes, seconds: float = 0.0) -> Iterator[tuple[str, int]]:
    """Answers each request by these parts, one after the other, on each connection at once."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=_accept, args=(listener, parts, seconds), daemon=True).start()
        yield listener.getsockname()


def _accept(listener: socket.socket, parts: tuple[bytes, ...], seconds: float) -> None:
    while True:
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        threading.Thread(target=_serve, args=(connection, parts, seconds), daemon=True).start()


def _serve(connection: socket.socket, parts: tuple[bytes, ...], seconds: float) -> None:
    with connection:
        while connection.recv(4096):
            time.sleep(seconds)
            for part in parts:
                connection.sendall(part)
                time.sleep(0.002)


def statuses(answers: Answers) -> set[bytes]:
    return {raw[9:12] for _, raw in answers.raw}


def test_each_request_is_answered_once_whatever_pieces_an_answer_comes_in():
    with server(ANSWER[:20], ANSWER[20:60], ANSWER[60:]) as address:
        answers = senders.closed(address, [REQUEST] * 20, 4)
    assert sorted(number for number, _ in answers.raw) == list(range(20))
    assert statuses(answers) == {b"202"}
    assert all(raw == ANSWER for _, raw in answers.raw)


def test_a_request_that_waits_for_a_free_client_is_late_by_its_waiting():
    with server(ANSWER, seconds=SERVED) as address:
        answers = senders.offered(address, [REQUEST] * 10, 1, 1000.0)
    # The last one was due after 9 ms, and the nine before it were served one by one.
    assert max(answers.seconds) >= 10 * SERVED - 0.01


def test_an_offered_rate_is_not_overtaken_by_a_fast_server():
    with server(ANSWER) as address:
        answers = senders.offered(address, [REQUEST] * 10, 4, 100.0)
    assert answers.took >= 9 / 100


def test_a_server_that_closes_the_line_ends_the_run():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=_hang_up, args=(listener,), daemon=True).start()
        with pytest.raises(Unanswered, match="closed"):
            senders.closed(listener.getsockname(), [REQUEST], 1)


def _hang_up(listener: socket.socket) -> None:
    connection, _ = listener.accept()
    connection.recv(4096)
    connection.close()
