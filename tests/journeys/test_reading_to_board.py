"""What a device sends stands on the open board within seconds; a stopped worker is told at once."""

import datetime as dt
import time

import pytest
from django.db.models import F
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.models import User
from observations.models import Heartbeat, Inbox
from tests.journeys.conftest import Browse, Place, send
from tests.observations.factories import make_set

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PROMISED_SECONDS = 6
UNWELL = {"respiratory_rate": 25, "spo2": 92, "pulse": 112}
NEARLY_LATE = dt.timedelta(seconds=55)


def _open_board(page: Page, address: str, place: Place) -> Page:
    page.goto(address + reverse("rounds:ward-board", args=[place.ward.code]))
    page.mouse.move(0, 0)
    page.evaluate("window.neverReloaded = true")
    return page


def test_a_devices_reading_is_on_the_open_board_within_six_seconds(
    place: Place, people: Browse, watched, ward_nurse: User, worker, live_server
):
    page = _open_board(watched(people(ward_nurse)), live_server.url, place)
    row = page.locator(f"#board-row-{place.calm.pk}")
    expect(row.locator(".risk__score")).to_have_text("0")

    assert send(live_server.url, place.key, make_set(place.hub, timezone.now(), **UNWELL)) == 202
    sent = time.monotonic()
    expect(row.locator(".risk__score")).to_have_text("7", timeout=PROMISED_SECONDS * 1000)
    assert time.monotonic() - sent < PROMISED_SECONDS

    expect(row).to_contain_text("Nobody owns")
    expect(page.locator("tbody.board-row").first).to_contain_text("QUILLFEATHER")
    assert page.evaluate("window.neverReloaded")


def test_a_worker_that_is_frozen_is_told_on_the_board_until_it_works_again(
    place: Place, people: Browse, ward_nurse: User, worker, live_server
):
    page = _open_board(people(ward_nurse), live_server.url, place)
    bar = page.locator("#stale-bar")
    with worker.frozen():
        assert send(live_server.url, place.key, make_set(place.hub, timezone.now(), **UNWELL))
        _let_most_of_a_minute_pass()
        expect(bar).to_be_hidden()
        expect(bar).to_contain_text("s behind", timeout=25_000)
        expect(page.locator("body[data-stale]")).to_be_attached()
        _expect_the_bar_at_once(page, live_server.url, place)
        _open_board(page, live_server.url, place)
    expect(page.locator(f"#board-row-{place.calm.pk} .risk__score")).to_have_text(
        "7", timeout=20_000
    )
    expect(bar).to_be_hidden(timeout=12_000)


def _expect_the_bar_at_once(page: Page, address: str, place: Place) -> None:
    """On the ward's other pages too; the server writes it, so it needs no script."""
    for path in (
        reverse("rounds:patient-detail", args=[place.calm.pk]),
        reverse("observations:alert-list", args=[place.ward.code]),
    ):
        assert "readings are" in page.request.get(address + path).text(), path
        page.goto(address + path)
        expect(page.locator("#stale-bar")).to_contain_text("s behind", timeout=2_000)


def _let_most_of_a_minute_pass() -> None:
    """The wait itself proves nothing: both signs of life are set back, by under a minute."""
    Heartbeat.objects.update(beat_at=F("beat_at") - NEARLY_LATE)
    assert Inbox.objects.update(received_at=F("received_at") - NEARLY_LATE) == 1
