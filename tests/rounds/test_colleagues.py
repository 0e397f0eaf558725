"""Whose names a form offers: who treats there today, and who of them decides as a senior."""

import datetime as dt

import pytest

from patients.policies import seniors_on
from rounds.colleagues import clinicians_of, colleagues
from tests.cast import person, with_role

pytestmark = pytest.mark.django_db


def test_colleagues_are_the_clinicians_of_the_ward_by_name_with_its_seniors(ward, now):
    provider, icb = ward.lead_provider.code, ward.icb.code
    for username, role, scope, code in (
        ("here", "ward_clinician", "ward", ward.code),
        ("lead", "ward_lead", "ward", ward.code),
        ("hub", "out_of_hours_clinician", "provider", provider),
        ("system", "ward_clinician", "icb", icb),
        ("elsewhere", "ward_clinician", "ward", "RT5-elsewhere"),
        ("reader", "read_only", "ward", ward.code),
        ("manager", "icb_manager", "icb", icb),
    ):
        with_role(person(username, "nurse", family=username), role, scope, code)
    senior = with_role(person("senior", "doctor"), "ward_clinician", "ward", ward.code)
    senior.memberships.update(senior_decision_maker=True)
    with_role(senior, "out_of_hours_clinician", "provider", provider)
    gone = with_role(person("gone", "nurse", family="Same"), "ward_clinician", "ward", ward.code)
    gone.memberships.update(starts=now.date() - dt.timedelta(days=9), ends=now.date())
    locked = with_role(
        person("locked", "nurse", family="Same"), "ward_clinician", "ward", ward.code
    )
    locked.is_active = False
    locked.save()
    found = colleagues(ward, now)
    assert [one.user for one in found] == list(clinicians_of(ward, now))
    assert [one.user for one in found if one.senior] == list(seniors_on(ward, at=now)) == [senior]
    assert {one.user.username for one in found} == {"here", "lead", "hub", "system", "senior"}
    assert [one.user.signature for one in found] == [u.signature for u in clinicians_of(ward, now)]
