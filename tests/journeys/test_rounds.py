"""A nurse goes round by keyboard alone, loses the signal and the session, and loses no word."""

import json

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from rounds.actions.reviews import review
from rounds.models import Review, ReviewDraft, Round, Task
from tests.journeys.conftest import serious

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SOON = 12_000


@pytest.fixture
def begin(place, people, ward_nurse, live_server):
    """At the first patient of a round, begun from the board."""

    def start(width=1440):
        page = people(ward_nurse)
        page.set_viewport_size({"width": width, "height": 900})
        board = reverse("rounds:ward-board", args=[place.ward.code])
        page.goto(live_server.url + board)
        page.get_by_role("link", name="Round", exact=True).first.click()
        page.get_by_role("button", name="Start or join the round").click()
        page.get_by_role("link", name="Go on with the round").click()
        return _ready(page)

    return start


@pytest.mark.parametrize("width", [1440, 390])
def test_a_round_is_gone_by_keyboard_from_start_to_record(begin, place, width):
    page = begin(width)
    assert serious(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    expect(page.locator("#round-progress")).to_contain_text("0 of 2")
    for key in ("2", "p", "r"):
        page.keyboard.press(key)
    page.keyboard.type("Well, slept through.")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#round-progress")).to_contain_text("1 of 2 reviewed")
    _ready(page)
    written = Review.objects.get()
    assert (written.course, written.seen, written.findings) == (
        *("steady", "phone", "Well, slept through."),
    )
    page.keyboard.press("t")
    page.keyboard.type("Bloods at home")
    page.get_by_role("button", name="Another task").click()
    page.keyboard.type("Chase the potassium")
    page.get_by_label("What I decided").focus()
    page.keyboard.type("Bloods tomorrow.")
    page.get_by_label("What I decided").blur()
    for key in ("1", "h"):
        page.keyboard.press(key)
    page.keyboard.press("Control+Enter")
    expect(page.locator("h1")).to_contain_text("round, Soar Valley")
    assert set(Task.objects.values_list("text", flat=True)) == {
        *("Bloods at home", "Chase the potassium")
    }
    assert serious(page) == []
    page.get_by_role("link", name="End the round").click()
    assert serious(page) == []
    page.get_by_role("button", name="End the round").click()
    expect(page.locator("main")).to_contain_text("This is its record")
    assert serious(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_j_and_k_go_from_patient_to_patient_and_keep_what_was_typed(begin):
    page = begin()
    first = page.url
    page.keyboard.press("r")
    page.keyboard.type("Half a sentence")
    expect(page.locator("[data-draft-state]")).to_contain_text("on the ward", timeout=SOON)
    page.locator("#id_findings").blur()
    page.keyboard.press("j")
    page.wait_for_url(lambda url: url != first)
    _ready(page)
    page.keyboard.press("k")
    page.wait_for_url(first)
    expect(page.locator("#id_findings")).to_have_value("Half a sentence")


def test_without_a_signal_the_text_waits_on_the_device_and_is_there_again(begin):
    page = begin()
    page.context.set_offline(True)
    page.locator("#id_findings").fill("Typed in the lift")
    expect(page.locator("#stale-bar")).to_contain_text("on this device only", timeout=SOON)
    page.context.set_offline(False)
    page.reload()
    expect(page.locator("#id_findings")).to_have_value("Typed in the lift")
    expect(page.locator("[data-draft-state]")).to_contain_text("on the ward", timeout=SOON)
    assert ReviewDraft.objects.get().typed["findings"] == "Typed in the lift"
    assert _kept(page) == []


def test_a_session_that_ends_during_a_note_loses_no_text(begin, ward_nurse, signed_in, live_server):
    page = begin()
    here = page.url
    page.context.clear_cookies()
    page.locator("#id_plan").fill("Stop the oxygen tonight.")
    expect(page.locator("#stale-bar")).to_contain_text("sign in", timeout=SOON)
    with page.expect_navigation():
        page.keyboard.press("Control+Enter")
    session = signed_in(ward_nurse).cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    page.goto(here)
    expect(page.locator("#id_plan")).to_have_value("Stop the oxygen tonight.")
    assert not Review.objects.exists()


def test_back_after_a_review_writes_nothing_twice(begin):
    page = begin()
    for key in ("2", "p", "r"):
        page.keyboard.press(key)
    page.keyboard.type("Once.")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#round-progress")).to_contain_text("1 of 2")
    page.go_back()
    _ready(page)
    assert _kept(page) == []
    assert Review.objects.count() == 1
    assert not ReviewDraft.objects.exists()


def test_a_colleagues_progress_is_seen_within_seconds(begin, place, ward_doctor):
    page = begin()
    expect(page.locator("#round-progress")).to_contain_text("0 of 2")
    waiting = Round.objects.get().places.order_by("-position")[0].admission
    review(admission=waiting, kind="senior", seen="visit", by=ward_doctor)
    expect(page.locator("#round-progress")).to_contain_text("1 by others", timeout=SOON)


def _ready(page):
    """Drawn, and its script begun: a key pressed before is nobody's."""
    expect(page.locator("html.has-keys #decide")).to_be_visible()
    return page


def _kept(page):
    return json.loads(
        page.evaluate(
            "JSON.stringify(Object.keys(localStorage).filter(k => k.startsWith('draft.')))"
        )
    )
