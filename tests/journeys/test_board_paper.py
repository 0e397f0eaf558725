"""The page for a board meeting is one sheet of A4, however long the names and many the rows."""

import datetime as dt
import re
from pathlib import Path

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page

from accounts.models import User
from capacity.actions.delays import note_delay
from capacity.actions.figures import refresh
from capacity.actions.reference import load_reference_data
from capacity.actions.stays import end_spell
from capacity.models import IntegratedCareBoard
from lib import london
from tests.capacity.factories import make_beds, make_provider, make_stay, make_ward
from tests.cast import with_role
from tests.journeys.conftest import Browse, serious

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
DAY = dt.timedelta(days=1)
# Each of eighty letters.
LONG = "Featherstonehaugh and Cholmondeley-on-the-Wold Community Partnership NHS Trust C"
PROVIDERS = 20
PX_A_MM = 96 / 25.4
WIDTH, HEIGHT = round((210 - 24) * PX_A_MM), round((297 - 24) * PX_A_MM)


@pytest.fixture
def overfull(transactional_db) -> None:
    """Twenty providers of long names in an ICB of a long name, each ward of them overfull."""
    load_reference_data()
    icb = IntegratedCareBoard.objects.get(code="QK1")
    IntegratedCareBoard.objects.filter(pk=icb.pk).update(short_name=LONG)
    now = timezone.now()
    for number in range(PROVIDERS):
        code = f"R{number:02}"
        provider = make_provider(code, name=f"{LONG[:-2]} {number:02}"[-80:], kind="acute")
        name = f"{LONG[:70]} {number}"
        ward = make_ward(f"{code}-ward", name=name, provider=provider, icb=icb)
        beds = make_beds(ward, 3)
        for bed in beds:
            make_stay(ward, bed, at=now - 20 * DAY, pathway="acute-respiratory-infection")
        stay = make_stay(ward, None, no_bed_reason="agreed", at=now - 20 * DAY)
        note_delay(spell=stay.spell, since=now - 9 * DAY, cause="social_care", by=None)
        end_spell(spell=stay.spell, destination="home", by=None, at=now - 2 * DAY)
        make_stay(ward, None, no_bed_reason="agreed", at=now - DAY / 24)
    refresh(days=[london.day_of(now - n * DAY) for n in range(28)])


@pytest.fixture
def page(overfull, people: Browse, watched, icb_manager: User) -> Page:
    planner = with_role(icb_manager, "icb_manager", "england", "")
    window: Page = watched(people(planner))
    return window


PAPERS = {
    "ICB": ("icb-paper", ["QK1"], "?base=all&by=pathway&days=365"),
    "region": ("together-paper", [], "?region=Y60"),
    "footprint": ("together-paper", [], "?icb=QK1&icb=QUA&icb=QOC"),
    "England": ("together-paper", [], "?than=year"),
}


@pytest.mark.parametrize("paper", PAPERS)
def test_it_is_one_sheet_with_nothing_cut(paper: str, page: Page, live_server, tmp_path: Path):
    name, args, query = PAPERS[paper]
    page.goto(live_server.url + reverse(f"capacity:{name}", args=args) + query)
    assert serious(page) == []
    printed = page.pdf(prefer_css_page_size=True)
    assert sheets(printed) == [(595, 842)]  # A4 upright, in points
    page.emulate_media(media="print")
    page.set_viewport_size({"width": WIDTH, "height": HEIGHT})
    assert cut(page) == []


def sheets(printed: bytes) -> list[tuple[int, int]]:
    """Width and height of each page of a PDF; their dictionaries are not compressed."""
    found = re.findall(
        rb"/Type\s*/Page\b[^s].*?/MediaBox\s*\[0 0 ([\d.]+) ([\d.]+)\]", printed, re.S
    )
    assert len(found) == len(re.findall(rb"/Type\s*/Page\b(?!s)", printed))
    return [(round(float(width)), round(float(height))) for width, height in found]


def cut(page: Page) -> list[str]:
    """Words that end outside of the sheet, or outside of a box that hides what overflows."""
    found: list[str] = page.evaluate(
        """([width, height]) => [...document.querySelectorAll(".paper *")]
          .filter((one) => one.matches("text, th, td, p, h1, h2, dt, dd"))
          .filter((one) => {
            const box = one.getBoundingClientRect();
            const over = !(one instanceof SVGElement) && one.scrollWidth > one.clientWidth + 1
              && getComputedStyle(one).display !== "inline";
            return box.left < -1 || box.right > width + 38 || box.bottom > height + 1 || over;
          })
          .map((one) => `${one.tagName} ${one.textContent.trim()}`)""",
        [WIDTH, HEIGHT],
    )
    return found


def test_it_holds_sentence_figures_pictures_table_definitions_and_its_date(page: Page, live_server):
    page.goto(live_server.url + reverse("capacity:icb-detail", args=["QK1"]))
    page.get_by_role("link", name="Print for a board meeting").click()
    paper = page.get_by_role("article")
    said = paper.inner_text()
    for words in (
        *(
            "QK1 has 60 beds",
            "100,000 aged 16 and over",
            "100,000 of all ages",
            "holds QK1 back most",
        ),
        *(
            "40 is 397 beds, 337 short",
            "11 smaller providers",
            "QK1, all",
            "Occupancy: patients over",
        ),
        f"Printed from Virtual wards, {london.long_day(london.day_of(timezone.now()))}",
    ):
        assert words in said, words
    assert paper.locator("svg.chart").count() == 2
    assert paper.evaluate("one => getComputedStyle(one).filter") == "grayscale(1)"
    assert page.get_by_role("button", name="Print this page").is_visible()


DASHBOARDS = {
    "icb-detail": ["QK1"],
    "hindrance-list": ["icbs", "QK1"],
    "flow-list": ["icbs", "QK1"],
    "length-list": ["icbs", "QK1"],
    "control-detail": ["icbs", "QK1"],
    "icb-plan": ["QK1"],
    "icb-border": ["QK1"],
    "change-detail": ["icbs", "QK1"],
    "provider-detail": ["R01"],
    "ward-detail": ["R01-ward"],
    "together-detail": [],
    "england-detail": [],
    "published-icb": ["QK1"],
}
LANDSCAPE = round((297 - 20) * PX_A_MM)


def test_a_printed_dashboard_cuts_no_table_and_no_picture(page: Page, live_server):
    """What scrolls on a screen would end at the edge of the paper."""
    page.emulate_media(media="print")
    page.set_viewport_size({"width": LANDSCAPE, "height": 718})
    for name, args in DASHBOARDS.items():
        page.goto(live_server.url + reverse(f"capacity:{name}", args=args))
        over = page.evaluate(
            """wide => [...document.querySelectorAll("main table, main svg.chart, main h1")]
              .filter((one) => one.checkVisibility())
              .filter((one) => one.getBoundingClientRect().right > wide + 1)
              .map((one) => one.outerHTML.slice(0, 80))""",
            LANDSCAPE,
        )
        assert over == [], name
        assert page.locator("main form:visible, main .segmented:visible").count() == 0, name


# Smaller than this, in pixels from the top of a letter to its foot, nobody reads on a phone.
LEAST = 10.5
UNREADABLE = """least => [...document.querySelectorAll("main svg.chart")]
  .filter((one) => one.checkVisibility())
  .flatMap((one) => {
    const box = one.getBoundingClientRect();
    const words = [...one.querySelectorAll("text")].filter((text) => text.textContent.trim());
    const places = words.map((text) => text.getBoundingClientRect());
    const told = (at) => `${one.getAttribute("class")}: ${words[at].textContent}`;
    return places.flatMap((place, at) => [
      place.height < least && `small, ${told(at)}`,
      (place.left < box.left - 2 || place.right > box.right + 2) && `cut, ${told(at)}`,
      ...places.slice(at + 1).map((other, next) =>
        Math.min(place.right, other.right) - Math.max(place.left, other.left) > 2 &&
        Math.min(place.bottom, other.bottom) - Math.max(place.top, other.top) > 4 &&
        `covered, ${told(at)} by ${words[at + 1 + next].textContent}`),
    ]);
  }).filter(Boolean)"""


@pytest.mark.parametrize("width", [390, 1440])
def test_the_words_of_each_picture_can_be_read(page: Page, live_server, width: int):
    """None is cut, none covers another, none shrinks with its picture."""
    page.set_viewport_size({"width": width, "height": 900})
    faults = []
    for name, args in DASHBOARDS.items():
        page.goto(live_server.url + reverse(f"capacity:{name}", args=args))
        faults += [(name, fault) for fault in page.evaluate(UNREADABLE, LEAST)]
    assert faults == []


def test_the_axis_of_each_sums_picture_stands_in_sight(page: Page, live_server):
    """On a wide screen nothing of it has to be scrolled to."""
    for name in ("together-detail", "icb-detail", "provider-detail", "ward-detail"):
        page.goto(live_server.url + reverse(f"capacity:{name}", args=DASHBOARDS[name]))
        hidden = page.evaluate(
            """() => [...document.querySelectorAll(".chart-scroll")]
              .filter((box) => box.scrollWidth > box.clientWidth + 1).length"""
        )
        assert hidden == 0, name
