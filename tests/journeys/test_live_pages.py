"""What a live page does with each answer, and with none: the real script in a real browser."""

import re
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.template import Context, Template
from playwright.sync_api import Page, Route, expect

pytestmark = pytest.mark.browser

ADDRESS = "http://ward.test"
PAGE = '{% extends "base.html" %}{% block content %}{{ board }}{% endblock %}'


def row(name: str, *, version: int = 1, score: str = "3") -> str:
    return f"""
    <tbody class="board-row" id="row-{name}" data-version="{version}"
           data-announce="{name} now {score}">
      <tr class="board-line">
        <td class="risk"><a class="row-toggle" href="/opened" data-toggle="row-{name}">
          <span class="risk__score">{score}</span></a></td>
        <th class="patient"><a href="/patient">{name}</a></th>
        <td class="vital"><span class="vital__value">96</span></td>
      </tr>
    </tbody>"""


OPENED = """<tr class="board-open"><td><input id="note" value=""></td>
<td><a class="button" href="/phoned" data-key="p">Phoned readings</a></td></tr>"""


@dataclass
class Ward:
    """A server of one board, whose next answers a test sets."""

    rows: list[str] = field(default_factory=lambda: [row("ADAMS"), row("BAKER"), row("CLARK")])
    etag: str = "one"
    status: int = 200
    lag: int = 0
    elsewhere: bool = False
    asked_with: list[str | None] = field(default_factory=list)

    def board(self) -> str:
        return f"""<div id="board" data-live data-rows data-as-of="2026-01-05T07:45:00Z"
          data-lag="{self.lag}" hx-get="/board" hx-trigger="every 200ms" hx-swap="outerHTML">
          <p class="page-head"><a href="/all">{len(self.rows)} patients</a></p>
          <table class="board">{"".join(self.rows)}</table></div>"""

    def page(self) -> str:
        context = {"board": self.board(), "service_name": "Ward"}
        return Template(PAGE).render(Context(context, autoescape=False))

    def answer(self, route: Route) -> None:
        path = re.sub(r"^https?://[^/]+", "", route.request.url)
        if path == "/board":
            self.answer_poll(route)
        elif path == "/opened":
            route.fulfill(body=OPENED, content_type="text/html")
        elif path.startswith("/static/"):
            found = finders.find(path.removeprefix("/static/").split("?")[0])
            route.fulfill(path=Path(str(found)))
        else:
            route.fulfill(body=self.page(), content_type="text/html; charset=utf-8")

    def answer_poll(self, route: Route) -> None:
        tag = route.request.headers.get("if-none-match")
        self.asked_with.append(tag)
        headers = {"ETag": self.etag, "X-Lag": str(self.lag), "Content-Type": "text/html"}
        if self.status != 200:
            route.fulfill(status=self.status)
        elif self.elsewhere:
            route.fulfill(body="<html><body>Sign in</body></html>", headers=headers)
        elif tag == self.etag:
            route.fulfill(status=304, headers=headers)
        else:
            route.fulfill(body=self.board(), headers=headers)

    def change(self, *rows: str, etag: str) -> None:
        self.rows, self.etag = list(rows), etag


@pytest.fixture
def ward(page: Page) -> Ward:
    ward = Ward()
    page.route(f"{ADDRESS}/**", ward.answer)
    page.goto(f"{ADDRESS}/")
    # The mouse outside the rows: under it nothing would move.
    page.mouse.move(2, 2)
    return ward


def names(page: Page) -> list[str]:
    return page.locator("tbody.board-row .patient").all_inner_texts()


def test_an_unchanged_board_is_asked_for_by_its_etag(page: Page, ward: Ward):
    page.wait_for_timeout(900)
    assert ward.asked_with[0] is None
    assert ward.asked_with[-1] == "one"
    expect(page.locator("#stale-bar")).to_be_hidden()


def test_only_the_changed_row_is_replaced_and_it_is_announced(page: Page, ward: Ward):
    page.evaluate("document.querySelector('#row-ADAMS').mine = true")
    ward.change(row("ADAMS"), row("BAKER", version=2, score="7"), row("CLARK"), etag="two")
    expect(page.locator("#row-BAKER .risk__score")).to_have_text("7")
    expect(page.locator("#announce")).to_have_text("BAKER now 7")
    expect(page.locator("#row-BAKER")).to_have_class(re.compile("is-changed"))
    assert page.evaluate("document.querySelector('#row-ADAMS').mine") is True


def test_the_counts_around_the_rows_follow(page: Page, ward: Ward):
    page.focus(".page-head a")
    ward.change(row("ADAMS"), row("BAKER"), etag="two")
    expect(page.locator(".page-head a")).to_have_text("2 patients")
    expect(page.locator(".page-head a")).to_be_focused()
    assert names(page) == ["ADAMS", "BAKER"]


def test_what_is_typed_in_an_opened_row_outlives_its_change(page: Page, ward: Ward):
    page.click("#row-BAKER .row-toggle")
    page.fill("#note", "half a sentence")
    ward.change(row("ADAMS"), row("BAKER", version=2, score="7"), row("CLARK"), etag="two")
    expect(page.locator("#row-BAKER .risk__score")).to_have_text("7")
    expect(page.locator("#note")).to_have_value("half a sentence")
    expect(page.locator("#note")).to_be_focused()


def test_the_focus_stays_on_the_row_that_changed(page: Page, ward: Ward):
    page.focus("#row-BAKER .row-toggle")
    ward.change(row("ADAMS"), row("BAKER", version=2, score="7"), row("CLARK"), etag="two")
    expect(page.locator("#row-BAKER .risk__score")).to_have_text("7")
    expect(page.locator("#row-BAKER .row-toggle")).to_be_focused()


def test_rows_change_places_only_when_the_pointer_has_left(page: Page, ward: Ward):
    page.hover("#row-BAKER .patient")
    ward.change(row("CLARK", version=2, score="9"), row("ADAMS"), etag="two")
    expect(page.locator("#row-CLARK .risk__score")).to_have_text("9")
    expect(page.locator(".board-waiting")).to_be_visible()
    assert names(page) == ["ADAMS", "BAKER", "CLARK"]
    page.mouse.move(2, 2)
    expect(page.locator(".board-waiting")).to_be_hidden()
    assert names(page) == ["CLARK", "ADAMS"]


def test_lag_told_with_an_unchanged_board_hatches_the_values(page: Page, ward: Ward):
    ward.lag = 75
    expect(page.locator("#stale-bar")).to_contain_text("75 s behind")
    expect(page.locator("body")).to_have_attribute("data-stale", "")
    ward.lag = 0
    expect(page.locator("#stale-bar")).to_be_hidden()


def test_a_session_that_ended_is_said_and_the_rows_stay(page: Page, ward: Ward):
    ward.elsewhere, ward.etag = True, "two"
    expect(page.locator("#stale-bar")).to_contain_text("signed out")
    assert names(page) == ["ADAMS", "BAKER", "CLARK"]


def test_silence_of_15_seconds_is_said_in_a_bar(page: Page):
    page.clock.install()
    ward = Ward()
    page.route(f"{ADDRESS}/**", ward.answer)
    page.goto(f"{ADDRESS}/")
    page.clock.run_for(1_000)
    ward.status = 500
    page.clock.run_for(13_000)
    expect(page.locator("#stale-bar")).to_be_hidden()
    page.clock.run_for(5_000)
    expect(page.locator("#stale-bar")).to_contain_text("No answer for")
    assert names(page) == ["ADAMS", "BAKER", "CLARK"]


def test_single_keys_act_on_the_row_and_can_be_turned_off(page: Page, ward: Ward):
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(page.locator("#row-BAKER")).to_have_class(re.compile("is-current"))
    page.keyboard.press("p")
    expect(page.locator("#row-BAKER [data-key=p]")).to_be_focused()
    page.keyboard.press("?")
    page.uncheck("#keys-on")
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    expect(page.locator("#row-BAKER")).to_have_class(re.compile("is-current"))
