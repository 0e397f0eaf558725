"""A whole stay by keyboard on a phone: referred, admitted, reviewed, handed over, home."""

import datetime as dt
from collections.abc import Callable, Iterator

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.models import User
from capacity.models import Ward
from observations.models import Device
from patients.models import Admission
from rounds.models import Handover, Review
from tests.capacity.factories import make_beds, make_ward
from tests.journeys.conftest import Browse, keep
from tests.journeys.keyboard import LONG, PHONE, check, fill, press, to
from tests.observations.factories import make_gateway, make_hub, make_key, make_set
from tests.patients.factories import make_pathway

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

Windows = Callable[[User], Page]
# A Monday in winter, while the ward is staffed.
NINE = dt.datetime(2027, 1, 11, 9, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
FOUND = ("Settling in.", "Better, walks to the kitchen.", "Well; home on Thursday.")


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """Of the house, which goes on by itself and is set ahead from day to day."""
    with time_machine.travel(NINE, tick=True) as moved:
        yield moved


@pytest.fixture
def ward(clock: object, transactional_db: None) -> Ward:
    ward = make_ward()
    make_beds(ward, 2)
    make_pathway()
    return ward


@pytest.fixture
def hub(ward: Ward) -> Device:
    return make_hub(provider=ward.lead_provider, serial="HUB-0001")


@pytest.fixture
def key(ward: Ward) -> str:
    return make_key(make_gateway(ward.lead_provider))


@pytest.fixture
def window(people: Browse, watched) -> Windows:
    """Signed in anew each time, as one does each morning."""

    shut: list[Page] = []

    def on_phone(user: User) -> Page:
        # Nobody leaves a page open over night, where it would ask on and be told to sign in.
        for old in shut:
            old.close()
        page: Page = watched(people(user))
        page.set_viewport_size(PHONE)
        shut[:] = [page]
        return page

    return on_phone


def test_a_whole_stay(
    window: Windows,
    live_server,
    clock: time_machine.Traveller,
    ward: Ward,
    hub: Device,
    key: str,
    referrer: User,
    ward_nurse: User,
    out_of_hours: User,
):
    site = live_server.url
    _refer(window(referrer), site, ward)
    _admit(window(ward_nurse), site)
    admission = Admission.objects.get()
    for day in range(len(FOUND)):
        clock.move_to(NINE + day * DAY)
        keep(key, make_set(hub, timezone.now()))
        _review(window(ward_nurse), site, ward, FOUND[day])
    written = Review.objects.filter(admission=admission).order_by("at")
    assert tuple(written.values_list("findings", flat=True)) == FOUND

    clock.move_to(NINE + 2 * DAY + dt.timedelta(hours=10))
    _hand_over(window(ward_nurse), site, ward, out_of_hours)
    _accept(window(out_of_hours), site, ward, admission)
    clock.move_to(NINE + 3 * DAY)
    _leave(window(ward_nurse), site, admission)
    admission.refresh_from_db()
    assert admission.destination == "home"


def _refer(page: Page, site: str, ward: Ward) -> None:
    start = f"{reverse('patients:referral-create')}?ward={ward.code}&pathway=frailty"
    page.goto(site + start)
    check(page, "Refer a patient to Soar Valley")
    fill(page, "NHS number", "999 000 0018")
    fill(page, "Family name", LONG)
    fill(page, "Given name", "Aoife")
    fill(page, "Date of birth", "3/2/1940")
    _choose(page, "female")
    fill(page, "Where the patient is seen now", "acute ward")
    fill(page, "Why this patient, why now", "Falls; could go home with daily visits.")
    press(page, "button", "Refer to Soar Valley")
    check(page, "Not decided")


def _admit(page: Page, site: str) -> None:
    page.goto(site + reverse("patients:referral-list"))
    check(page, "Referrals")
    press(page, "link", f"{LONG.upper()}, Aoife")
    check(page, "Criteria to admit")
    press(page, "button", "Accept ")
    check(page, "A bed until they come")
    press(page, "link", "Admit")
    check(page, f"Admit {LONG.upper()}, Aoife")
    fill(page, "Bed", "Bed 1")
    fill(page, "Expected day to leave", "18/1/2027")
    to(page, page.get_by_label("HUB-0001"))
    page.keyboard.press("Space")
    press(page, "button", "Admit ")
    check(page, LONG.upper())


def _review(page: Page, site: str, ward: Ward, found: str) -> None:
    page.goto(site + reverse("rounds:ward-board", args=[ward.code]))
    check(page, "Soar Valley")
    press(page, "link", "Round")
    press(page, "button", "Start or join the round")
    press(page, "link", "Go on with the round")
    expect(page.locator("html.has-keys #decide")).to_be_visible()
    check(page, LONG.upper())
    for pressed in ("2", "p", "r"):
        page.keyboard.press(pressed)
    page.keyboard.type(found)
    page.keyboard.press("Control+Enter")
    expect(page.locator("h1")).to_contain_text("round, Soar Valley")
    press(page, "link", "End the round")
    press(page, "button", "End the round")
    check(page, "round, Soar Valley")
    expect(page.locator("main")).to_contain_text("This is its record")


def _hand_over(page: Page, site: str, ward: Ward, receiver: User) -> None:
    page.goto(site + reverse("rounds:handover-prepare", args=[ward.code]))
    check(page, "Hand over Soar Valley")
    fill(page, "What to do", "Call at 22:00 if nothing was heard.")
    fill(page, "Colleague", receiver.signature)
    press(page, "button", "Hand over 1 patient")
    check(page, "Handover of Soar Valley")
    assert Handover.objects.filter(offered_to=receiver, accepted_at=None).exists()


def _accept(page: Page, site: str, ward: Ward, admission: Admission) -> None:
    page.goto(site + reverse("rounds:ward-board", args=[ward.code]))
    expect(page.locator("main")).to_contain_text("Handover waiting for you: 1 patient")
    press(page, "link", "Read it and accept")
    check(page, "Handover waiting for you")
    press(page, "button", "Accept ")
    check(page, "Soar Valley")
    page.goto(site + reverse("rounds:patient-detail", args=[admission.pk]))
    check(page, LONG.upper())
    assert Handover.objects.filter(accepted_at__isnull=False).exists()


def _leave(page: Page, site: str, admission: Admission) -> None:
    page.goto(site + reverse("rounds:patient-detail", args=[admission.pk]))
    press(page, "link", "Discharge")
    check(page, f"Discharge {LONG.upper()}, Aoife")
    for question, answer in (
        ("Where to", "home"),
        ("What came of the stay", "treatment complete"),
        ("Were medicines changed?", "no"),
        ("Is follow-up needed?", "no"),
        ("Was the patient asked how it was?", "asked, declined"),
        ("How it comes back", "a courier collects it"),
    ):
        choice = page.get_by_role("group", name=question).get_by_label(answer, exact=True)
        choice.focus()
        page.keyboard.press("Space")
        expect(choice).to_be_checked()
    to(page, page.locator("#id_kit_due"))
    page.keyboard.type("20/1/2027")
    press(page, "button", "Discharge ")
    expect(page.locator("main")).to_contain_text("has left Soar Valley")
    check(page, LONG.upper())


def _choose(page: Page, answer: str) -> None:
    to(page, page.get_by_label(answer, exact=True))
    page.keyboard.press("Space")
