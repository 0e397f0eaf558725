"""Where a role reaches, from when to when, and what it never gives."""

import datetime as dt

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.forms.models import model_to_dict
from hypothesis import given
from hypothesis import strategies as st

from accounts.actions import end_membership, grant_membership
from accounts.models import Membership, User
from accounts.policies import (
    NOWHERE,
    Reach,
    can_grant,
    check_can_grant,
    check_signed_in_staff,
    has_role,
    is_senior_for,
    london_day,
    memberships_now,
    people_administered_by,
    people_audited_by,
    reach,
    with_memberships,
)
from accounts.roles import CARING, FIGURES, TREATING, Role
from tests.cast import ICB, OTHER_WARD, PROVIDER, SINCE, WARD, person, with_role

codes = st.text("ABC", max_size=2)
sets_of_codes = st.frozensets(codes, max_size=3)


def test_a_nurse_reaches_her_ward_and_no_other(ward_nurse: User):
    assert reach(ward_nurse, CARING) == Reach(wards=frozenset({WARD}))
    assert not reach(ward_nurse, CARING).covers(ward=OTHER_WARD, provider=PROVIDER, icb=ICB)


def test_a_night_practitioner_reaches_the_whole_provider(out_of_hours: User):
    assert reach(out_of_hours, TREATING).covers(ward=OTHER_WARD, provider=PROVIDER, icb=ICB)


def test_an_icb_manager_has_figures_and_no_patient(icb_manager: User):
    assert reach(icb_manager, CARING).empty
    assert reach(icb_manager, FIGURES).icbs == {ICB}


def test_read_only_may_see_and_not_change(read_only: User):
    assert not reach(read_only, CARING).empty
    assert reach(read_only, TREATING).empty


def test_a_referrer_sees_no_figures(referrer: User):
    assert reach(referrer, FIGURES).empty


def test_a_superuser_reaches_nothing_for_free(db: None):
    root = User.objects.create_superuser("root")
    assert reach(root, frozenset(Role)) == NOWHERE


def test_a_stranger_reaches_nothing():
    assert reach(AnonymousUser(), frozenset(Role)) == NOWHERE


def test_somebody_switched_off_reaches_nothing(ward_nurse: User):
    ward_nurse.is_active = False
    assert reach(ward_nurse, CARING).empty


def test_a_role_begins_and_ends_with_london_days(stranger: User):
    grant_membership(
        user=stranger,
        role="ward_clinician",
        scope="ward",
        code=WARD,
        by=None,
        starts=dt.date(2026, 7, 1),
        ends=dt.date(2026, 7, 3),
    )

    def holds(moment: str) -> bool:
        return has_role(stranger, TREATING, dt.datetime.fromisoformat(moment))

    # London is an hour ahead of UTC in July.
    assert not holds("2026-06-30T22:59:59+00:00")
    assert holds("2026-06-30T23:00:00+00:00")
    assert holds("2026-07-02T22:59:59+00:00")
    assert not holds("2026-07-02T23:00:00+00:00")


def test_the_roles_are_asked_for_once_a_request(ward_nurse: User, django_assert_num_queries):
    asked = User.objects.get(pk=ward_nurse.pk)
    with django_assert_num_queries(1):
        reach(asked, CARING)
        reach(asked, FIGURES)
        has_role(asked, TREATING)


def test_an_ended_role_is_gone_at_once_from_the_same_object(ward_nurse: User):
    assert has_role(ward_nurse, CARING)
    mine = Membership.objects.of(ward_nurse).select_related("user").get()
    end_membership(membership=mine, by=None)
    assert not has_role(User.objects.get(pk=ward_nurse.pk), CARING)


def test_only_a_senior_decision_maker_of_the_place_is_senior_there(
    ward_doctor: User, ward_lead: User
):
    assert is_senior_for(ward_doctor, ward=WARD, provider=PROVIDER, icb=ICB)
    assert not is_senior_for(ward_doctor, ward=OTHER_WARD, provider=PROVIDER, icb=ICB)
    assert not is_senior_for(ward_lead, ward=WARD, provider=PROVIDER, icb=ICB)


def test_somebody_without_a_role_is_not_staff(stranger: User, ward_nurse: User):
    check_signed_in_staff(ward_nurse)
    with pytest.raises(PermissionDenied):
        check_signed_in_staff(stranger)


@given(wards=sets_of_codes, providers=sets_of_codes, icbs=sets_of_codes, ward=codes, icb=codes)
def test_a_reach_covers_a_place_only_by_one_of_its_codes(wards, providers, icbs, ward, icb):
    place = Reach(wards=wards, providers=providers, icbs=icbs)
    assert place.covers(ward=ward, provider="ZZ", icb=icb) == (ward in wards or icb in icbs)


@given(wards=sets_of_codes, providers=sets_of_codes, icbs=sets_of_codes, ward=codes, icb=codes)
def test_england_covers_every_place(wards, providers, icbs, ward, icb):
    place = Reach(wards=wards, providers=providers, icbs=icbs, england=True)
    assert place.covers(ward=ward, provider="ZZ", icb=icb)
    assert not place.empty


GRANTS = [
    # role, scope, code, may RT5's administrator give it
    ("ward_clinician", "ward", WARD, True),
    ("ward_lead", "ward", OTHER_WARD, True),
    ("referrer", "provider", PROVIDER, True),
    ("organisation_administrator", "provider", PROVIDER, True),
    ("ward_clinician", "ward", "RRE-other-trust", False),
    ("ward_clinician", "ward", "RT55-longer-code", False),
    ("ward_clinician", "provider", "RRE", False),
    ("icb_manager", "icb", ICB, False),
    ("icb_manager", "provider", PROVIDER, False),
    ("auditor", "england", "", False),
]


@pytest.mark.parametrize(("role", "scope", "code", "allowed"), GRANTS)
def test_an_administrator_gives_roles_inside_the_own_organisation(
    org_admin: User, stranger: User, role: str, scope: str, code: str, allowed: bool
):
    assert can_grant(org_admin, to=stranger, role=role, scope=scope, code=code) is allowed


def test_an_administrator_gives_no_role_to_themselves(org_admin: User):
    with pytest.raises(PermissionDenied):
        check_can_grant(org_admin, to=org_admin, role="ward_clinician", scope="ward", code=WARD)


def test_a_ward_lead_gives_no_roles(ward_lead: User, stranger: User):
    assert not can_grant(ward_lead, to=stranger, role="ward_clinician", scope="ward", code=WARD)


def test_an_administrator_of_england_gives_roles_everywhere(db: None, stranger: User):
    chief = with_role(person("chief", "chief"), "organisation_administrator", "england", "")
    assert can_grant(chief, to=stranger, role="icb_manager", scope="icb", code="QPM")


def test_administrators_and_auditors_see_only_people_of_their_organisations(
    org_admin: User, auditor: User, ward_nurse: User
):
    elsewhere = with_role(person("far", "nurse"), "ward_clinician", "ward", "RRE-far")
    assert ward_nurse in people_administered_by(org_admin)
    assert elsewhere not in people_administered_by(org_admin)
    assert ward_nurse in people_audited_by(auditor)
    assert elsewhere not in people_audited_by(auditor)
    assert not people_audited_by(org_admin).exists()


def test_the_cast_has_held_its_roles_long(ward_nurse: User):
    assert Membership.objects.of(ward_nurse).on(SINCE).exists()


# Read with the user


def test_who_asks_and_what_they_hold_today_are_one_statement(
    ward_nurse: User, django_assert_num_queries
):
    with django_assert_num_queries(1):
        found = with_memberships(ward_nurse.pk)
        assert found is not None
        held = memberships_now(found)
    assert found == ward_nurse
    assert held == list(Membership.objects.of(ward_nurse).on(london_day()))


def test_of_a_user_and_what_they_hold_nothing_is_left_to_be_read_later(ward_nurse: User):
    found = with_memberships(ward_nurse.pk)
    assert found is not None
    for one in (found, *memberships_now(found)):
        assert one.get_deferred_fields() == set()
        assert model_to_dict(one) == model_to_dict(type(one)._default_manager.get(pk=one.pk))


def test_who_holds_nothing_is_read_all_the_same(db: None):
    newcomer = person("newcomer", "nurse")
    found = with_memberships(newcomer.pk)
    assert found == newcomer
    assert found is not None
    assert memberships_now(found) == []


def test_a_role_that_ended_yesterday_is_not_read(ward_nurse: User):
    Membership.objects.of(ward_nurse).update(ends=london_day())
    found = with_memberships(ward_nurse.pk)
    assert found is not None
    assert memberships_now(found) == []


def test_nobody_is_read_as_nobody(db: None):
    assert with_memberships(0) is None
