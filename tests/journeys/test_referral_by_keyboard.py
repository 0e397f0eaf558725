"""A referral from the asking to the bed, and two records joined, by keyboard on a phone."""

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from accounts.models import User
from capacity.models import Ward
from patients.models import RecordChange, Referral
from tests.capacity.factories import make_beds, make_ward
from tests.journeys.conftest import Browse
from tests.journeys.keyboard import LONG, PHONE, check, fill, press, to
from tests.patients.factories import make_pathway, make_patient, make_referral

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def ward(transactional_db: None) -> Ward:
    ward = make_ward()
    make_beds(ward, 2)
    make_pathway()
    return ward


@pytest.fixture
def on_phone(people: Browse):
    def window(user: User) -> Page:
        page = people(user)
        page.set_viewport_size(PHONE)
        return page

    return window


def test_a_referral_from_the_asking_to_the_held_bed(
    on_phone, live_server, ward: Ward, referrer: User, ward_nurse: User
):
    page = on_phone(referrer)
    start = f"{reverse('patients:referral-create')}?ward={ward.code}&pathway=frailty"
    page.goto(live_server.url + start)
    check(page, "Refer a patient to Soar Valley")
    fill(page, "NHS number", "999 000 0018")
    fill(page, "Family name", LONG)
    fill(page, "Given name", "Aoife")
    fill(page, "Date of birth", "3/2/1940")
    to(page, page.get_by_label("female", exact=True))
    page.keyboard.press("Space")
    fill(page, "Where the patient is seen now", "acute ward")
    fill(page, "Why this patient, why now", "Falls; could go home with daily visits.")
    press(page, "button", "Refer to Soar Valley")
    check(page, "Not decided")
    referral = Referral.objects.get()
    assert (referral.patient.family_name, referral.route) == (LONG, "step_down")
    page.go_back()
    fill(page, "NHS number", "999 000 0018")
    fill(page, "Date of birth", "3/2/1940")
    press(page, "button", "Refer to Soar Valley")
    check(page, "There is a problem")
    expect(page.get_by_text("has been referred and waits").first).to_be_visible()
    assert Referral.objects.count() == 1

    desk = on_phone(ward_nurse)
    desk.goto(live_server.url + reverse("patients:referral-list"))
    check(desk, "Referrals")
    press(desk, "link", f"{LONG.upper()}, Aoife")
    check(desk, "Criteria to admit")
    press(desk, "button", "Accept ")
    check(desk, "A bed until they come")
    fill(desk, "Hold a bed", "Bed 1")
    fill(desk, "Day", "1/1/2020")
    fill(desk, "Time, 24 hours", "10:00")
    press(desk, "button", "Hold it for")
    check(desk, "There is a problem")
    expect(desk.get_by_text("That time has passed.").first).to_be_visible()

    page.goto(live_server.url + reverse("patients:referral-detail", args=[referral.pk]))
    check(page, "Accepted")


def test_two_records_are_joined_by_two_people(
    on_phone, watched, live_server, ward: Ward, ward_lead: User, org_admin: User
):
    kept = make_referral(ward=ward, patient=make_patient(family_name=LONG)).patient
    twin = make_patient(family_name=LONG, nhs_number="")
    make_referral(ward=ward, patient=twin)
    page = watched(on_phone(ward_lead))
    page.goto(live_server.url + reverse("patients:record-detail", args=[kept.pk]))
    check(page, "Perhaps the same person")
    press(page, "link", "Compare with")
    check(page, "Are these one person?")
    to(page, page.get_by_role("radio").first)
    page.keyboard.press("Space")
    fill(page, "How you know that they are one person", "Same address and daughter")
    press(page, "button", "Propose to join them")
    check(page, "What was proposed about it")
    change = RecordChange.objects.get()
    assert change.is_open

    second = watched(on_phone(org_admin))
    second.goto(live_server.url + reverse("patients:record-list"))
    check(second, "Waiting for a second person: 1")
    press(second, "link", "Join ")
    check(second, "You decide")
    press(second, "button", "Approve it for")
    check(second, "Waiting for a second person: 0")
    twin.refresh_from_db()
    assert twin.merged_into_id == kept.pk
