"""Clients on raw sockets, kept alive, in one thread: some 20 µs of CPU a request.

Closed: each client sends its next request when the last one is answered. Open: each request has
its moment, fixed beforehand, and waiting for a free client counts as its latency.
"""

import selectors
import socket
import time
from array import array
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

WAIT_SECONDS = 60.0
READ = 65_536


class Unanswered(Exception):  # noqa: N818 — what it is
    """The server closed a connection, or kept silent."""


@dataclass
class Answers:
    """Seconds from when a request should have gone to its whole answer, and the answers."""

    seconds: "array[float]" = field(default_factory=lambda: array("d"))
    raw: list[tuple[int, bytes]] = field(default_factory=list)
    took: float = 0.0


@dataclass(eq=False)
class Client:
    """One connection; `due` is when its request should have gone."""

    socket: socket.socket
    number: int = 0
    due: float = 0.0
    got: bytes = b""

    def send(self, number: int, request: bytes, due: float) -> None:
        self.number, self.due, self.got = number, due, b""
        self.socket.sendall(request)

    def read(self) -> bool:
        """Whether the answer is whole."""
        part = self.socket.recv(READ)
        if not part:
            raise Unanswered("The server closed a connection.")
        self.got = self.got + part if self.got else part
        return _is_whole(self.got)


def closed(address: tuple[str, int], requests: Sequence[bytes], clients: int) -> Answers:
    """As fast as they are answered."""
    answers, started = Answers(), time.perf_counter()
    following = iter(enumerate(requests))
    with _connected(address, clients) as ready:
        for client in ready.idle:
            _send_next(client, following)
        while len(answers.raw) < len(requests):
            for client in ready.answered(WAIT_SECONDS):
                _note(answers, client)
                _send_next(client, following)
    answers.took = time.perf_counter() - started
    return answers


def offered(
    address: tuple[str, int], requests: Sequence[bytes], clients: int, a_second: float
) -> Answers:
    """At a rate of its own, whatever the server does."""
    answers = Answers()
    with _connected(address, clients) as ready:
        started, number = time.perf_counter(), 0
        while len(answers.raw) < len(requests):
            now = time.perf_counter()
            while number < len(requests) and ready.idle and started + number / a_second <= now:
                due = started + number / a_second
                ready.idle.popleft().send(number, requests[number], due)
                number += 1
            pause = started + number / a_second - time.perf_counter()
            waits = number == len(requests) or not ready.idle
            for client in ready.answered(WAIT_SECONDS if waits else max(0.0, pause)):
                _note(answers, client)
                ready.idle.append(client)
    answers.took = time.perf_counter() - started
    return answers


class _connected:  # noqa: N801 — read as a participle in a with statement
    """So many connections; `idle` are those without a request."""

    def __init__(self, address: tuple[str, int], clients: int) -> None:
        self._selector = selectors.DefaultSelector()
        self.idle: deque[Client] = deque()
        for _ in range(clients):
            made = socket.create_connection(address, timeout=WAIT_SECONDS)
            made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            client = Client(made)
            self._selector.register(made, selectors.EVENT_READ, client)
            self.idle.append(client)

    def __enter__(self) -> "_connected":
        return self

    def __exit__(self, *_: object) -> None:
        for key in list(self._selector.get_map().values()):
            key.data.socket.close()
        self._selector.close()

    def answered(self, seconds: float) -> list[Client]:
        """Those whose answer has become whole; none when the time is over sooner."""
        events = self._selector.select(seconds)
        if not events and seconds >= WAIT_SECONDS:
            raise Unanswered(f"No answer for {WAIT_SECONDS:.0f} s.")
        return [key.data for key, _ in events if key.data.read()]


def _send_next(client: Client, following: "enumerate[bytes]") -> None:
    for number, request in following:
        client.send(number, request, time.perf_counter())
        return


def _note(answers: Answers, client: Client) -> None:
    answers.seconds.append(time.perf_counter() - client.due)
    answers.raw.append((client.number, client.got))


def _is_whole(got: bytes) -> bool:
    end = got.find(b"\r\n\r\n")
    if end < 0:
        return False
    at = got.find(b"ontent-", 0, end)
    while at >= 0 and got[at : at + 14].lower() != b"ontent-length:":
        at = got.find(b"ontent-", at + 1, end)
    if at < 0:
        raise Unanswered("An answer without its length.")
    return len(got) - end - 4 >= int(got[at + 14 : got.index(b"\r", at)])
