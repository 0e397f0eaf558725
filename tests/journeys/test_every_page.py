"""Every main page with real content, by eye of axe, in width, in colour and on the console."""

from typing import Any, Literal

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page

from accounts.models import User
from capacity.actions.reference import load_reference_data
from observations.models import Alert, Holding
from tests.cast import with_role
from tests.journeys.conftest import Browse, Place, keep, serious
from tests.observations.factories import make_set

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

Looks = pytest.mark.parametrize(("width", "theme"), [(1440, "light"), (390, "dark")])


@pytest.fixture
def alert(place: Place) -> Alert:
    keep(place.key, make_set(place.hub, timezone.now(), respiratory_rate=25, spo2=92))
    return place.calm.alerts.get()


def _clinical(place: Place, alert: Alert) -> list[str]:
    """What other journeys do not look at already."""
    ward, one, rung = [place.ward.code], [place.calm.pk], [alert.pk]
    holding = Holding.objects.get(device=place.hub)
    by_name: list[tuple[str, list[Any]]] = [
        ("rounds:ward-list", []),
        ("rounds:ward-board", ward),
        ("rounds:patient-detail", one),
        ("rounds:review-create", one),
        ("rounds:task-create", one),
        ("rounds:readings-create", one),
        ("rounds:ward-visits", ward),
        ("rounds:video-edit", ward),
        ("rounds:admission-create", [place.waiting.pk]),
        ("rounds:admission-discharge", one),
        ("observations:alert-list", ward),
        ("observations:alert-act", rung),
        ("observations:alert-escalate", rung),
        ("observations:alert-hand-on", rung),
        ("observations:alert-close", rung),
        ("observations:concern-create", one),
        ("observations:device-list", ward),
        ("observations:device-issue", ward),
        ("observations:device-show", [place.hub.pk]),
        ("observations:holding-return", [holding.pk]),
        ("observations:holding-correct", [holding.pk]),
        ("observations:tray-list", ward),
        ("observations:holding-chase", [holding.pk]),
        ("observations:holding-deliver", [holding.pk]),
        ("patients:home-detail", one),
        ("patients:check-record", [place.calm.pk, "consent"]),
        ("patients:home-record", [place.calm.pk, "interpreter"]),
        ("patients:home-record", [place.calm.pk, "visit_risks"]),
        ("patients:key-safe-set", one),
        ("patients:safeguarding-open", one),
        ("patients:safeguarding-write", one),
        ("patients:usual-set", one),
        ("patients:responsible-set", one),
        ("patients:contact-create", [place.calm.patient_id]),
        ("patients:home-board-set", [place.calm.patient_id]),
        ("patients:bed-list", ward),
        ("capacity:ward-staffed", ward),
        ("patients:referral-detail", [place.waiting.pk]),
    ]
    return [reverse(name, args=args) for name, args in by_name]


def _figures(place: Place) -> list[str]:
    icb = reverse("capacity:icb-detail", args=["QK1"])
    ward = reverse("capacity:ward-detail", args=[place.ward.code])
    return [
        icb,
        f"{icb}?by=provider&days=365&base=all",
        ward,
        *(
            reverse(f"capacity:{name}", args=[kind, code])
            for name in (
                *("hindrance-list", "flow-list", "length-list", "control-detail"),
                "change-detail",
            )
            for kind, code in (("icbs", "QK1"), ("wards", place.ward.code))
        ),
        reverse("capacity:stated-change-create", args=["icbs", "QK1"]),
        reverse("capacity:england-detail"),
        reverse("capacity:icb-list"),
        reverse("capacity:definition-list"),
        reverse("capacity:published-icb", args=["QK1"]),
        reverse("capacity:published-upload"),
        reverse("capacity:icb-plan", args=["QK1"]),
        reverse("capacity:icb-border", args=["QK1"]),
        reverse("capacity:leave-setting"),
        reverse("capacity:together-detail"),
        reverse("capacity:together-paper"),
        reverse("capacity:icb-paper", args=["QK1"]),
        reverse("capacity:provider-detail", args=["RT5"]),
    ]


def _look(page: Page, address: str, width: int, *, expected: int = 200) -> list[str]:
    """What is wrong with one page."""
    answer = page.goto(address)
    assert answer is not None
    faults = [] if answer.status == expected else [f"{address} answers {answer.status}"]
    if page.evaluate("document.documentElement.scrollWidth") > width:
        faults.append(f"{address} is wider than the screen")
    if page.locator("h1").count() != 1:
        faults.append(f"{address} has {page.locator('h1').count()} first headings")
    return faults + serious(page)


def _as_seen(page: Page, width: int, theme: Literal["dark", "light"]) -> Page:
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=theme)
    return page


@Looks
def test_every_page_of_a_ward_reads_well_and_fits(
    place: Place,
    alert: Alert,
    people: Browse,
    watched,
    ward_lead: User,
    live_server,
    width: int,
    theme: Literal["dark", "light"],
):
    page = _as_seen(watched(people(ward_lead)), width, theme)
    faults = [
        fault
        for address in _clinical(place, alert)
        for fault in _look(page, live_server.url + address, width)
    ]
    assert faults == []


@Looks
def test_every_page_of_figures_reads_well_and_fits(
    place: Place,
    people: Browse,
    watched,
    icb_manager: User,
    live_server,
    width: int,
    theme: Literal["dark", "light"],
):
    load_reference_data()
    planner = with_role(icb_manager, "icb_manager", "england", "")
    page = _as_seen(watched(people(planner)), width, theme)
    faults = [
        fault
        for address in _figures(place)
        for fault in _look(page, live_server.url + address, width)
    ]
    assert faults == []


@Looks
def test_what_is_refused_or_missing_reads_well_too(
    place: Place,
    page: Page,
    people: Browse,
    referrer: User,
    live_server,
    width: int,
    theme: Literal["dark", "light"],
):
    """A browser writes a refusal on its console, so nobody listens to that here."""
    board = live_server.url + reverse("rounds:ward-board", args=[place.ward.code])
    faults = _look(_as_seen(page, width, theme), board, width)
    assert page.locator("[name=password]").is_visible()
    referring = _as_seen(people(referrer), width, theme)
    faults += _look(referring, board, width, expected=404)
    figures = live_server.url + reverse("capacity:england-detail")
    faults += _look(referring, figures, width, expected=403)
    assert faults == []
