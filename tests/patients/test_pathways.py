"""Which pathways a ward offers, on which version, and what new admissions begin on."""

import json

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from accounts.models import AuditEvent
from patients.actions import pathways
from patients.actions.pathways import content_of, load_pathways, offer_pathway, stop_offering
from patients.actions.plans import version_for
from patients.forms.referrals import _takes
from patients.models import Pathway, PathwayVersion, WardPathway
from patients.referral_book import versions_of
from tests.capacity.factories import make_ward
from tests.patients.factories import MORNING, make_admission, make_pathway_version, make_referral

pytestmark = pytest.mark.django_db


def own_version(ward, by, code="frailty", **content):
    default = make_pathway_version(code)
    return PathwayVersion.objects.create(
        **content_of(default) | content,
        pathway=default.pathway,
        ward=ward,
        number=1,
        based_on=default,
        reason="Ours",
        published_at=MORNING,
        published_by=by,
    )


@pytest.fixture
def file(tmp_path, monkeypatch):
    """The file of the defaults, to be worded otherwise."""
    copy = tmp_path / "pathways.json"
    copy.write_text(pathways.DEFAULTS.read_text())
    monkeypatch.setattr(pathways, "DEFAULTS", copy)
    return copy


def test_defaults_that_say_the_same_make_no_new_version(db):
    assert [one.pk for one in load_pathways()] == [one.pk for one in load_pathways()]
    assert set(PathwayVersion.objects.values_list("number", flat=True)) == {1}


def test_a_default_that_the_file_words_otherwise_is_a_new_version(file, ward, ward_lead):
    first = make_pathway_version()
    offer_pathway(ward=ward, version=first, by=ward_lead)
    told = json.loads(file.read_text())
    next(one for one in told["pathways"] if one["code"] == "frailty")["expected_days"] = 5
    file.write_text(json.dumps(told))
    load_pathways(at=MORNING)
    second = PathwayVersion.objects.in_force().default().get(pathway="frailty")
    assert (second.number, second.expected_days, second.based_on) == (2, 5, first)
    assert PathwayVersion.objects.get(pk=first.pk).retired_at == MORNING
    assert version_for(ward, first.pathway) == first
    assert version_for(make_ward("RT5-elsewhere"), first.pathway) == second


def test_only_the_wards_lead_says_what_it_offers(ward, ward_nurse, ward_doctor, other_nurse):
    version = make_pathway_version()
    for who in (ward_nurse, ward_doctor, other_nurse):
        with pytest.raises(PermissionDenied):
            offer_pathway(ward=ward, version=version, by=who)
        with pytest.raises(PermissionDenied):
            stop_offering(ward=ward, pathway=version.pathway, by=who)


def test_another_wards_version_is_not_offered(ward, ward_lead):
    theirs = own_version(make_ward("RT5-elsewhere"), ward_lead)
    with pytest.raises(ValidationError, match="another ward"):
        offer_pathway(ward=ward, version=theirs, by=ward_lead)


def test_who_is_on_a_pathway_stays_when_it_is_offered_no_more(ward, ward_lead):
    own = own_version(ward, ward_lead)
    offer_pathway(ward=ward, version=own, by=ward_lead)
    admission = make_admission(ward=ward)
    accepted = make_referral(ward=ward, accepted=True)
    stop_offering(ward=ward, pathway=own.pathway, by=ward_lead)
    admission.refresh_from_db()
    assert admission.pathway_version == own
    assert not _takes(ward, own.pathway)
    assert make_admission(referral=accepted).pathway_version == own
    assert versions_of([accepted])[accepted.pk] == own
    assert AuditEvent.objects.filter(verb="pathway-stopped").count() == 1


def test_a_ward_that_named_none_takes_the_others_as_before(ward, ward_lead):
    own = own_version(ward, ward_lead)
    copd = Pathway.objects.get(code="copd")
    offer_pathway(ward=ward, version=own, by=ward_lead)
    assert _takes(ward, copd)
    stop_offering(ward=ward, pathway=copd, by=ward_lead)
    assert not _takes(ward, copd)
    assert version_for(ward, own.pathway) == own


def test_a_ward_offers_at_least_one(ward, ward_lead):
    version = make_pathway_version()
    offer_pathway(ward=ward, version=version, by=None)
    with pytest.raises(ValidationError, match="at least one"):
        stop_offering(ward=ward, pathway=version.pathway, by=ward_lead)
    assert WardPathway.objects.filter(ward=ward).count() == 1


def test_offering_the_same_twice_is_offering_once(ward, ward_lead):
    version = make_pathway_version()
    for _ in range(2):
        offer_pathway(ward=ward, version=version, by=ward_lead)
    assert AuditEvent.objects.filter(verb="pathway-offered").count() == 1
