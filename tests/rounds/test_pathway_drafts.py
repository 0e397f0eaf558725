"""A ward's own versions: drafted, compared, agreed to where they loosen, published, kept."""

from dataclasses import replace

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from accounts.models import AuditEvent
from observations.judgement.plans import pathway_rules
from observations.rulesets import Change, Limit, Rise, Thresholds
from patients.actions.agreement import NeedsSenior
from patients.actions.pathways import content_of, offer_pathway
from patients.actions.plans import version_for
from patients.models import PathwayDraft, PathwayVersion
from rounds.actions.pathways import (
    ChangedSinceError,
    StaleDraftError,
    discard_draft,
    publish_draft,
    save_draft,
    start_draft,
)
from rounds.pathways.checks import problems
from rounds.pathways.comparing import compare, is_rarer, loosened
from rounds.pathways.contents import Content
from tests.capacity.factories import make_ward
from tests.patients.factories import make_admission, make_pathway_version

pytestmark = pytest.mark.django_db


@pytest.fixture
def default(db):
    return make_pathway_version()


@pytest.fixture
def draft(ward, default, ward_lead):
    return start_draft(ward=ward, pathway=default.pathway, by=ward_lead)


def worded(draft, **told):
    return replace(Content.of(draft), **told)


def ruled(content, **told):
    return replace(content, ruleset=replace(content.rules, **told).as_json())


def limited(content, *limits):
    """With these limits in the place of those of their kinds."""
    kinds = {limit.kind for limit in limits}
    kept = tuple(one for one in content.rules.limits if one.kind not in kinds)
    return ruled(content, limits=kept + limits)


TIGHTER = Limit("spo2", "prompt", low=94)
LOOSER = Limit("spo2", "prompt", low=90)


def saved(draft, content, by):
    return save_draft(draft=draft, content=content, seen=draft.revision, by=by)


def published(draft, by, **told):
    known = {"seen": draft.revision, "reason": "Agreed at our meeting"}
    against = version_for(draft.ward, draft.pathway).pk
    return publish_draft(draft=draft, by=by, **{"against": against, **known, **told})


def test_a_draft_begins_with_what_is_in_force_and_there_is_one(draft, default, ward, ward_lead):
    again = start_draft(ward=ward, pathway=default.pathway, by=ward_lead)
    assert again == draft
    assert content_of(draft) == content_of(default)
    assert AuditEvent.objects.filter(verb="pathway-draft-started").count() == 1


def test_only_the_lead_drafts(draft, ward_nurse, ward_doctor, other_nurse):
    for who in (ward_nurse, ward_doctor, other_nurse):
        with pytest.raises(PermissionDenied):
            start_draft(ward=draft.ward, pathway=draft.pathway, by=who)
        with pytest.raises(PermissionDenied):
            saved(draft, worded(draft, expected_days=5), who)
        with pytest.raises(PermissionDenied):
            published(draft, who)
        with pytest.raises(PermissionDenied):
            discard_draft(draft=draft, seen=1, by=who)


def test_a_draft_begins_with_no_other_wards_version(draft, ward_lead, default):
    theirs = make_ward("RT5-elsewhere")
    foreign = PathwayVersion.objects.create(
        **content_of(default),
        pathway=default.pathway,
        ward=theirs,
        number=1,
        reason="Theirs",
        published_at="2026-01-01T00:00Z",
        published_by=ward_lead,
    )
    with pytest.raises(PermissionDenied):
        start_draft(ward=draft.ward, pathway=draft.pathway, based_on=foreign, by=ward_lead)


def test_two_who_edit_one_draft_never_overwrite_silently(draft, ward_lead):
    saved(draft, worded(draft, expected_days=5), ward_lead)
    with pytest.raises(StaleDraftError, match="Marsh") as refused:
        save_draft(draft=draft, content=worded(draft, expected_days=9), seen=1, by=ward_lead)
    assert refused.value.draft.expected_days == 5
    with pytest.raises(StaleDraftError):
        discard_draft(draft=draft, seen=1, by=ward_lead)
    with pytest.raises(ChangedSinceError):
        published(draft, ward_lead, seen=1)


def test_saving_the_same_is_no_revision(draft, ward_lead):
    assert saved(draft, Content.of(draft), ward_lead).revision == 1


def test_discarding_leaves_what_is_in_force_and_a_history(draft, default, ward, ward_lead):
    draft = saved(draft, worded(draft, expected_days=5), ward_lead)
    discard_draft(draft=draft, seen=2, by=ward_lead)
    assert not PathwayDraft.objects.exists()
    assert version_for(ward, default.pathway) == default
    assert PathwayDraft.pgh_event_model.objects.filter(expected_days=5).exists()  # type: ignore[attr-defined]  # pghistory's
    with pytest.raises(ValidationError, match="meanwhile"):
        saved(draft, worded(draft, expected_days=6), ward_lead)


def test_an_admission_keeps_the_version_it_began_on(draft, default, ward, ward_lead):
    before = make_admission(ward=ward)
    lines = list(before.plan_lines.order_by("pk").values())
    draft = saved(draft, limited(worded(draft, expected_days=5), TIGHTER), ward_lead)
    version = published(draft, ward_lead)
    after = make_admission(ward=ward)
    before.refresh_from_db()
    assert (before.pathway_version, after.pathway_version) == (default, version)
    assert list(before.plan_lines.order_by("pk").values()) == lines
    assert after.plan_lines.get(kind="spo2").low == 94
    assert (version.number, version.based_on, version.agreed_by) == (1, default, None)
    assert TIGHTER in pathway_rules(version.pk).limits
    assert not PathwayDraft.objects.exists()


def test_the_next_version_retires_the_one_before_of_this_ward_only(draft, default, ward, ward_lead):
    first = published(saved(draft, worded(draft, expected_days=5), ward_lead), ward_lead)
    again = start_draft(ward=ward, pathway=default.pathway, by=ward_lead)
    assert again.based_on == first
    second = published(saved(again, worded(again, expected_days=6), ward_lead), ward_lead)
    first.refresh_from_db()
    default.refresh_from_db()
    assert (second.number, first.retired_at, default.retired_at) == (2, second.published_at, None)
    assert ward.pathways.get(pathway=default.pathway).version == second
    older = start_draft(ward=ward, pathway=default.pathway, based_on=first, by=ward_lead)
    assert older.expected_days == 5


def test_looser_needs_a_senior_or_their_recorded_agreement(
    draft, ward_lead, ward_doctor, ward_nurse
):
    draft = saved(draft, limited(Content.of(draft), LOOSER), ward_lead)
    for agreed_by in (None, ward_nurse):
        with pytest.raises(NeedsSenior):
            published(draft, ward_lead, agreed_by=agreed_by)
    assert published(draft, ward_lead, agreed_by=ward_doctor).agreed_by == ward_doctor


def test_a_version_says_why_and_changes_something(draft, ward_lead):
    with pytest.raises(ValidationError, match="Say why"):
        published(draft, ward_lead, reason=" ")
    with pytest.raises(ValidationError, match="says what"):
        published(draft, ward_lead)


def test_publishing_twice_publishes_once(draft, ward_lead):
    draft = saved(draft, worded(draft, expected_days=5), ward_lead)
    published(draft, ward_lead)
    with pytest.raises(ValidationError, match="meanwhile"):
        published(draft, ward_lead)
    assert PathwayVersion.objects.filter(ward=draft.ward).count() == 1


def test_what_was_compared_is_what_is_replaced(draft, default, ward, ward_lead, ward_doctor):
    draft = saved(draft, limited(Content.of(draft), LOOSER), ward_lead)
    with pytest.raises(ChangedSinceError):
        published(draft, ward_lead, against=default.pk + 1, agreed_by=ward_doctor)


def test_publishing_on_a_ward_that_named_no_pathways_stops_none(draft, ward, ward_lead):
    published(saved(draft, worded(draft, expected_days=5), ward_lead), ward_lead)
    assert ward.pathways.count() == PathwayVersion.objects.default().in_force().count()


# What stands in the way of publishing

UNFINISHED = [
    ({"schedule": {}}, {}, "spo2_times"),
    ({"schedule": {"weight": {"times": ["08:00"]}}}, {}, "weight_prompt_low"),
    ({"criteria": []}, {}, "criterion_0_label"),
    ({"responses": {}}, {}, "response_high"),
    ({"default_mode": "comfort"}, {}, "default_mode"),
    ({"default_mode": "news2_scale2"}, {}, "default_mode"),
    ({"limit_days": 3}, {}, "limit_days"),
    ({"ruleset": {"limit": []}}, {}, ""),
    ({}, {"thresholds": Thresholds(emergency=8)}, "emergency"),
    ({}, {"thresholds": Thresholds(emergency=7, urgent=6)}, "urgent"),
    ({}, {"thresholds": Thresholds(quiet_threes=("spo2",))}, "emergency"),
]


@pytest.mark.parametrize(("told", "rules", "field"), UNFINISHED)
def test_what_nothing_watches_or_nobody_may_decide_is_not_published(
    draft, ward_lead, ward_doctor, told, rules, field
):
    content = worded(draft, **told)
    content = ruled(content, **rules) if rules else content
    assert field in {one.field for one in problems(content)}
    PathwayDraft.objects.filter(pk=draft.pk).update(**content.as_fields())
    with pytest.raises(ValidationError):
        published(draft, ward_lead, agreed_by=ward_doctor)


@pytest.mark.parametrize(
    ("limits", "field"),
    [
        ([Limit("spo2", "prompt", low=20)], "spo2_prompt_low"),
        ([Limit("pulse", "prompt", high=300)], "pulse_prompt_high"),
        ([Limit("spo2", "prompt", low=90), Limit("spo2", "urgent", low=92)], "spo2_urgent_low"),
        (
            [Limit("pulse", "prompt", high=120), Limit("pulse", "urgent", high=110)],
            "pulse_urgent_high",
        ),
    ],
)
def test_a_limit_that_never_speaks_is_told_beside_it(draft, limits, field):
    assert [one.field for one in problems(limited(Content.of(draft), *limits))] == [field]


@pytest.mark.parametrize("code", ["frailty", "diabetes", "paediatric", "palliative", "opat"])
def test_every_default_could_be_published(code):
    assert problems(Content.of(make_pathway_version(code))) == []


# What changes, and whether that is looser

TWICE = {"times": ["08:00", "18:00"]}
RHYTHMS = [
    (TWICE, TWICE, False),
    (TWICE, {"times": ["08:00"]}, True),
    (TWICE, {"times": ["07:30", "12:00", "17:00"]}, True),  # 14 h 30 until 07:30
    (TWICE, {"times": ["06:00", "12:00", "18:00"]}, False),
    (TWICE, {"every_hours": 12}, False),
    ({"every_hours": 4}, {"every_hours": 6}, True),
    ({"every_hours": 4}, None, True),
    (None, {"times": ["08:00"]}, False),
    (TWICE, {"times": ["08:00", "09:00"]}, True),
]


@pytest.mark.parametrize(("was", "now", "rarer"), RHYTHMS)
def test_fewer_readings_or_longer_waits_are_looser(was, now, rarer):
    assert is_rarer(was, now) == rarer


def without(criteria, key):
    return [one for one in criteria if one["key"] != key]


def changed(criteria, key, **told):
    return [{**one, **told} if one["key"] == key else one for one in criteria]


CHANGES = [
    (lambda one: replace(one, expected_days=5), "Expected days", False),
    (lambda one: replace(one, limit_days=21), "Limit of days", False),
    (lambda one: replace(one, default_mode="limits_only"), "How readings are judged", True),
    (lambda one: replace(one, criteria=without(one.criteria, "cfs")), "Clinical Frailty", True),
    (lambda one: replace(one, criteria=changed(one.criteria, "cfs", max=9)), "Frailty", True),
    (lambda one: replace(one, criteria=changed(one.criteria, "cfs", max=7)), "Frailty", False),
    (lambda one: replace(one, criteria=changed(one.criteria, "acute", want=False)), "Acute", True),
    (lambda one: limited(one, TIGHTER), "Oxygen saturation", False),
    (lambda one: limited(one, LOOSER), "Oxygen saturation", True),
    (lambda one: ruled(one, rise=Rise()), "Rise of NEWS2", False),
    (lambda one: ruled(one, thresholds=Thresholds(6, 4)), "NEWS2 rings", False),
    (lambda one: ruled(one, changes=(Change("weight", 2, 48, "prompt"),)), "Weight", False),
    (lambda one: replace(one, responses={**one.responses, "high": "Ring"}), "Emergency", True),
]


@pytest.mark.parametrize(("change", "what", "looser"), CHANGES)
def test_each_change_is_named_and_weighed(draft, change, what, looser):
    before = Content.of(draft)
    (one,) = compare(before, change(before))
    assert what in one.what
    assert one.was != one.now
    assert loosened([one]) == looser


def test_what_is_taken_back_is_looser_again(draft):
    before = Content.of(draft)
    for change in (
        {"rise": Rise()},
        {"thresholds": Thresholds(6, 4)},
        {"changes": (Change("weight", 2, 48, "prompt"),)},
    ):
        assert loosened(compare(ruled(before, **change), before))


def test_an_own_version_is_kept_when_the_pathway_is_offered_again(draft, ward, ward_lead):
    own = published(saved(draft, worded(draft, expected_days=5), ward_lead), ward_lead)
    offer_pathway(ward=ward, version=version_for(ward, own.pathway), by=ward_lead)
    assert version_for(ward, own.pathway) == own
