"""A patient goes on with another version: the plan follows, what was agreed for them stays."""

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from accounts.models import AuditEvent
from capacity.models import Stay
from observations import lookups
from observations.judgement.plans import plans_of
from observations.rulesets import Change, Limit
from patients.actions.agreement import NeedsSenior
from patients.actions.care import set_limit, set_times
from patients.actions.pathways import content_of, offer_pathway
from patients.models import EarlierPathway, PathwayVersion
from rounds.actions.pathway_moves import move_to_version
from rounds.pathways.contents import Content
from tests.patients.factories import MORNING, make_admission, make_pathway_version

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)
NOON = MORNING + 4 * HOUR
LATER = MORNING + 6 * HOUR


@pytest.fixture
def admission(ward):
    return make_admission(ward=ward, at=MORNING)


def version_of(ward, by, *, limits=(), changes=(), **told):
    """The ward's own, offered; the limits in the place of those of their kinds."""
    default = make_pathway_version()
    rules = Content.of(default).rules
    kinds = {limit.kind for limit in limits}
    kept = tuple(one for one in rules.limits if one.kind not in kinds)
    data = {"limits": [*kept, *limits], "changes": changes}
    ruleset = {name: [vars_of(one) for one in some] for name, some in data.items()}
    own = PathwayVersion.objects.filter(ward=ward)
    version = PathwayVersion.objects.create(
        **{**content_of(default), "ruleset": ruleset, **told},
        pathway=default.pathway,
        ward=ward,
        number=own.count() + 1,
        reason="Ours",
        published_at=MORNING,
        published_by=by,
    )
    offer_pathway(ward=ward, version=version, by=by)
    return version


def vars_of(rule):
    return {name: getattr(rule, name) for name in rule.__slots__}


def line(admission, kind="spo2", at=LATER + HOUR):
    return admission.plan_lines.at(at).get(kind=kind)


def move(admission, version, by, **told):
    return move_to_version(
        admission=admission, version=version, reason="Newer rules", by=by, at=LATER, **told
    )


TIGHTER = Limit("spo2", "prompt", low=94)


def test_lines_that_were_the_pathways_follow_and_those_before_stay(
    admission, ward, ward_lead, ward_nurse
):
    times = {"times": ["06:00", "12:00", "18:00"]}
    schedule = make_pathway_version().schedule | {"pulse": times, "weight": {"times": ["08:00"]}}
    own = version_of(
        ward, ward_lead, limits=[TIGHTER, Limit("weight", "prompt", low=40)], schedule=schedule
    )
    move(admission, own, ward_nurse)
    admission.refresh_from_db()
    assert admission.pathway_version == own
    assert (line(admission).low, line(admission).default_low, line(admission).reason) == (
        94,
        94,
        "",
    )
    assert line(admission, "pulse").times == ["06:00", "12:00", "18:00"]
    assert line(admission, "weight").low == 40
    assert line(admission, at=NOON).low == 92
    assert not admission.plan_lines.at(NOON).filter(kind="weight").exists()


def test_what_was_agreed_for_the_patient_stays(admission, ward, ward_lead, ward_nurse, ward_doctor):
    pulse: dict[str, Any] = {"kind": "pulse", "low": 41, "high": 120, "reason": "Beta blocker"}
    set_limit(admission=admission, **pulse, by=ward_nurse, at=NOON)
    loose: dict[str, Any] = {"kind": "spo2", "low": 88, "high": None, "reason": "Usual 89"}
    set_limit(admission=admission, **loose, by=ward_doctor, at=NOON)
    asked: dict[str, Any] = {"kind": "temperature", "times": ["09:00"], "reason": "Asked for"}
    set_times(admission=admission, **asked, by=ward_nurse, at=NOON)
    own = version_of(ward, ward_lead, limits=[TIGHTER])
    move(admission, own, ward_nurse)
    kept = line(admission)
    assert (kept.low, kept.agreed_by, kept.reason) == (88, ward_doctor, "Usual 89")
    assert (kept.expires_at, kept.default_low) == (NOON + 14 * 24 * HOUR, 94)
    assert line(admission, at=NOON + 15 * 24 * HOUR).low == 94
    assert (line(admission, "pulse").high, line(admission, "pulse").set_by) == (120, ward_nurse)
    assert line(admission, "temperature").times == ["09:00"]


def test_an_own_limit_that_nobody_senior_agreed_to_is_never_looser_than_the_pathway(
    admission, ward, ward_lead, ward_nurse
):
    tight: dict[str, Any] = {"kind": "spo2", "low": 93, "high": None, "reason": "Watch"}
    set_limit(admission=admission, **tight, by=ward_nurse, at=NOON)
    move(admission, version_of(ward, ward_lead, limits=[TIGHTER]), ward_nurse)
    assert line(admission).low == 94


def test_a_reading_asked_for_no_more_is_planned_no_more_unless_it_was_the_patients_own(
    admission, ward, ward_lead, ward_nurse, ward_doctor
):
    pulse: dict[str, Any] = {"kind": "pulse", "low": 41, "high": 120, "reason": "Beta blocker"}
    set_limit(admission=admission, **pulse, by=ward_nurse, at=NOON)
    fewer = {
        kind: when
        for kind, when in make_pathway_version().schedule.items()
        if kind not in ("pulse", "temperature")
    }
    own = version_of(ward, ward_lead, schedule=fewer)
    move(admission, own, ward_nurse, agreed_by=ward_doctor)
    assert not admission.plan_lines.at(LATER + HOUR).filter(kind="temperature").exists()
    assert line(admission, "pulse").high == 120


def test_looser_care_needs_a_senior(admission, ward, ward_lead, ward_nurse, ward_doctor):
    own = version_of(ward, ward_lead, limits=[Limit("spo2", "prompt", low=90)])
    with pytest.raises(NeedsSenior):
        move(admission, own, ward_nurse)
    with pytest.raises(NeedsSenior):
        move(admission, own, ward_nurse, agreed_by=ward_lead)
    move(admission, own, ward_nurse, agreed_by=ward_doctor)
    earlier = EarlierPathway.objects.get()
    assert (earlier.agreed_by, earlier.ends, earlier.moved_by) == (ward_doctor, LATER, ward_nurse)
    assert AuditEvent.objects.filter(verb="pathway-changed").count() == 1


def test_what_was_measured_before_is_judged_by_the_rules_of_then(
    admission, ward, ward_lead, ward_nurse
):
    gain = Change("weight", 2, 48, "prompt")
    move(admission, version_of(ward, ward_lead, limits=[TIGHTER], changes=[gain]), ward_nurse)
    (facts,) = lookups.lock_admissions([admission.pk])
    plan = plans_of([facts])[admission.pk]
    before, after = plan.rules_at(NOON), plan.rules_at(LATER)
    assert (before.changes, after.changes) == ((), (gain,))
    assert TIGHTER in after.limits
    assert TIGHTER not in before.limits
    assert plan.ever.changes == (gain,)
    assert plan.as_at(NOON).rules_at(LATER).changes == ()
    assert plan.changed(NOON, LATER)


def test_the_figures_follow_to_another_pathway(admission, ward, ward_nurse, ward_doctor):
    copd = make_pathway_version("copd")
    bed = admission.spell.stays.get().bed
    move(admission, copd, ward_nurse, agreed_by=ward_doctor)
    before, now = admission.spell.stays.order_by("starts")
    assert (before.pathway, before.ends, before.end_reason) == ("frailty", LATER, "pathway_changed")
    assert (now.pathway, now.starts, now.bed, now.ends) == ("copd", LATER, bed, None)


def test_a_newer_version_of_the_same_pathway_moves_no_stay(admission, ward, ward_lead, ward_nurse):
    move(admission, version_of(ward, ward_lead, limits=[TIGHTER]), ward_nurse)
    assert Stay.objects.filter(spell=admission.spell).count() == 1


def test_only_to_a_version_that_the_ward_offers_and_by_who_treats(
    admission, ward, ward_lead, ward_nurse, other_nurse
):
    older = version_of(ward, ward_lead, limits=[TIGHTER])
    newer = version_of(ward, ward_lead, limits=[Limit("spo2", "prompt", low=95)])
    with pytest.raises(ValidationError, match="does not offer"):
        move(admission, older, ward_nurse)
    with pytest.raises(PermissionDenied):
        move(admission, newer, other_nurse)
    move(admission, newer, ward_nurse)
    with pytest.raises(ValidationError, match="is on this version"):
        move(admission, newer, ward_nurse)
    with pytest.raises(ValidationError, match="Say why"):
        move_to_version(admission=admission, version=newer, reason=" ", by=ward_nurse)


def test_the_page_says_what_would_change_and_keeps_what_was_typed(
    admission, ward, ward_lead, ward_nurse, ward_doctor, signed_in
):
    own = version_of(ward, ward_lead, limits=[Limit("spo2", "prompt", low=90)])
    url = reverse("rounds:pathway-change", args=[admission.pk])
    nurse = signed_in(ward_nurse)
    page = nurse.get(url).content.decode()
    assert "prompt below 90 %" in page
    refused = nurse.post(url, {"version": own.pk, "reason": "Their wish"})
    assert refused.status_code == 422
    assert "agreed_by" in refused.context["form"].errors
    assert "Their wish" in refused.content.decode()
    done = nurse.post(url, {"version": own.pk, "reason": "Their wish", "agreed_by": ward_doctor.pk})
    assert done.status_code == 302
    assert "Their wish" in nurse.get(url).content.decode()
