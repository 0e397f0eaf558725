"""A nurse of another ward and an ICB manager reach no patient, whatever they open."""

import re
from collections import Counter
from urllib.parse import urljoin, urlsplit

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from accounts.models import User
from tests.journeys.conftest import FAMILY_NAMES, Browse, Place

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LINK = re.compile(r"""(?:href|action|hx-get|data-get)="([^"#]+)""")
NUMBER = re.compile(r"\b9990\d{6}\b")
NOT_FOLLOWED = ("/static/", "/accounts/logout/")
# More than the dashboards have; reached only if addresses multiply without end.
MANY = 400
# Of one page: base, period, comparison and order multiply.
FEW = 6


def _addresses_of_the_ward(place: Place) -> list[str]:
    """All that leads to a patient of Soar Valley, by whoever knows the address."""
    ward, one = [place.ward.code], [place.calm.pk]
    return [
        reverse("rounds:ward-board", args=ward),
        reverse("patients:bed-list", args=ward),
        reverse("observations:alert-list", args=ward),
        reverse("rounds:patient-detail", args=one),
        reverse("rounds:board-row", args=one),
        reverse("rounds:admission-discharge", args=one),
        reverse("rounds:admission-summary", args=one),
        reverse("rounds:readings-create", args=one),
        reverse("patients:admission-transfer", args=one),
        reverse("patients:referral-detail", args=[place.waiting.pk]),
        reverse("rounds:admission-create", args=[place.waiting.pk]),
        f"/api/v1/wards/{place.ward.code}/board/",
        f"/api/v1/admissions/{place.calm.pk}/vitals/",
    ]


def _names_somebody(text: str, place: Place) -> list[str]:
    marks = [*FAMILY_NAMES, str(place.calm.pk), str(place.calm.patient_id)]
    found = [mark for mark in marks if mark.lower() in text.lower()]
    return found + NUMBER.findall(re.sub(r"(?<=\d) (?=\d)", "", text))


def test_a_nurse_of_another_ward_sees_none_of_it(
    place: Place, people: Browse, other_nurse: User, live_server
):
    page = people(other_nurse)
    page.goto(live_server.url)
    expect(page.get_by_role("heading", name="Elsewhere")).to_be_visible()
    expect(page.get_by_text("No patients")).to_be_visible()
    for address in _addresses_of_the_ward(place):
        answer = page.request.get(live_server.url + address)
        assert answer.status == 404, address
        assert _names_somebody(answer.text().replace(address, ""), place) == [], address
    for asked in ("Quill", place.calm.patient.nhs_number):
        found = page.request.get(f"{live_server.url}{reverse('patients:patient-list')}?q={asked}")
        assert found.ok
        assert _names_somebody(found.text().replace(asked, ""), place) == []


def test_no_link_of_an_icb_manager_leads_to_a_patient(
    place: Place, people: Browse, icb_manager: User, live_server
):
    page = people(icb_manager)
    start = reverse("capacity:icb-detail", args=["QK1"])
    read = _crawl(page, live_server.url, start)
    assert reverse("capacity:england-detail") in read
    assert reverse("capacity:ward-detail", args=[place.ward.code]) in read
    assert any(address.startswith(reverse("capacity:icb-days", args=["QK1"])) for address in read)
    named = {address: _names_somebody(text, place) for address, text in read.items()}
    assert {address: found for address, found in named.items() if found} == {}
    for address in _addresses_of_the_ward(place):
        answer = page.request.get(live_server.url + address)
        assert answer.status in (403, 404), address
        assert _names_somebody(answer.text().replace(address, ""), place) == [], address


def _crawl(page: Page, base: str, start: str) -> dict[str, str]:
    """What every page within reach of links says, by a few of its choices; each must answer."""
    read: dict[str, str] = {}
    choices: Counter[str] = Counter()
    waiting = [start]
    while waiting and len(read) < MANY:
        address = waiting.pop()
        page_of = address.partition("?")[0]
        if address in read or choices[page_of] >= FEW or address.startswith(NOT_FOLLOWED):
            continue
        choices[page_of] += 1
        answer = page.request.get(base + address)
        assert answer.ok, f"{address}: {answer.status}"
        read[address] = answer.text()
        if "html" in answer.headers["content-type"]:
            waiting += _links(answer.url, read[address])
    assert len(read) < MANY
    return read


def _links(address: str, text: str) -> list[str]:
    """Of this host, with their query, as a browser would ask for them."""
    absolute = (urljoin(address, link.replace("&amp;", "&")) for link in LINK.findall(text))
    parts = (urlsplit(link) for link in absolute)
    here = (part for part in parts if part.netloc == urlsplit(address).netloc)
    return [f"{part.path}?{part.query}" if part.query else part.path for part in here]
