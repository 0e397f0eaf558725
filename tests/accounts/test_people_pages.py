"""What an organisation's administrator does with people, page by page."""

import re
from collections.abc import Callable

import pytest
from django.core import mail
from django.test import Client

from accounts.models import AuditEvent, Membership, User
from accounts.policies import has_role
from accounts.roles import CARING
from tests.cast import OTHER_WARD, WARD, person, with_role

SignedIn = Callable[[User], Client]
NEW = {
    "email": "Ann.New@example.nhs.uk",
    "first_name": "Ann",
    "last_name": "New",
    "profession": "nurse",
    "role": "ward_clinician",
    "scope": "ward",
    "code": WARD,
}
PASSWORD = "three ducks on one pond"


@pytest.fixture
def desk(org_admin: User, signed_in: SignedIn) -> Client:
    return signed_in(org_admin)


@pytest.fixture
def far_nurse(db: None) -> User:
    """Works for another trust."""
    return with_role(person("far", "nurse"), "ward_clinician", "ward", "RRE-far")


def test_the_list_holds_the_own_people_and_nobody_else(
    desk: Client, ward_nurse: User, far_nurse: User
):
    listed = {m.user for m in desk.get("/accounts/people/").context["memberships"]}
    assert ward_nurse in listed
    assert far_nurse not in listed


def test_an_invited_person_sets_a_password_once_and_comes_in(
    desk: Client, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        answer = desk.post("/accounts/people/invite/", NEW)
    new = User.objects.get(email="ann.new@example.nhs.uk")
    assert answer["Location"] == f"/accounts/people/{new.pk}/"
    link = re.findall(r"http://testserver(\S+)", str(mail.outbox[0].body))[0]

    theirs = Client()
    form = theirs.get(link, follow=True).redirect_chain[-1][0]
    theirs.post(form, {"password1": PASSWORD, "password2": PASSWORD})
    assert (
        theirs.post("/accounts/login/", {"login": new.email, "password": PASSWORD})["Location"]
        == "/"
    )
    assert has_role(new, CARING)
    assert "token_fail" in Client().get(link).context


def test_an_invitation_that_is_refused_leaves_no_account_and_sends_nothing(
    desk: Client, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        answer = desk.post("/accounts/people/invite/", {**NEW, "code": "RRE-far"})
    assert "Enter the code of your organisation" in answer.content.decode()
    assert not User.objects.filter(first_name="Ann").exists()
    assert mail.outbox == []


def test_somebody_of_another_organisation_gets_the_role_and_keeps_the_account(
    desk: Client, far_nurse: User
):
    desk.post("/accounts/people/invite/", {**NEW, "email": far_nurse.email})
    assert User.objects.get(email=far_nurse.email) == far_nurse
    assert Membership.objects.of(far_nurse).count() == 2
    assert mail.outbox == []


def test_an_administrator_cannot_invite_themselves(desk: Client, org_admin: User):
    desk.post("/accounts/people/invite/", {**NEW, "email": org_admin.email.upper()})
    assert Membership.objects.of(org_admin).count() == 1


@pytest.mark.parametrize(
    "role", [{"code": "RRE-far"}, {"role": "icb_manager", "scope": "icb", "code": "QK1"}]
)
def test_a_role_beyond_the_own_organisation_is_not_given(
    desk: Client, ward_nurse: User, role: dict[str, str]
):
    typed = {"role": "ward_clinician", "scope": "ward", "code": WARD, **role}
    answer = desk.post(f"/accounts/people/{ward_nurse.pk}/memberships/", typed)
    assert answer.status_code == 200
    assert Membership.objects.of(ward_nurse).count() == 1


def test_an_administrator_gives_themselves_no_clinical_role(desk: Client, org_admin: User):
    typed = {"role": "ward_clinician", "scope": "ward", "code": WARD}
    answer = desk.post(f"/accounts/people/{org_admin.pk}/memberships/", typed)
    assert "cannot give yourself a role" in answer.content.decode()
    assert not has_role(User.objects.get(pk=org_admin.pk), CARING)


def test_a_second_role_is_given_and_a_double_one_is_said(desk: Client, ward_nurse: User):
    typed = {"role": "ward_clinician", "scope": "ward", "code": OTHER_WARD}
    page = f"/accounts/people/{ward_nurse.pk}/memberships/"
    assert desk.post(page, typed).status_code == 302
    assert "already has this role" in desk.post(page, typed).content.decode()


def test_an_ended_role_shuts_the_door_at_once(
    desk: Client, ward_nurse: User, org_admin: User, signed_in: SignedIn
):
    theirs = signed_in(ward_nurse)
    mine = Membership.objects.of(ward_nurse).get()
    desk.post(f"/accounts/memberships/{mine.pk}/end/")
    assert "You have no role today" in theirs.get("/").content.decode()
    assert AuditEvent.objects.get(verb="membership-ended").by == org_admin


def test_people_and_roles_of_another_organisation_do_not_exist_here(desk: Client, far_nurse: User):
    role = Membership.objects.of(far_nurse).get()
    assert desk.get(f"/accounts/people/{far_nurse.pk}/").status_code == 404
    assert desk.post(f"/accounts/memberships/{role.pk}/end/").status_code == 404
    assert desk.post(f"/accounts/people/{far_nurse.pk}/invitation/").status_code == 404


def test_a_role_elsewhere_of_a_colleague_stays_out_of_sight(desk: Client, ward_nurse: User):
    with_role(ward_nurse, "referrer", "provider", "RRE")
    page = desk.get(f"/accounts/people/{ward_nurse.pk}/")
    assert [m.code for m in page.context["memberships"]] == [WARD]


def test_the_link_is_sent_again_only_while_no_password_is_set(
    desk: Client, ward_nurse: User, django_capture_on_commit_callbacks
):
    page = f"/accounts/people/{ward_nurse.pk}/invitation/"
    with django_capture_on_commit_callbacks(execute=True):
        desk.post(page)
    assert [sent.to for sent in mail.outbox] == [[ward_nurse.email]]
    ward_nurse.set_password(PASSWORD)
    ward_nurse.save()
    with django_capture_on_commit_callbacks(execute=True):
        desk.post(page)
    assert len(mail.outbox) == 1


def test_a_form_says_beside_the_field_what_is_missing(desk: Client):
    errors = (
        desk.post("/accounts/people/invite/", {**NEW, "first_name": "", "ends": "x"})
        .context["form"]
        .errors
    )
    assert errors["first_name"] == ["Enter first name"]
    assert errors["ends"] == ["Enter a date such as 31/01/2027"]


def test_a_trust_s_administrator_is_offered_no_icb_and_no_england(desk: Client):
    form = desk.get("/accounts/people/invite/").context["form"]
    assert [value for value, _ in form.fields["scope"].choices] == ["ward", "provider"]
