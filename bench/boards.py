"""A ward board of fifty as the web server is asked for it: whole, little changed, unchanged."""

import gc
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from statistics import median
from typing import TYPE_CHECKING, Any, Final

from bench import history
from bench.report import Line, Target, figure
from bench.session import Session
from vwards.local.running import step

if TYPE_CHECKING:
    from observations.models import Device

Headers = dict[str, str]
CHANGED: Final = 2
# Who looks, and where they may: these are asked by every page.
_WHO: Final = ("django_session", "accounts_user", "accounts_membership", "usersessions_")
_WHO_PREPARED: Final = ("EXECUTE session_", "EXECUTE user_")
_NOT_READ: Final = ("SAVEPOINT", "RELEASE SAVEPOINT")


@dataclass
class Browser:
    """One signed-in clinician; asks Django itself, without a network between."""

    application: Callable[..., Any]
    cookie: str
    path: str
    took: list[float] = field(default_factory=list)
    spent: list[float] = field(default_factory=list)

    def look(self, given: Mapping[str, str] | None = None, *, status: int = 200) -> Headers:
        """The answer's headers, and how long the server took for it in `took` and `spent`."""
        told: list[Any] = []
        environ = self._environ() | dict(given or {})
        started, cpu = time.perf_counter(), time.process_time()
        answer = self.application(environ, lambda *given: told.extend(given[:2]))
        body = b"".join(answer)
        answer.close()
        self.spent.append((time.process_time() - cpu) * 1000)
        self.took.append((time.perf_counter() - started) * 1000)
        assert told[0].startswith(str(status)), (told[0], body[:500])
        return dict(told[1])

    def _environ(self) -> dict[str, Any]:
        from django.test import RequestFactory

        factory = RequestFactory(SERVER_NAME="127.0.0.1", HTTP_COOKIE=self.cookie)
        return factory.get(self.path).environ


def rows(session: Session) -> list[Line]:
    with step("Looking at a ward board"):
        history.fill_ward(session.house.ward.pk)
        looks, runs = session.counts.looks, range(session.counts.runs)
        browser = signed_in(session, _path(session))
        browser.look()
        whole = [_whole(browser, looks) for _ in runs]
        changed = [_changed(browser, session, looks) for _ in runs]
        unchanged = [_unchanged(browser, looks) for _ in runs]
        told = statements(browser)
    first = _line("whole page", whole, 25)
    asked = Target("statements", len(told), 6, at_least=False)
    notes = first.notes | {"statements": " | ".join(sql[:60] for sql in told)}
    return [
        replace(first, targets=(*first.targets, asked), notes=notes),
        _line(f"{CHANGED} of {session.house.size.beds} changed", changed, 12),
        _line("unchanged poll, 304", unchanged, 3),
    ]


@dataclass(frozen=True)
class Looked:
    """Milliseconds in the server: by the clock, and of this process's CPU."""

    took: float
    spent: float


def _line(name: str, looked: list[Looked], wanted: float) -> Line:
    shown = figure([one.took for one in looked])
    target = Target("ms", shown.middle, wanted, at_least=False)
    notes = {"CPU of the web process, ms": median(one.spent for one in looked)}
    return Line(f"ward board, {name}", "ms", shown, (target,), notes=notes)


def _whole(browser: Browser, looks: int) -> Looked:
    """Nothing remembered: as after a release."""
    return looked(browser, looks, before=forget, look=browser.look)


def _changed(browser: Browser, session: Session, looks: int) -> Looked:
    browser.look()
    return looked(browser, looks, before=lambda: _measure(session), look=browser.look)


def _unchanged(browser: Browser, looks: int) -> Looked:
    """A deadline that passes meanwhile gives the board another tag: then the look is not this."""
    polled = {"HTTP_HX_REQUEST": "true", "HTTP_X_POLL": "1"}
    known = polled | {"HTTP_IF_NONE_MATCH": browser.look(polled)["ETag"]}
    return looked(browser, looks, look=lambda: browser.look(known, status=304))


def looked(
    browser: Browser,
    looks: int,
    *,
    look: Callable[[], object],
    before: Callable[[], None] = lambda: None,
) -> Looked:
    browser.took, browser.spent = [], []
    for _ in range(looks):
        before()
        look()
    return Looked(median(browser.took), median(browser.spent))


def statements(browser: Browser) -> list[str]:
    """Of a whole page, besides session, user and memberships."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    forget()
    with CaptureQueriesContext(connection) as seen:
        browser.look()
    asked = [query["sql"] for query in seen.captured_queries]
    return [sql for sql in asked if not sql.startswith(_NOT_READ) and not _is_who(sql)]


def _is_who(sql: str) -> bool:
    asked = any(f'FROM "{table}' in sql or f'UPDATE "{table}' in sql for table in _WHO)
    return asked or sql.startswith(_WHO_PREPARED)


def forget() -> None:
    """Whatever part of this process remembers rows, and what Valkey does."""
    from django.core.cache import cache

    from lib.recent import Recent

    cache.clear()
    for kept in gc.get_objects():
        # Not isinstance, which would wake each lazy object there is.
        if type(kept) is Recent:
            kept.clear()


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


def signed_in(session: Session, path: str) -> Browser:
    from django.core.wsgi import get_wsgi_application
    from django.test import Client

    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(session.house.nurse)
    cookie = "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items())
    return Browser(get_wsgi_application(), cookie, path)


def _path(session: Session) -> str:
    from django.urls import reverse

    return reverse("rounds:ward-board", args=[session.house.ward.code])
