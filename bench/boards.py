"""A ward board of fifty as the web server is asked for it: whole, little changed, unchanged.

What counts is the server's time, from the request, read, to the answer on its way out: the event
loop, a thread of the pages', Django and all waiting for PostgreSQL. It is had in this process, so
that no client takes a part of it; what a browser waits at the house's web server stands beside.
"""

import asyncio
import http.client
import os
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from statistics import median
from typing import TYPE_CHECKING, Final

from bench import history, spent
from bench.report import Line, Target, figure
from bench.session import Session
from vwards.local.running import step

if TYPE_CHECKING:
    from accounts.models import User
    from lib.asgi import Message, Scope
    from observations.models import Device
    from vwards.pages import Pages

Headers = dict[str, str]
CHANGED: Final = 2
POLL: Final = {"HX-Request": "true", "X-Poll": "1"}
# As PostgreSQL knows the sessions of the pages' threads.
PROGRAM: Final = "pages"
# Who looks, and where they may: these are asked by every page.
_WHO: Final = ("django_session", "accounts_user", "accounts_membership", "usersessions_")
_WHO_PREPARED: Final = ("EXECUTE session_", "EXECUTE user_")
_NOT_READ: Final = ("SAVEPOINT", "RELEASE SAVEPOINT")


@dataclass(frozen=True)
class Looked:
    """Milliseconds in the server, and of them CPU of this process and of PostgreSQL: the middle of
    some looks, of PostgreSQL's the mean."""

    took: float
    spent: float
    postgres: float


@dataclass
class Browser:
    """One signed-in clinician; asks the pages themselves, without a network between."""

    pages: "Pages"
    loop: asyncio.AbstractEventLoop
    cookie: str
    path: str
    took: list[float] = field(default_factory=list)
    spent: list[float] = field(default_factory=list)

    def look(self, given: Mapping[str, str] | None = None, *, status: int = 200) -> Headers:
        """The answer's headers, and how long the server took for it in `took` and `spent`."""
        answer, took, cpu = self.loop.run_until_complete(self._answer(given or {}))
        self.took.append(took * 1000)
        self.spent.append(cpu * 1000)
        assert answer["status"] == status, (answer["status"], answer["body"][:500])
        return {name.decode(): told.decode("latin-1") for name, told in answer["headers"]}

    async def _answer(self, given: Mapping[str, str]) -> "tuple[Message, float, float]":
        answer: Message = {}
        scope = self._scope(given)

        async def receive() -> "Message":
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message: "Message") -> None:
            answer.update(message)

        started, cpu = time.perf_counter(), time.process_time()
        await self.pages(scope, receive, send)
        return answer, time.perf_counter() - started, time.process_time() - cpu

    def _scope(self, given: Mapping[str, str]) -> "Scope":
        headers = {"Host": "127.0.0.1", "Cookie": self.cookie, **given}
        return {
            "type": "http",
            "http_version": "1.1",
            "method": "GET",
            "path": self.path,
            "query_string": b"",
            "client": ("127.0.0.1", 0),
            "headers": [(name.lower().encode(), told.encode()) for name, told in headers.items()],
        }


def rows(session: Session) -> list[Line]:
    with step("Looking at a ward board"):
        history.fill_ward(session.house.ward.pk)
        looks, runs = session.counts.looks, range(session.counts.runs)
        browser = signed_in(session.house.nurse, _path(session))
        browser.look()
        whole = [_whole(browser, looks) for _ in runs]
        changed = [_changed(browser, session, looks) for _ in runs]
        unchanged = [_unchanged(browser, looks) for _ in runs]
        told, waited = statements(browser), _waits(session, browser, looks)
    first = line("ward board, whole page", whole, 25)
    asked = Target("statements", len(told), 6, at_least=False)
    notes = first.notes | {"statements": " | ".join(sql[:60] for sql in told)}
    last = line("ward board, unchanged poll, 304", unchanged, 3)
    return [
        replace(first, targets=(*first.targets, asked), notes=notes),
        line(f"ward board, {CHANGED} of {session.house.size.beds} changed", changed, 12),
        replace(last, notes=last.notes | {"a browser at the house's web server waits, ms": waited}),
    ]


def _waits(session: Session, browser: Browser, looks: int) -> dict[str, float]:
    known = POLL | {"If-None-Match": browser.look(POLL)["etag"]}
    return {
        "page": _waited(session, browser, looks, {}),
        "304": _waited(session, browser, looks, known),
    }


def line(name: str, seen: list[Looked], wanted: float) -> Line:
    """Of several runs, with where the time goes; the rest is waiting for a processor."""
    shown = figure([one.took for one in seen])
    target = Target("ms", shown.middle, wanted, at_least=False)
    notes = {
        "CPU of the web process, ms": median(one.spent for one in seen),
        "CPU of PostgreSQL, ms": median(one.postgres for one in seen),
    }
    return Line(name, "ms", shown, (target,), notes=notes)


def _whole(browser: Browser, looks: int) -> Looked:
    """Nothing remembered: as after a release."""
    return looked(browser, looks, before=forget, look=browser.look)


def _changed(browser: Browser, session: Session, looks: int) -> Looked:
    browser.look()
    return looked(browser, looks, before=lambda: _measure(session), look=browser.look)


def _unchanged(browser: Browser, looks: int) -> Looked:
    """A deadline that passes meanwhile gives the board another tag: then the look is not this."""
    known = POLL | {"If-None-Match": browser.look(POLL)["etag"]}
    return looked(browser, looks, look=lambda: browser.look(known, status=304))


def looked(
    browser: Browser,
    looks: int,
    *,
    look: Callable[[], object],
    before: Callable[[], None] = lambda: None,
) -> Looked:
    browser.took, browser.spent = [], []
    # Asked once for all of them: a question between two looks would slow the next one down.
    postgres = spent.of_program(PROGRAM)
    for _ in range(looks):
        before()
        look()
    postgres = (spent.of_program(PROGRAM) - postgres) / looks * 1000
    return Looked(median(browser.took), median(browser.spent), postgres)


def statements(browser: Browser) -> list[str]:
    """Of a whole page, besides session, user and memberships; asked on this thread's connection."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    forget()
    client = Client(SERVER_NAME="127.0.0.1", headers={"Cookie": browser.cookie})
    with CaptureQueriesContext(connection) as seen:
        answer = client.get(browser.path)
    assert answer.status_code == 200, answer.content[:500]
    asked = [query["sql"] for query in seen.captured_queries]
    return [sql for sql in asked if not sql.startswith(_NOT_READ) and not _is_who(sql)]


def _is_who(sql: str) -> bool:
    asked = any(f'FROM "{table}' in sql or f'UPDATE "{table}' in sql for table in _WHO)
    return asked or sql.startswith(_WHO_PREPARED)


def forget() -> None:
    """What this process remembers of rows, and what Valkey does: as after a release."""
    from django.core.cache import cache

    from rounds.board import kept
    from rounds.presenters import board_drawn

    cache.clear()
    kept.forget()
    board_drawn.forget()


def _measure(session: Session) -> None:
    """Two patients are measured, which is no part of the look."""
    from observations.draining import drain
    from observations.intake import inbox
    from tests.observations.factories import body_of, make_set

    now, key = datetime.now(UTC), session.house.gateways[0].key
    for hub in _hubs(session):
        inbox.accept(key=key, body=body_of(make_set(hub, now)))
    drain.drain_all()


def _hubs(session: Session) -> "Iterator[Device]":
    from observations.models import Holding

    held = Holding.objects.open().filter(admission__ward=session.house.ward).order_by("pk")
    yield from (holding.device for holding in held.select_related("device")[:CHANGED])


def signed_in(user: "User", path: str) -> Browser:
    import uvloop
    from django.core.wsgi import get_wsgi_application
    from django.test import Client

    from vwards.pages import Pages

    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(user)
    cookie = "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items())
    # Read by the driver when the pages' thread connects.
    os.environ["PGAPPNAME"] = PROGRAM
    return Browser(Pages(get_wsgi_application(), threads=1), uvloop.new_event_loop(), cookie, path)


def _waited(session: Session, browser: Browser, looks: int, given: Mapping[str, str]) -> float:
    """Milliseconds that a browser waits for the house's own web server; the middle of some."""
    web = http.client.HTTPConnection(*session.stage.running.address, timeout=30)
    took = []
    for _ in range(looks):
        began = time.perf_counter()
        web.request("GET", browser.path, headers={"Cookie": browser.cookie, **given})
        web.getresponse().read()
        took.append((time.perf_counter() - began) * 1000)
    web.close()
    return median(took)


def _path(session: Session) -> str:
    from django.urls import reverse

    return reverse("rounds:ward-board", args=[session.house.ward.code])
