"""From a referral to a bed, in a real browser; and every page of patients by eye of axe."""

import datetime as dt

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.models import User
from capacity.actions.beds import close_bed
from patients.actions.admissions import start_leave
from patients.actions.records import propose_correction
from patients.models import Admission, RecordChange, Referral
from tests.capacity.factories import make_beds, make_ward
from tests.cast import OTHER_WARD
from tests.patients.factories import make_admission, make_pathway, make_patient, make_referral

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def browse(page: Page, context, signed_in, live_server):
    """A browser that is signed in as somebody."""

    def as_user(user: User) -> Page:
        session = signed_in(user).cookies["sessionid"].value
        context.clear_cookies()
        context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
        return page

    return as_user


def test_a_referral_is_made_accepted_and_waits_for_its_bed(
    browse, live_server, referrer: User, ward_nurse: User, console_errors
):
    ward = make_ward()
    make_beds(ward, 2)
    make_pathway()
    page = browse(referrer)
    page.goto(live_server.url + reverse("patients:referral-list"))
    page.get_by_role("link", name="Refer a patient").first.click()
    page.get_by_label("Ward", exact=True).select_option(label=ward.name)
    page.get_by_label("Pathway", exact=True).select_option(label="Frailty")
    page.get_by_role("button", name="Go on").click()
    _fill(page)
    page.get_by_role("button", name="Refer to Soar Valley").click()
    expect(page.get_by_role("heading", name="Not decided")).to_be_visible()
    referral = Referral.objects.get()

    page = browse(ward_nurse)
    page.goto(live_server.url + reverse("patients:referral-detail", args=[referral.pk]))
    expect(page.get_by_text("not met", exact=True)).to_be_visible()
    page.get_by_role("button", name="Accept O\u2019NEILL-DEMO, Aoife, 999 000 0018").click()
    expect(page.get_by_role("heading", name="Accepted")).to_be_visible()
    page.goto(live_server.url + reverse("patients:bed-list", args=[ward.code]))
    expect(page.get_by_role("heading", name="Waiting for a bed: 1")).to_be_visible()


def _fill(page: Page) -> None:
    page.get_by_label("NHS number", exact=True).fill("999 000 0018")
    page.get_by_label("Family name").fill("O\u2019Neill-Demo")
    page.get_by_label("Given name").fill("Aoife")
    page.get_by_label("Date of birth").fill("3/2/1940")
    page.get_by_label("female", exact=True).check()
    page.get_by_label("Where the patient is seen now").select_option(label="GP")
    page.get_by_label("Why this patient, why now").fill("Falls; would otherwise be admitted.")
    page.get_by_label("Clinical Frailty Scale").fill("3")


@pytest.mark.parametrize(("width", "theme"), [(1440, "light"), (390, "dark")])
def test_every_page_of_patients_reads_well_and_fits(
    browse, live_server, ward_lead: User, console_errors, width: int, theme
):
    page = browse(ward_lead)
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=theme)
    for address in _addresses(ward_lead):
        answer = page.goto(live_server.url + address)
        assert answer is not None
        assert answer.status == 200, address
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), address
        assert _faults(page) == [], address


def _addresses(user: User) -> list[str]:
    ward = make_ward()
    make_beds(make_ward(OTHER_WARD, name="Elsewhere"), 2)
    _free, closed = make_beds(ward, 2)
    close_bed(bed=closed, reason="no_kit", by=user)
    long_name = make_patient(family_name="Testington-Featherstonehaugh", given_name="Georgiana")
    admission = make_admission(ward=ward, patient=long_name)
    away = make_admission(ward=ward)
    back = timezone.now() + dt.timedelta(hours=9)
    leave = start_leave(
        admission=away,
        kind="home",
        place="Daughter",
        held_by="Daughter",
        expected_back=back,
        bed_held=False,
        by=user,
    )
    waiting = make_referral(ward=ward, pathway="acute-respiratory-infection")
    one, patient = [admission.pk], [admission.patient_id]
    new = reverse("patients:referral-create")
    transfer = reverse("patients:admission-transfer", args=one)
    return [
        reverse("patients:bed-wards"),
        reverse("patients:bed-list", args=[ward.code]),
        reverse("patients:bed-close", args=[ward.code]),
        reverse("patients:referral-list"),
        reverse("patients:referral-detail", args=[waiting.pk]),
        reverse("patients:referral-clock", args=[ward.code]),
        reverse("patients:record-list") + "?q=test",
        reverse("patients:record-detail", args=patient),
        reverse("patients:record-correct", args=patient),
        reverse("patients:record-join", args=[*patient, away.patient_id]),
        reverse("patients:change-detail", args=[_proposed(away, user).pk]),
        new,
        f"{new}?ward={ward.code}&pathway=acute-respiratory-infection",
        transfer,
        f"{transfer}?ward={OTHER_WARD}",
        reverse("patients:admission-move", args=one),
        reverse("patients:admission-leave", args=one),
        reverse("patients:leave-return", args=[leave.leave_id]),
        reverse("patients:limit-change", args=[admission.pk, "spo2"]),
        reverse("patients:times-change", args=[admission.pk, "spo2"]),
        reverse("patients:mode-change", args=one),
        reverse("patients:pause-set", args=one),
        reverse("patients:oxygen-set", args=one),
        reverse("patients:contact-create", args=patient),
        reverse("patients:safety-record", args=[*patient, "allergies"]),
        reverse("patients:patient-list") + "?q=test",
    ]


def _proposed(admission: Admission, user: User) -> RecordChange:
    return propose_correction(
        patient=admission.patient, wanted={"given_name": "Mary"}, reason="Passport", by=user
    )


def _faults(page: Page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [v["id"] for v in found if v["impact"] in ("serious", "critical")]
