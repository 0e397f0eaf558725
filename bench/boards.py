"""How long a board of fifty takes, whole and unchanged, beside what cannot be saved."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING

from bench.house import Place
from bench.report import Line, repeated

if TYPE_CHECKING:
    from django.test import Client

LOOKS = 20
MOST_CHANGES = 5


def whole(place: Place) -> Line:
    browser, address = _signed_in(place)
    return Line(
        f"board of {len(place.hubs)} as HTML",
        "ms",
        repeated(lambda: _each(lambda: _expect(browser, address, 200))),
        "its queries and order alone",
        repeated(lambda: _each(_read(place))),
    )


def unchanged(place: Place) -> Line:
    browser, address = _signed_in(place)
    poll = Poll(browser, address)
    return Line(
        "unchanged board, 304",
        "ms",
        repeated(lambda: _each(poll.again)),
        "an answer that asks nothing",
        repeated(lambda: _each(lambda: _expect(browser, "/livez", 200))),
    )


@dataclass
class Poll:
    """An open board that asks by the tag it has; a deadline that passes gives it another."""

    browser: "Client"
    address: str
    tag: str = ""
    changes: int = 0

    def again(self) -> None:
        headers = {"HX-Request": "true", "X-Poll": "1", "If-None-Match": self.tag}
        answer = self.browser.get(self.address, headers=headers)
        if answer.status_code != 304:
            self.tag, self.changes = answer["ETag"], self.changes + 1
        assert self.changes <= MOST_CHANGES, "the board does not keep still"


def _signed_in(place: Place) -> "tuple[Client, str]":
    from django.test import Client
    from django.urls import reverse

    browser = Client(SERVER_NAME="127.0.0.1")
    browser.force_login(place.nurse, backend="django.contrib.auth.backends.ModelBackend")
    return browser, reverse("rounds:ward-board", args=[place.ward.code])


def _read(place: Place) -> Callable[[], None]:
    from django.utils import timezone

    from rounds.board import board

    def read() -> None:
        assert len(board(place.ward, user=place.nurse, at=timezone.now()).rows) == len(place.hubs)

    return read


def _expect(browser: "Client", address: str, status: int, **headers: str) -> None:
    answer = browser.get(address, headers=headers)
    assert answer.status_code == status, answer.status_code


def _each(look: Callable[[], None]) -> float:
    """Milliseconds of one look, the median of many."""
    taken = []
    for _ in range(LOOKS):
        started = time.perf_counter()
        look()
        taken.append((time.perf_counter() - started) * 1000)
    return median(taken)
