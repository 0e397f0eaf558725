"""Where each person's day begins, what their top bar holds, and what an auditor reads."""

from collections.abc import Callable

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import ResolverMatch
from django.utils import timezone

from accounts import audit, desks
from accounts.middleware import WARD_KEY, CurrentWardMiddleware
from accounts.models import Look, User
from accounts.roles import FIGURES
from tests.cast import ICB, WARD, person, with_role

SignedIn = Callable[[User], Client]


def labels(user: User) -> list[str]:
    return [entry.label for entry in desks.entries(user)]


def test_an_administrator_begins_at_the_people(org_admin: User, signed_in: SignedIn):
    assert signed_in(org_admin).get("/")["Location"] == "/accounts/people/"


def test_an_auditor_begins_at_the_audit(auditor: User, signed_in: SignedIn):
    assert signed_in(auditor).get("/")["Location"] == "/accounts/audit/"


def test_somebody_with_two_kinds_of_role_chooses(auditor: User, signed_in: SignedIn):
    with_role(auditor, "organisation_administrator", "provider", "RT5")
    answer = signed_in(auditor).get("/")
    assert [desk.label for desk, _ in answer.context["desks"]] == ["People", "Audit"]


def test_somebody_without_a_role_is_told_so(stranger: User, signed_in: SignedIn):
    assert "You have no role today" in signed_in(stranger).get("/").content.decode()


def test_the_top_bar_holds_no_work_that_is_not_ones_own(ward_nurse: User, org_admin: User):
    assert not {"People", "Audit", "England"} & set(labels(ward_nurse))
    assert not {"Board", "Beds", "Referrals", "Alerts", "Kit", "Audit"} & set(labels(org_admin))
    assert "People" in labels(org_admin)


def test_the_entry_of_the_page_at_hand_is_marked(org_admin: User):
    marked = {e.label: e.current for e in desks.entries(org_admin, path="/accounts/people/7/")}
    assert marked["People"] is True


def desk(*, of_ward: str = "", of_icb: str = "", anywhere: str = "") -> desks.Desk:
    return desks.Desk("Mine", "", FIGURES, of_ward, of_icb, anywhere)


ANYWHERE = "accounts:people-list"
ONE_PLACE = "account_confirm_email"  # any address that takes one word will do


def test_a_desk_that_no_app_answers_is_not_there(ward_nurse: User):
    assert desk(anywhere="moon:base").address(ward_nurse) is None
    assert desk(of_ward="moon:base").address(ward_nurse) is None


def test_who_works_in_one_ward_is_led_to_it(ward_nurse: User):
    assert (
        desk(of_ward=ONE_PLACE, anywhere=ANYWHERE).address(ward_nurse)
        == f"/accounts/confirm-email/{WARD}/"
    )


def test_who_works_in_several_chooses_or_goes_back_to_the_last(out_of_hours: User):
    mine = desk(of_ward=ONE_PLACE, anywhere=ANYWHERE)
    assert mine.address(out_of_hours) == "/accounts/people/"
    assert mine.address(out_of_hours, ward="RT5-b") == "/accounts/confirm-email/RT5-b/"
    assert desk(of_ward=ONE_PLACE).address(out_of_hours) is None


def test_who_has_no_such_work_has_no_such_desk(referrer: User):
    assert desk(of_ward=ONE_PLACE, anywhere=ANYWHERE).address(referrer, ward="RT5-b") is None


def test_a_manager_s_own_board_comes_first(icb_manager: User):
    mine = desk(of_ward=ONE_PLACE, of_icb=ONE_PLACE, anywhere=ANYWHERE)
    assert mine.address(icb_manager) == f"/accounts/confirm-email/{ICB}/"


def test_the_ward_last_looked_at_is_remembered(rf, ward_nurse: User):
    def view(request):
        request.resolver_match = ResolverMatch(view, (), {"code": WARD})
        return HttpResponse(status=int(request.GET["status"]))

    remember = CurrentWardMiddleware(view)
    for status, expected in ((404, {}), (200, {WARD_KEY: WARD})):
        request = rf.get(f"/wards/{WARD}/board/", {"status": status})
        request.session = {}
        remember(request)
        assert request.session == expected


def test_ones_own_page_says_roles_and_second_factor(ward_doctor: User, signed_in: SignedIn):
    page = signed_in(ward_doctor).get("/accounts/profile/").content.decode()
    assert "P. Nair, consultant" in page
    assert "senior decision-maker" in page
    assert "Second factor: <strong>off</strong>" in page


def test_an_auditor_reads_what_the_own_people_did_and_looked_at(
    auditor: User, ward_nurse: User, signed_in: SignedIn
):
    far = with_role(person("far", "nurse"), "ward_clinician", "ward", "RRE-far")
    audit.record(by=ward_nurse, verb="bed-closed", subject=auditor, detail={"why": "leak"})
    audit.record(by=far, verb="bed-closed", subject=auditor)
    Look.objects.create(
        at=timezone.now(), user=ward_nurse, page="patient", subject_kind="x", subject_id="1"
    )
    lines = signed_in(auditor).get("/accounts/audit/").context["lines"]
    assert {line.who for line in lines} == {
        "A. Okafor, nurse in charge (nurse)",
        "M. Rees, information governance lead (auditor)",
    }
    assert {"bed closed", "looked at patient"} <= {line.what for line in lines}


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"person": "NURSE"}, {"1", "2"}),
        ({"person": "nobody"}, set()),
        ({"subject_kind": "bed"}, {"1"}),
        ({"subject_kind": "bed", "subject_id": "2"}, set()),
        ({"subject_id": "2"}, {"2"}),
        ({"days": "0"}, set()),
    ],
)
def test_an_auditor_asks_by_person_and_subject(
    auditor: User, ward_nurse: User, signed_in: SignedIn, asked: dict[str, str], found: set[str]
):
    now = timezone.now()
    for kind, pk in (("bed", "1"), ("admission", "2")):
        Look.objects.create(at=now, user=ward_nurse, page="page", subject_kind=kind, subject_id=pk)
    lines = signed_in(auditor).get("/accounts/audit/", asked).context["lines"]
    assert {line.subject_id for line in lines if line.what == "looked at page"} == found


def test_an_auditor_s_own_question_is_written_down(auditor: User, signed_in: SignedIn):
    signed_in(auditor).get("/accounts/audit/")
    assert Look.objects.get().page == "audit"
