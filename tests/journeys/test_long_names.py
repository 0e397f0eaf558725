"""A ward with names of any length and alphabet, and an empty one: nothing is cut or too wide."""

import datetime as dt
from typing import Any, Final

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page

from accounts.models import User
from capacity.models import Bed, Ward
from observations.actions.concerns import raise_carer_concern
from patients.models import Admission
from rounds.actions.handovers import NewLine, offer_handover
from rounds.actions.reviews import review
from rounds.actions.rounds import start_round
from rounds.actions.tasks import add_task
from rounds.models import Round
from tests.capacity.factories import make_beds, make_ward
from tests.cast import with_role
from tests.journeys.conftest import Browse
from tests.observations.factories import make_held_hub
from tests.patients.factories import make_admission, make_patient, make_referral
from tests.rounds.factories import HIGH, MEDIUM, NORMAL, SINGLE, make_set

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

HOUR: Final = dt.timedelta(hours=1)
# Eighty letters without a place to break, two alphabets more, and one that reads the other way.
LONG: Final = "Wolfeschlegelsteinhausenbergerdorffvoralternwarengewissenhaftschaferswessenschaf"
NAMES: Final = (
    (LONG, "Huberttiberiuszeusyorkxerxeswilliamvictor"),
    ("عبد الرحمن الخطيب", "محمد"),
    ("陳測試", "大文"),
    ("Łukaszewicz-Nguyễn", "Władysława Thị Hương"),
)
_WIDER: Final = """width => [document.documentElement, ...document.querySelectorAll('main *')]
    .filter(one => !one.closest('.scroll, svg, .visually-hidden'))
    .filter(one => one.getBoundingClientRect().right > width + 1 && one.checkVisibility())
    .slice(0, 3).map(one => one.outerHTML.slice(0, 90))"""
_CUT: Final = """() => [...document.querySelectorAll('main *, header *, .banner *')]
    .filter(one => one.checkVisibility() && !one.closest('.visually-hidden, svg, [title]'))
    .filter(one => one.matches('input[type=text]') ||
        getComputedStyle(one).overflowX === 'hidden' && one.textContent.trim())
    .filter(one => one.clientWidth > 1)
    .filter(one => one.scrollWidth > one.clientWidth + 1)
    .slice(0, 3).map(one => one.outerHTML.slice(0, 90))"""


def fill(ward: Ward, beds: list[Bed], by: User, now: dt.datetime) -> list[Admission]:
    """One patient a bed, in all states; the first have the names."""
    told = (HIGH, MEDIUM, SINGLE, NORMAL, NORMAL)
    there = []
    for n, bed in enumerate(beds):
        family, given = NAMES[n] if n < len(NAMES) else (f"Person{n:02}-Test", "Ann Margaret")
        patient = make_patient(family_name=family, given_name=given, phone="07700 900107")
        there.append(make_admission(ward=ward, bed=bed, patient=patient, at=now - 72 * HOUR))
        if n % 9 != 7:
            make_set(there[n], told[n % 5], at=now - HOUR * (1 + n % 3))
    for one in there[:2]:
        make_held_hub(one, by=by)
        findings, plan = "Ankles down, slept on two pillows.", f"Ask {LONG} about furosemide."
        review(
            admission=one, kind="nurse", seen="phone", findings=findings, plan=plan, by=by, at=now
        )
        for kind, due in (("bloods", now - HOUR), ("visit", now + HOUR)):
            add_task(
                admission=one, kind=kind, text=f"Potassium for {LONG}", due_at=due, by=by, at=now
            )
    raise_carer_concern(admission=there[0], text=f"Not himself, says {LONG}.", by=by, at=now)
    return there


def _line(one: Admission) -> NewLine:
    said = f"As {LONG} said."
    return NewLine(
        one.pk,
        expected=True,
        level="high",
        name=str(one.patient),
        about="81 F, 999 000 0018",
        situation=said,
        background="",
        assessment=said,
        recommendation=said,
    )


def pages_of(ward: Ward, there: list[Admission], on: Round, by: User) -> list[str]:
    """Those of the ward and of its first patient."""
    one, patient, code = [there[0].pk], [there[0].patient_id], [ward.code]
    waiting = make_referral(
        ward=ward, patient=make_patient(family_name=LONG, given_name=NAMES[0][1]), accepted=True
    )
    asked = make_referral(ward=ward, patient=make_patient(family_name=LONG[::-1]))
    handover = offer_handover(ward=ward, by=by, lines=[_line(one) for one in there])
    task = there[0].tasks.order_by("due_at")[0]
    alert = there[0].alerts.get()
    by_name: list[tuple[str, list[Any]]] = [
        *((name, code) for name in pages_of_ward()),
        ("rounds:ward-list", []),
        ("patients:referral-list", []),
        ("patients:referral-create", []),
        ("patients:referral-detail", [waiting.pk]),
        ("patients:referral-detail", [asked.pk]),
        ("rounds:admission-create", [waiting.pk]),
        ("rounds:patient-detail", one),
        ("rounds:review-create", one),
        ("rounds:readings-create", one),
        ("rounds:task-create", one),
        ("rounds:task-change", [task.pk]),
        ("rounds:admission-discharge", one),
        ("rounds:admission-summary", one),
        ("rounds:round-detail", [on.pk]),
        ("rounds:round-patient", [on.pk, *one]),
        ("rounds:place-excuse", [on.pk, *one]),
        ("rounds:round-end", [on.pk]),
        ("rounds:handover-detail", [handover.pk]),
        ("patients:home-detail", one),
        ("patients:admission-transfer", one),
        ("patients:admission-leave", one),
        ("patients:expected-discharge-change", one),
        ("patients:mode-change", one),
        ("patients:limit-change", [*one, "spo2"]),
        ("patients:contact-create", patient),
        ("patients:safety-record", [*patient, "allergies"]),
        ("observations:alert-act", [alert.pk]),
        ("observations:alert-close", [alert.pk]),
        ("observations:alert-escalate", [alert.pk]),
        ("observations:concern-create", one),
        ("rounds:pathway-detail", [*code, "frailty"]),
    ]
    found = [reverse(name, args=args) for name, args in by_name]
    return [
        *found,
        f"{reverse('rounds:ward-board', args=code)}?open={one[0]}",
        f"{reverse('patients:patient-list')}?q={LONG[:8]}",
    ]


def pages_of_ward() -> list[str]:
    return [
        "rounds:ward-board",
        "rounds:ward-visits",
        "rounds:handover-prepare",
        "rounds:handover-list",
        "rounds:round-create",
        "rounds:pathway-list",
        "rounds:questions-edit",
        "patients:bed-list",
        "observations:alert-list",
        "observations:device-list",
        "observations:tray-list",
        "capacity:ward-hours",
    ]


def look(page: Page, address: str, width: int) -> list[str]:
    """What is wider than the screen, or cut without its title."""
    answer = page.goto(address)
    assert answer is not None
    assert answer.status == 200, address
    wide = page.evaluate("document.documentElement.scrollWidth") > width
    faults = page.evaluate(_WIDER, width) if wide else []
    return [f"{address}: {fault}" for fault in (*faults, *page.evaluate(_CUT))]


@pytest.mark.parametrize("width", [390, 1440])
def test_no_page_is_too_wide_for_a_name_or_cuts_it(
    people: Browse, ward_lead: User, live_server, width: int
):
    now, ward = timezone.now(), make_ward()
    there = fill(ward, make_beds(ward, 5), ward_lead, now)
    on = start_round(ward=ward, shift="morning", by=ward_lead)
    page = people(ward_lead)
    page.set_viewport_size({"width": width, "height": 900})
    addresses = pages_of(ward, there, on, ward_lead)
    faults = [
        fault for address in addresses for fault in look(page, live_server.url + address, width)
    ]
    assert faults == []


@pytest.mark.parametrize("width", [390, 1440])
def test_an_empty_ward_says_so_and_fits(people: Browse, ward_lead: User, live_server, width: int):
    ward = make_ward("RT5-nobody-there", name="Nobody There")
    page = people(with_role(ward_lead, "ward_lead", "ward", ward.code))
    page.set_viewport_size({"width": width, "height": 900})
    faults = [
        fault
        for name in pages_of_ward()
        for fault in look(page, live_server.url + reverse(name, args=[ward.code]), width)
    ]
    assert faults == []
