"""The web server itself, over real sockets: uploads, and whatever else comes to its door."""

import http.client
import json
import socket
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection
from django.urls import reverse

from observations import limits
from observations.api import entrance
from observations.models import Inbox
from tests.observations.factories import make_gateway, make_key
from tests.workers import environment
from vwards.local import children, commands
from vwards.local.servers import LOOPBACK, free_port

READY_SECONDS = 30
SENDERS, EACH = 16, 12
NAME = "entrance-test"


@dataclass
class Door:
    """A web server on the test's database, and a key that it knows."""

    port: int
    process: subprocess.Popen[bytes]
    key: str

    def post(self, body: bytes, *, key: str = "", path: str = entrance.PATH) -> tuple[int, bytes]:
        with self.line() as line:
            line.request("POST", path, body, self.headers(key))
            answer = line.getresponse()
            return answer.status, answer.read()

    def headers(self, key: str = "") -> dict[str, str]:
        return {"Authorization": f"Bearer {key or self.key}", "Content-Type": "application/json"}

    @contextmanager
    def line(self) -> Iterator[http.client.HTTPConnection]:
        line = http.client.HTTPConnection(LOOPBACK, self.port, timeout=20)
        try:
            yield line
        finally:
            line.close()

    @contextmanager
    def raw(self, *headers: str) -> Iterator[socket.socket]:
        """A line on which the headers have been said and nothing of the body yet."""
        ours = [f"{name}: {value}" for name, value in self.headers().items()]
        said = "\r\n".join([f"POST {entrance.PATH} HTTP/1.1", "Host: localhost", *ours, *headers])
        with socket.create_connection((LOOPBACK, self.port), timeout=20) as line:
            line.sendall(f"{said}\r\n\r\n".encode())
            yield line


@pytest.fixture(scope="module")
def served(django_db_setup, django_db_blocker, tmp_path_factory) -> Iterator[Door]:
    with django_db_blocker.unblock():
        port, log = free_port(), tmp_path_factory.mktemp("entrance") / "web.log"
        ours = environment() | {"CONN_MAX_AGE": "60", "PGAPPNAME": NAME}
        command = commands.web(port)
        process = children.start(command, log=log, environment=ours, cwd=str(Path.cwd()))
        try:
            _wait(port, process, log)
            yield Door(port, process, make_key(make_gateway()))
        finally:
            children.stop(process, patience=5)
            # Sequences go on: floors of the inbox are numbers, too.
            call_command("flush", verbosity=0, interactive=False, reset_sequences=False)


@pytest.fixture
def door(served: Door, db) -> Door:
    """To this test its inbox looks empty: emptying every table would take longer than the tests."""
    Inbox.objects.all().delete()
    return served


def test_what_many_senders_are_promised_is_there_to_the_byte(door):
    def send(sender: int) -> dict[str, bytes]:
        promised = {}
        with door.line() as line:
            for number in range(EACH):
                body = json.dumps({"readings": [f"{sender}/{number}"] * number}).encode()
                line.request("POST", entrance.PATH, body, door.headers())
                answer = json.load(line.getresponse())
                assert answer["received"] == number
                promised[answer["receipt"]] = body
        return promised

    with ThreadPoolExecutor(SENDERS) as senders:
        promised = {k: v for some in senders.map(send, range(SENDERS)) for k, v in some.items()}
    assert len(promised) == SENDERS * EACH
    kept = Inbox.objects.values_list("receipt", "body")
    assert {str(receipt): bytes(body) for receipt, body in kept} == promised


def test_strangers_among_the_senders_are_refused_and_nobody_else(door):
    keys = ["vw_nobody_nothing", door.key] * 12
    with ThreadPoolExecutor(len(keys)) as senders:
        told = senders.map(lambda key: door.post(b'{"readings": []}', key=key)[0], keys)
    assert list(told) == [401, 202] * 12
    assert Inbox.objects.count() == 12


def test_a_body_that_says_it_is_too_large_is_not_waited_for(door):
    with door.raw(f"Content-Length: {limits.MAX_BODY + 1}") as line:
        assert line.recv(4096).startswith(b"HTTP/1.1 413 ")


def test_a_body_without_a_length_is_taken_in_pieces(door):
    with door.raw("Transfer-Encoding: chunked") as line:
        for piece in (b'{"read', b'ings": ', b"[]}"):
            line.sendall(b"%x\r\n%s\r\n" % (len(piece), piece))
            time.sleep(0.02)
        line.sendall(b"0\r\n\r\n")
        assert line.recv(4096).startswith(b"HTTP/1.1 202 ")
    assert bytes(Inbox.objects.get().body) == b'{"readings": []}'


def test_a_body_without_end_is_cut_off_at_the_limit(door):
    piece = b"10000\r\n" + b" " * 0x10000 + b"\r\n"
    sent = 0
    with door.raw("Transfer-Encoding: chunked") as line, suppress(OSError):
        while sent < 64 * limits.MAX_BODY:
            line.sendall(piece)
            sent += len(piece)
    assert limits.MAX_BODY < sent < 16 * limits.MAX_BODY
    assert door.post(b'{"readings": []}')[0] == 202


def test_a_sender_that_hangs_up_in_mid_body_leaves_nothing_and_hurts_nobody(door):
    with door.raw("Content-Length: 16") as line:
        line.sendall(b'{"read')
    assert door.post(b'{"readings": []}')[0] == 202
    assert Inbox.objects.count() == 1


def test_connections_that_the_database_has_cut_are_left_unasked(door):
    """As a restart does: the next upload finds a new connection, and is kept."""
    assert door.post(b'{"readings": []}')[0] == 202
    for _ in range(3):
        _cut()
        assert door.post(b'{"readings": []}')[0] == 202
        assert door.post(b"nonsense")[0] == 400
    assert Inbox.objects.count() == 4


def test_what_is_no_upload_goes_to_django(door):
    with door.line() as line:
        for verb, path, status in (
            ("GET", "/livez", 200),
            ("HEAD", "/livez", 200),
            ("GET", entrance.PATH, 405),
            ("GET", "/", 302),
            ("GET", "/no-such-page?q=%C3%A9", 404),
            ("POST", "/livez", 403),
        ):
            line.request(verb, path)
            answer = line.getresponse()
            assert (verb, path, answer.status) == (verb, path, status), answer.read()
            answer.read()
    assert door.post(b'{"readings": []}', path="/api/v1/retractions/")[0] == 200


def test_a_host_that_is_not_ours_is_djangos_to_refuse(door):
    with door.line() as line:
        headers = door.headers() | {"Host": "elsewhere.example"}
        line.request("POST", entrance.PATH, b'{"readings": []}', headers)
        assert line.getresponse().status == 400
    assert not Inbox.objects.exists()


def test_the_entrance_stands_where_the_address_is():
    assert reverse("api:observations_api:reading-create") == entrance.PATH


def _cut() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
            "WHERE application_name = %s",
            [NAME],
        )


def _wait(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        with socket.socket() as line:
            if line.connect_ex((LOOPBACK, port)) == 0:
                return
        time.sleep(0.05)
    raise AssertionError(f"The web server does not start:\n{children.last_lines(log)}")
