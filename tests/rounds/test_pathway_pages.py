"""A ward's pathways in the browser: read, drafted in plain fields, compared, published."""

import pytest
from django.urls import reverse

from patients.actions.plans import version_for
from patients.models import PathwayDraft, PathwayVersion
from rounds.actions.pathways import save_draft, start_draft
from rounds.forms.pathways.draft import DraftForm
from rounds.pathways.comparing import compare
from rounds.pathways.contents import Content
from tests.capacity.factories import make_ward
from tests.patients.factories import make_admission, make_pathway_version

pytestmark = pytest.mark.django_db


def at(name, ward, pathway="frailty", **more):
    kwargs = {"code": ward.code, **({"pathway": pathway} if pathway else {}), **more}
    return reverse(f"rounds:pathway-{name}", kwargs=kwargs)


def typed(form: DraftForm) -> dict[str, object]:
    """What a browser sends of a form that nobody touched."""
    values = {name: form[name].value() for name in form.fields}
    return {name: "" if value is None else str(value) for name, value in values.items()}


@pytest.fixture
def lead(signed_in, ward_lead):
    return signed_in(ward_lead)


@pytest.fixture
def draft(ward, ward_lead):
    return start_draft(ward=ward, pathway=make_pathway_version().pathway, by=ward_lead)


def sent(draft, **changed):
    told = typed(DraftForm(content=Content.of(draft)))
    assert set(changed) <= set(told) | {"more", "compare", "over", "seen"}
    return {**told, "seen": draft.revision, **changed}


@pytest.mark.parametrize("code", ["frailty", "diabetes", "heart-failure", "paediatric", "copd"])
def test_a_draft_that_nobody_touched_says_what_it_said(code):
    before = Content.of(make_pathway_version(code))
    form = DraftForm(typed(DraftForm(content=before)), content=before)
    assert form.is_valid(), form.errors
    assert compare(before, form.content()) == []


def test_the_list_says_what_the_ward_offers_and_on_which_version(signed_in, ward_nurse, ward):
    make_admission(ward=ward)
    page = signed_in(ward_nurse).get(at("list", ward, None)).content.decode()
    assert "Frailty" in page
    assert "the default, version 1" in page
    assert "1 patient" in page
    assert "Draft a new" not in page


def test_a_pathway_is_read_in_plain_words(signed_in, ward_nurse, ward):
    make_pathway_version()
    page = signed_in(ward_nurse).get(at("detail", ward, "heart-failure")).content.decode()
    assert "prompt: gain of 2 kg or more in 48 h" in page
    assert "08:00, 18:00" in page
    assert "prompt when not alert" in page
    assert "emergency from 7, urgent from 5" in page
    assert "Draft" not in page


def test_another_wards_version_is_nobodys_to_read(lead, ward, draft):
    foreign = PathwayVersion.objects.create(
        pathway=draft.pathway,
        ward=make_ward("RT5-elsewhere"),
        number=1,
        reason="Theirs",
        published_at="2026-01-01T00:00Z",
        published_by=draft.saved_by,
    )
    assert lead.get(at("version", ward, pk=foreign.pk)).status_code == 404
    begun = lead.post(at("begin", ward), {"based_on": foreign.pk})
    assert begun.status_code == 404


def test_every_field_of_a_draft_stands_on_its_page(lead, ward, ward_lead):
    pathway = make_pathway_version("heart-failure").pathway
    draft = start_draft(ward=ward, pathway=pathway, by=ward_lead)
    page = lead.get(at("edit", ward, "heart-failure")).content.decode()
    missing = [name for name in sent(draft) if f'name="{name}"' not in page]
    assert missing == []


def test_from_the_list_to_a_published_version(lead, ward, ward_doctor):
    make_pathway_version()
    page = lead.post(at("begin", ward), follow=True)
    assert "Draft: Frailty" in page.content.decode()
    draft = PathwayDraft.objects.get()
    changed = sent(draft, spo2_prompt_low="90", expected_days="5", compare="1")
    page = lead.post(at("edit", ward), changed, follow=True)
    told = page.content.decode()
    assert "2 things change" in told
    assert "prompt below 92 %" in told
    assert "prompt below 90 %" in told
    shown = page.context["draft"]
    known = {"seen": shown.seen, "against": shown.against, "reason": "Usual here"}
    refused = lead.post(at("publish", ward), known)
    assert refused.status_code == 422
    assert "needs a senior" in refused.content.decode()
    assert "Usual here" in refused.content.decode()
    done = lead.post(at("publish", ward), known | {"agreed_by": ward_doctor.pk}, follow=True)
    assert "version 1 of this ward" in done.content.decode()
    assert version_for(ward, draft.pathway).expected_days == 5


def test_before_publishing_it_is_tried_on_the_last_week(lead, ward, draft):
    lead.post(at("edit", ward), sent(draft, spo2_prompt_low="95"))
    nobody = lead.get(at("publish", ward)).content.decode()
    assert "Nobody was on this pathway" in nobody
    make_admission(ward=ward)
    told = lead.get(at("publish", ward)).content.decode()
    assert "(1 patient here)" in told
    assert "opened 0 alerts for 0 patients; the version in force, 0 alerts" in told


def test_publishing_twice_says_that_it_is_done(lead, ward, draft, ward_lead):
    lead.post(at("edit", ward), sent(draft, expected_days="5"))
    known = {"seen": 2, "against": version_for(ward, draft.pathway).pk, "reason": "Shorter"}
    pages = [lead.post(at("publish", ward), known, follow=True) for _ in range(2)]
    assert [page.status_code for page in pages] == [200, 200]
    assert "There is no draft" in pages[1].content.decode()
    assert PathwayVersion.objects.filter(ward=ward).count() == 1


def test_what_was_compared_must_still_be_so(lead, ward, draft):
    lead.post(at("edit", ward), sent(draft, expected_days="5"))
    known = {"seen": 1, "against": version_for(ward, draft.pathway).pk, "reason": "Shorter"}
    refused = lead.post(at("publish", ward), known)
    assert refused.status_code == 422
    assert "changed since you looked" in refused.content.decode()
    assert refused.context["draft"].seen == 2


WRONG = [
    ({"spo2_times": "8 o'clock"}, "spo2_times", "Write times like"),
    ({"spo2_every": "4"}, "spo2_every", "not both"),
    ({"pulse_prompt_low": "forty"}, "pulse_prompt_low", "Enter a number"),
    ({"pulse_prompt_low": "140"}, "pulse_prompt_low", "above the highest"),
    ({"expected_days": "20"}, "limit_days", "not before"),
    ({"expected_days": "soon"}, "expected_days", "whole number"),
    ({"criterion_0_label": ""}, "criterion_0_label", "Say what is asked"),
    ({"criterion_0_min": "", "criterion_0_consider_min": ""}, "criterion_0_min", "from what"),
    ({"criterion_0_consider_min": "70"}, "criterion_0_consider_min", "below what is met"),
    ({"change_0_kind": "weight", "change_0_hours": "48"}, "change_0_by", "how much"),
    ({"change_0_by": "2", "change_0_hours": "48"}, "change_0_kind", "which reading"),
    ({"rise_by": "2"}, "rise_hours", "within how long"),
    ({"urgent": "9"}, "urgent", "no later"),
    ({"emergency": "13"}, "emergency", "switched off"),
    ({"default_mode": "comfort"}, "default_mode", "valid choice"),
]


@pytest.mark.parametrize(("changed", "field", "words"), WRONG)
def test_what_is_wrong_stands_beside_the_field_and_stays_typed(
    lead, ward, draft, changed, field, words
):
    page = lead.post(at("edit", ward), sent(draft, response_low="Typed this", **changed))
    assert page.status_code == 422
    form = page.context["form"]
    assert words in " ".join(form.errors[field])
    assert f'href="#id_{field}' in page.content.decode()
    assert form["response_low"].value() == "Typed this"
    assert {name: form[name].value() for name in changed} == changed
    assert PathwayDraft.objects.get().revision == 1


def test_an_unfinished_draft_is_kept_and_says_what_is_missing(lead, ward, draft):
    changed = sent(draft, weight_times="08:00", response_high="")
    page = lead.post(at("edit", ward), changed, follow=True).content.decode()
    assert PathwayDraft.objects.get().schedule["weight"] == {"times": ["08:00"]}
    assert 'href="#id_weight_prompt_low"' in page
    assert "nothing watches it" in page
    told = lead.get(at("publish", ward)).content.decode()
    assert "cannot be published yet" in told
    assert 'name="reason"' not in told


def test_more_rows_keep_what_was_typed(lead, ward, draft):
    count = len(draft.criteria) + 2
    typed_so = sent(draft, criterion_0_label="How old", more="criterion")
    page = lead.post(at("edit", ward), typed_so)
    assert page.status_code == 200
    assert len(page.context["form"].criteria_lines()) == count + 3
    assert "How old" in page.content.decode()
    assert PathwayDraft.objects.get().revision == 1


def test_the_second_of_two_sees_both_and_chooses(lead, ward, draft, ward_lead):
    theirs = Content.of(draft)
    save_draft(
        draft=draft,
        content=Content(**{**theirs.as_fields(), "expected_days": 5}),
        seen=1,
        by=ward_lead,
    )
    mine = sent(draft, expected_days="9", seen=1)
    page = lead.post(at("edit", ward), mine)
    assert page.status_code == 422
    told = page.content.decode()
    assert "Save mine in place of theirs" in told
    assert page.context["form"]["expected_days"].value() == "9"
    assert PathwayDraft.objects.get().expected_days == 5
    lead.post(at("edit", ward), mine | {"over": page.context["draft"].revision})
    assert PathwayDraft.objects.get().expected_days == 9


def test_a_question_that_is_emptied_is_asked_no_more_and_a_new_one_has_a_key(lead, ward, draft):
    last = len(draft.criteria)
    changed = {f"criterion_0_{box}": "" for box in ("label", "min", "consider_min", "unit")}
    new = {f"criterion_{last}_label": "Has a fridge", f"criterion_{last}_kind": "yes_no"}
    lead.post(at("edit", ward), sent(draft, **changed, **new))
    asked = PathwayDraft.objects.get().criteria
    assert "age" not in [one["key"] for one in asked]
    assert asked[-1] == {
        "key": "has_a_fridge",
        "label": "Has a fridge",
        "kind": "yes_no",
        "want": True,
    }


def test_offering_and_stopping(lead, ward):
    make_pathway_version()
    page = lead.post(at("stop", ward, "copd"), follow=True).content.decode()
    assert "offers COPD no more" in page or "offers Chronic" in page
    assert not ward.pathways.filter(pathway="copd").exists()
    lead.post(at("offer", ward, "copd"))
    assert ward.pathways.filter(pathway="copd").exists()


def test_the_list_costs_the_same_however_many_there_are(
    lead, ward, draft, django_assert_max_num_queries
):
    with django_assert_max_num_queries(16):
        lead.get(at("list", ward, None))
