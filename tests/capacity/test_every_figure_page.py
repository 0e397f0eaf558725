"""Each page of figures: a sentence, a picture with its table, a time, a comparison, and a file of
exactly what it shows; and from none of them is a patient reached."""

import csv
import datetime as dt
import re
from html import unescape

import pytest
from django.urls import resolve, reverse
from django.utils import timezone

from capacity.actions.delays import note_delay
from capacity.actions.figures import refresh
from capacity.actions.plans import plan_beds
from capacity.actions.reference import load_reference_data
from capacity.actions.stays import end_spell
from capacity.models import IntegratedCareBoard, Spell
from lib import london
from tests.capacity.factories import make_beds, make_stay, make_ward
from tests.capacity.tables import read
from tests.cast import person, with_role

DAY = dt.timedelta(days=1)
WARD = "RT5-soar-valley"
DAYS = ['id="days-from"', 'id="days-to"']
SPAN = ['id="span-from"', 'id="span-to"']
WINDOW = ['id="window-from"', 'id="window-to"']
COMPARED = ['aria-label="Compared with"']


def of_places(name, time, compared):
    places = (("icbs", "QK1"), ("providers", "RT5"), ("wards", WARD))
    return {f"{name} of {kind}": (name, [kind, code], "", time, compared) for kind, code in places}


# Address, its arguments, its query; what says the time that it tells of, and what it compares.
PAGES = {
    "England, published": (
        *("england-detail", [], "?month=2023-12"),
        *(['aria-label="Month"'], ["Ranked by", "Merit or luck?", "England over time"]),
    ),
    "England, now": ("together-detail", [], "", DAYS, COMPARED),
    "region": ("together-detail", [], "?region=Y60", DAYS, COMPARED),
    "footprint": ("together-detail", [], "?icb=QK1&icb=QUA", DAYS, COMPARED),
    "ICB": ("icb-detail", ["QK1"], "", DAYS, [*COMPARED, "England"]),
    "ICB by pathway": ("icb-detail", ["QK1"], "?by=pathway&than=year&days=28", DAYS, COMPARED),
    "provider": ("provider-detail", ["RT5"], "", DAYS, COMPARED),
    "ward": ("ward-detail", [WARD], "", DAYS, COMPARED),
    "borders": (
        *("icb-border", ["QK1"], "", ['id="border-on"']),
        [*COMPARED, "Where our residents are looked after", "Whom we look after"],
    ),
    "plan": ("icb-plan", ["QK1"], "", ["beds as planned, ", *WINDOW], ["40 to 50", "80%"]),
    "path": (
        *("published-icb", ["QK1"], "", ["July 2023 to April 2024", *WINDOW]),
        ["England per 100,000", "Rank by beds per 100,000"],
    ),
    **of_places("hindrance-list", SPAN, COMPARED),
    **of_places("flow-list", SPAN, COMPARED),
    **of_places("length-list", SPAN, [*COMPARED, "stays that began from"]),
    **of_places("control-detail", SPAN, ["Which pathway, and since when"]),
    **of_places("change-detail", ["Changed on"], ["Before and after"]),
}
# Not a figure of the page: rows that open with a permission of their own.
NOT_IN_A_FILE = {"The stays that these figures count"}


@pytest.fixture
def planner(db):
    """Sees all of England, and no patient."""
    return with_role(person("national", "planner"), "icb_manager", "england", "")


@pytest.fixture
def busy(planner):
    """A year of a ward: sixty stays, of which some waited to leave, and beds that are planned."""
    load_reference_data()
    now = timezone.now()
    today = london.count_instant(london.day_of(now))
    end = today if today <= now else today - DAY
    ward = make_ward(icb=IntegratedCareBoard.objects.get(code="QK1"))
    for number, bed in enumerate(make_beds(ward, 60)):
        at = end - (1 + 3 * number) * DAY
        stay = make_stay(
            ward,
            bed,
            at=at,
            pathway="copd" if number % 2 else "heart-failure",
            route="step_down" if number % 3 else "step_up",
            referred_at=at - dt.timedelta(hours=5),
        )
        if number > 2:
            left = at + (number % 5 + 1) * DAY
            note_delay(spell=stay.spell, since=left - DAY, cause="kit", by=None, at=left - DAY)
            end_spell(spell=stay.spell, destination="home", by=None, at=left)
    later = london.day_of(now) + 90 * DAY
    plan_beds(icb=ward.icb, where="Wigston", on=later, beds=40, by=planner)
    refresh(days=[london.day_of(end - n * DAY) for n in range(60)])


@pytest.fixture
def pages(busy, planner, signed_in):
    """By name: what each answers, and the lines of the files that it leads to."""
    client = signed_in(planner)
    found = {}
    for name, (address, args, query, *_) in PAGES.items():
        answer = client.get(reverse(f"capacity:{address}", args=args) + query)
        assert answer.status_code == 200, name
        html = answer.content.decode()
        files = [link for link in read(html).links if ".csv" in link]
        found[name] = html, {link: lines_of(client, link) for link in files}
    return found


def lines_of(client, address):
    answer = client.get(address)
    assert answer.status_code == 200, address
    return list(csv.reader(answer.content.decode("utf-8-sig").splitlines()))


def test_each_page_has_its_sentence_its_picture_its_time_and_its_comparison(pages):
    faults = []
    for name, (html, _) in pages.items():
        *_, time, compared = PAGES[name]
        faults += [(name, words) for words in [*time, *compared] if words not in html]
        if not re.search(r'<h1 class="sentence"[^>]*>\s*\S', html):
            faults.append((name, "no sentence"))
        if '<svg class="chart' not in html or "<table" not in html:
            faults.append((name, "no picture with its table"))
    assert faults == []


def test_each_table_of_a_page_stands_in_its_files_cell_for_cell(pages):
    """Whatever a page shows in a table, one of the files that it leads to holds."""
    faults = []
    for name, (html, files) in pages.items():
        lines = [line for file in files.values() for line in file]
        for one in read(html).tables:
            assert one.rows, (name, one.title)
            if one.title not in NOT_IN_A_FILE:
                rows = [one.headings, *one.rows]
                faults += [
                    (name, one.title, row)
                    for row in rows
                    if not any(holds(line, row) for line in lines)
                ]
    assert faults == []


def test_a_file_holds_nothing_that_its_page_does_not_show(pages):
    faults = []
    for name, (html, files) in pages.items():
        cells = {
            cell for one in read(html).tables for row in [one.headings, *one.rows] for cell in row
        }
        words = plain(unescape(re.sub(r"<[^>]+>", " ", html))).casefold()
        faults += [
            (name, cell)
            for file in files.values()
            for line in file
            for cell in line
            if cell.removeprefix("'") not in cells and plain(cell).casefold() not in words
        ]
    assert faults == []


def holds(line, row):
    """The row as it is, or behind the name of its part; a spreadsheet's quote is no figure."""
    cells = [cell.removeprefix("'") for cell in line]
    return any(cells[at : at + len(row)] == row for at in range(len(cells) - len(row) + 1))


def plain(text):
    return " ".join(text.removeprefix("'").split())


def test_no_link_leads_to_a_page_of_patients_and_no_file_holds_the_key_of_a_person(pages):
    for name, (html, files) in pages.items():
        inside = html[html.index("<main") : html.index("</main>")]
        links = [link for link in read(inside).links if link.startswith("/")]
        rooms = {resolve(re.split(r"[?#]", link)[0]).app_name for link in links}
        assert rooms == {"capacity"}, name
        keys = set(Spell.objects.values_list("person_key", flat=True))
        told = {cell for file in files.values() for line in file for cell in line}
        assert not keys & told
        assert not any(key in html for key in keys)
