"""A ward that stands in a real browser: its patients, their kit, and who looks at them."""

import datetime as dt
import json
import urllib.request
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page

from accounts.models import User
from capacity.models import Ward
from observations.draining import drain
from observations.intake import inbox
from observations.models import Device
from patients.models import Admission, Referral
from tests.capacity.factories import make_beds, make_ward
from tests.cast import OTHER_WARD
from tests.observations.factories import body_of, make_gateway, make_held_hub, make_key, make_set
from tests.patients.factories import make_admission, make_clinician, make_patient, make_referral

HOUR = dt.timedelta(hours=1)
# Four beds of which two are taken; one patient waits.
BEDS, TAKEN = 4, 2
FAMILY_NAMES = ("Quillfeather", "Marrowby", "Thistlewick")

Browse = Callable[[User], Page]


@dataclass(frozen=True)
class Place:
    """Soar Valley: one patient who is calm and one who wears nothing yet, one expected."""

    ward: Ward
    calm: Admission
    other: Admission
    waiting: Referral
    hub: Device
    key: str


@pytest.fixture
def place(transactional_db: None) -> Place:
    now = timezone.now()
    ward = make_ward()
    make_beds(make_ward(OTHER_WARD, name="Elsewhere"), 1)
    beds = make_beds(ward, BEDS)
    people = [make_patient(family_name=name) for name in FAMILY_NAMES]
    calm, other = (
        make_admission(ward=ward, bed=bed, patient=person, at=now - 72 * HOUR)
        for bed, person in zip(beds[:TAKEN], people, strict=False)
    )
    hub = make_held_hub(calm, by=make_clinician(ward))
    key = make_key(make_gateway(ward.lead_provider))
    waiting = make_referral(ward=ward, patient=people[TAKEN], accepted=True)
    keep(key, make_set(hub, now - HOUR))
    return Place(ward, calm, other, waiting, hub, key)


def keep(key: str, readings: Iterable[dict[str, Any]]) -> None:
    """As the web and the worker would, but here and now."""
    inbox.accept(key=key, body=body_of(readings))
    drain.drain_all()


def send(address: str, key: str, readings: Iterable[dict[str, Any]]) -> int:
    """As a gateway does: over the wire, with its key."""
    request = urllib.request.Request(
        f"{address}/api/v1/readings/",
        data=body_of(readings),
        headers={"Authorization": f"Bearer {key}", "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=5) as answer:
        assert json.load(answer)["received"]
        return int(answer.status)


@pytest.fixture
def people(signed_in, live_server, browser: Browser, browser_context_args) -> Iterator[Browse]:
    """A window of their own for each person, signed in: how one signs in is tried elsewhere."""
    windows: list[BrowserContext] = []

    def window(user: User) -> Page:
        context = browser.new_context(**browser_context_args)
        windows.append(context)
        session = signed_in(user).cookies["sessionid"].value
        context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
        return context.new_page()

    yield window
    for context in windows:
        context.close()


@pytest.fixture
def watched(live_server) -> Iterator[Callable[[Page], Page]]:
    """Notes what a page complains of and whom else it asks; nothing at the end, or it fails."""
    faults: list[str] = []

    def watch(page: Page) -> Page:
        page.on("console", lambda told: _note_told(faults, told))
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("request", lambda asked: _note_asked(faults, asked.url, live_server.url))
        return page

    yield watch
    assert faults == []


def _note_told(faults: list[str], told: ConsoleMessage) -> None:
    if told.type == "error":
        faults.append(told.text)


def _note_asked(faults: list[str], address: str, ours: str) -> None:
    if not address.startswith((f"{ours}/", "data:")):
        faults.append(f"asked elsewhere: {address}")


def serious(page: Page) -> list[str]:
    """What axe finds that keeps somebody out."""
    found = Axe().run(page).response["violations"]
    return [
        f"{page.url}: {fault['id']} {fault['nodes'][0]['target']}"
        for fault in found
        if fault["impact"] in ("serious", "critical")
    ]
