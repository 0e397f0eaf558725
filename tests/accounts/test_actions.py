"""People and roles: made, given and ended, each with its line in the audit."""

import datetime as dt
from typing import Any

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from accounts.actions import create_user, end_membership, grant_membership
from accounts.models import AuditEvent, Membership, User
from tests.cast import PROVIDER, WARD

AT = dt.datetime(2026, 3, 2, 9, 0, tzinfo=dt.UTC)


def grant(user: User, **changed) -> Membership:
    usual = {"role": "ward_clinician", "scope": "ward", "code": WARD, "by": None}
    return grant_membership(user=user, **{**usual, **changed})


def test_a_new_person_signs_as_initial_family_name_and_profession(org_admin: User):
    user = create_user(
        username="okafor",
        first_name="Adaeze",
        last_name="Okafor",
        profession="nurse in charge",
        email="a.okafor@example.nhs.uk",
        by=org_admin,
        at=AT,
    )
    assert user.signature == "A. Okafor, nurse in charge"
    written = AuditEvent.objects.get(subject_kind="user", subject_id=str(user.pk))
    assert (written.verb, written.by, written.at) == ("user-created", org_admin, AT)


@pytest.mark.parametrize(
    ("names", "signature"),
    [
        ({"first_name": "Jo"}, "Jo"),
        ({"last_name": "Marsh"}, "Marsh"),
        ({}, "marsh"),
        ({"first_name": "Jo", "last_name": "Marsh"}, "J. Marsh"),
    ],
)
def test_a_signature_makes_do_with_what_is_known(names: dict[str, str], signature: str):
    assert User(username="marsh", **names).signature == signature


def test_a_person_without_a_password_cannot_sign_in(db: None):
    assert not create_user(username="new", by=None).has_usable_password()


def test_two_people_never_share_an_address_whatever_its_case(ward_nurse: User):
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create(username="twin", email=ward_nurse.email.upper())
    with pytest.raises(ValidationError):
        create_user(username="twin", email=ward_nurse.email.upper(), by=None)


def test_a_role_given_is_written_down_with_who_gave_it(stranger: User, org_admin: User):
    membership = grant(stranger, by=org_admin, at=AT)
    assert membership.starts == dt.date(2026, 3, 2)
    written = AuditEvent.objects.get(verb="membership-granted", subject_id=str(stranger.pk))
    assert written.by == org_admin
    assert written.detail["code"] == WARD


def test_a_role_given_at_a_quarter_past_midnight_in_summer_starts_that_day(stranger: User):
    just_after = dt.datetime(2026, 6, 30, 23, 15, tzinfo=dt.UTC)
    assert grant(stranger, at=just_after).starts == dt.date(2026, 7, 1)


def test_the_same_role_is_not_given_twice(stranger: User):
    grant(stranger)
    with pytest.raises(ValidationError, match="already has this role"):
        grant(stranger)


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"role": "ward_clinician", "scope": "england", "code": ""}, "cannot be given"),
        ({"role": "auditor", "scope": "ward"}, "cannot be given"),
        ({"code": ""}, "which ward"),
        ({"starts": dt.date(2026, 3, 2), "ends": dt.date(2026, 3, 1)}, "before it starts"),
        ({"role": "read_only", "senior_decision_maker": True}, "treats patients"),
    ],
)
def test_a_role_that_makes_no_sense_is_refused(stranger: User, changed: dict[str, Any], why: str):
    with pytest.raises(ValidationError, match=why):
        grant(stranger, **changed)
    assert not Membership.objects.of(stranger).exists()
    assert not AuditEvent.objects.filter(verb="membership-granted").exists()


@pytest.mark.parametrize(
    ("changed", "constraint"),
    [
        ({"ends": dt.date(2019, 1, 1)}, "membership_ends_after_start"),
        ({"code": ""}, "membership_code_unless_england"),
        ({"scope": "england"}, "membership_code_unless_england"),
        ({"role": "king"}, "membership_role_is_known"),
        ({"scope": "moon"}, "membership_scope_is_known"),
        ({}, "one_open_membership"),
    ],
)
def test_the_database_keeps_what_must_never_be(
    ward_nurse: User, changed: dict[str, Any], constraint: str
):
    usual = {"role": "ward_clinician", "scope": "ward", "code": WARD}
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Membership.objects.create(
            user=ward_nurse, starts=dt.date(2020, 1, 1), **{**usual, **changed}
        )


def test_a_role_ends_today_and_can_be_given_again(ward_nurse: User, org_admin: User):
    mine = Membership.objects.of(ward_nurse).get()
    ended = end_membership(membership=mine, by=org_admin, at=AT)
    assert ended.ends == dt.date(2026, 3, 2)
    assert AuditEvent.objects.get(verb="membership-ended").detail["ends"] == "2026-03-02"
    grant(ward_nurse, at=AT)


def test_ending_a_role_never_lengthens_it(ward_nurse: User):
    mine = Membership.objects.of(ward_nurse).get()
    first = end_membership(membership=mine, by=None, at=AT)
    again = end_membership(membership=first, by=None, ends=dt.date(2027, 1, 1), at=AT)
    assert again.ends == first.ends


def test_a_role_that_has_not_begun_can_be_taken_back(stranger: User):
    later = grant(stranger, starts=dt.date(2030, 1, 1))
    ended = end_membership(membership=later, by=None, at=AT)
    assert ended.ends == ended.starts


def test_the_history_keeps_each_state_of_a_membership(stranger: User):
    membership = grant(stranger, role="referrer", scope="provider", code=PROVIDER)
    end_membership(membership=membership, by=None)
    history = apps.get_model("accounts", "MembershipEvent")
    states = history.objects.filter(pgh_obj=membership).order_by("pgh_id")
    assert [state.ends is None for state in states] == [True, False]
