"""A draft of a ward's next version: begun, edited, compared with what is in force, published."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import User
from accounts.policies import signed_in
from capacity.models import Ward
from patients.actions.plans import version_for
from patients.models import Pathway, PathwayDraft, PathwayVersion
from patients.policies import check_can_edit_pathways, is_senior_on, seniors_on
from patients.views.acting import attempt, form_page
from patients.views.asking import caring_ward, posted
from rounds.actions.pathways import (
    StaleDraftError,
    discard_draft,
    publish_draft,
    save_draft,
    start_draft,
)
from rounds.forms.pathways.draft import DraftForm
from rounds.forms.pathways.publishing import PublishForm
from rounds.pathways.checks import problems
from rounds.pathways.comparing import compare, loosened
from rounds.pathways.contents import Content
from rounds.pathways.rehearsing import rehearse_draft
from rounds.pathways.shelf import drafts_of
from rounds.presenters.pathways.drafts import DraftPresenter, PublishPresenter
from rounds.views.asking import READ_OR_POST


def _editor(request: HttpRequest, code: str) -> tuple[User, Ward]:
    user = signed_in(request)
    ward = caring_ward(user, code)
    check_can_edit_pathways(user, ward)
    return user, ward


def _number(request: HttpRequest, name: str) -> int | None:
    told = request.POST.get(name, "")
    return int(told) if told.isascii() and told.isdigit() and len(told) < 10 else None


@require_POST
def pathway_begin(request: HttpRequest, code: str, pathway: str) -> HttpResponseBase:
    """`based_on` is a version's id; without it the version in force."""
    user, ward = _editor(request, code)
    found = get_object_or_404(Pathway, pk=pathway)
    chosen = _number(request, "based_on")
    based_on = None
    if chosen is not None:
        own = PathwayVersion.objects.filter(Q(ward=None) | Q(ward=ward), pathway=found)
        based_on = get_object_or_404(own, pk=chosen)
    start_draft(ward=ward, pathway=found, based_on=based_on, by=user)
    return redirect("rounds:pathway-edit", code=code, pathway=pathway)


@require_http_methods(READ_OR_POST)
def pathway_edit(request: HttpRequest, code: str, pathway: str) -> HttpResponseBase:
    user, ward = _editor(request, code)
    draft = drafts_of(ward).filter(pathway=pathway).first()
    if draft is None:
        return _gone(request, code, pathway)
    form = DraftForm(posted(request), content=Content.of(draft))
    if not form.is_valid():
        return _draft_page(request, form, draft, seen=_number(request, "seen"))
    try:
        _save(request, form, draft, user)
    except StaleDraftError as stale:
        form.add_error(None, stale.message)
        return _draft_page(request, form, stale.draft, seen=_number(request, "seen"), stale=True)
    if "compare" in request.POST:
        return redirect("rounds:pathway-publish", code=code, pathway=pathway)
    messages.success(request, f"The draft of {draft.pathway} is saved. Nobody works by it yet.")
    return redirect("rounds:pathway-edit", code=code, pathway=pathway)


def _save(request: HttpRequest, form: DraftForm, draft: PathwayDraft, user: User) -> None:
    """`over` is the revision of somebody else that was shown, and is replaced knowingly."""
    seen = _number(request, "over") or _number(request, "seen") or 0
    save_draft(draft=draft, content=form.content(), seen=seen, by=user)


def _draft_page(
    request: HttpRequest,
    form: DraftForm,
    draft: PathwayDraft,
    *,
    seen: int | None,
    stale: bool = False,
) -> HttpResponseBase:
    theirs = compare(Content.of(draft), form.content()) if stale else []
    shown = DraftPresenter(
        draft,
        seen=draft.revision if seen is None else seen,
        problems=[] if form.is_bound else problems(Content.of(draft)),
        theirs=theirs,
        stale=stale,
    )
    return form_page(request, "rounds/pathway_edit.html", form, draft=shown, ward=draft.ward)


@require_POST
def pathway_discard(request: HttpRequest, code: str, pathway: str) -> HttpResponseBase:
    user, ward = _editor(request, code)
    draft = drafts_of(ward).filter(pathway=pathway).first()
    if draft is None:
        return _gone(request, code, pathway)
    try:
        discard_draft(draft=draft, seen=_number(request, "seen") or 0, by=user)
    except StaleDraftError as stale:
        messages.error(request, f"{stale.message} It is kept.")
        return redirect("rounds:pathway-edit", code=code, pathway=pathway)
    messages.success(request, f"The draft of {draft.pathway} is discarded.")
    return redirect("rounds:pathway-detail", code=code, pathway=pathway)


@require_http_methods(READ_OR_POST)
def pathway_publish(request: HttpRequest, code: str, pathway: str) -> HttpResponseBase:
    user, ward = _editor(request, code)
    draft = drafts_of(ward).filter(pathway=pathway).first()
    if draft is None:
        return _gone(request, code, pathway)
    before = version_for(ward, draft.pathway)
    wrong = problems(Content.of(draft))
    differences = [] if wrong else compare(Content.of(before), Content.of(draft))
    needs_senior = loosened(differences) and not is_senior_on(user, ward)
    form = PublishForm(posted(request), seniors=seniors_on(ward), needs_senior=needs_senior)
    if form.is_valid() and attempt(form, lambda: _publish(request, form, draft, user)):
        messages.success(request, f"New admissions on {draft.pathway} begin on this version.")
        return redirect("rounds:pathway-detail", code=code, pathway=pathway)
    rehearsed = rehearse_draft(draft, before, at=timezone.now()) if differences else None
    shown = PublishPresenter(
        draft, before, differences=differences, problems=wrong, rehearsed=rehearsed
    )
    return form_page(request, "rounds/pathway_publish.html", form, draft=shown, ward=ward)


def _publish(request: HttpRequest, form: PublishForm, draft: PathwayDraft, user: User) -> None:
    publish_draft(
        draft=draft,
        seen=_number(request, "seen") or 0,
        against=_number(request, "against") or 0,
        by=user,
        **form.cleaned_data,
    )


def _gone(request: HttpRequest, code: str, pathway: str) -> HttpResponseBase:
    """Sent twice, or finished by somebody else: what became of it is on the pathway's page."""
    get_object_or_404(Pathway, pk=pathway)
    messages.info(request, "There is no draft: it was published or discarded, or never begun.")
    return redirect("rounds:pathway-detail", code=code, pathway=pathway)
