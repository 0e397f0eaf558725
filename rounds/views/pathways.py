"""A ward's pathways: read by whoever cares there, offered and stopped by its lead."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import User
from accounts.policies import signed_in
from capacity.models import Ward
from patients.actions.pathways import offer_pathway, stop_offering
from patients.models import PathwayVersion
from patients.policies import (
    can_edit_pathways,
    check_can_edit_pathways,
    is_senior_on,
    seniors_on,
)
from patients.presenters.words import named
from patients.views.acting import attempt, done, form_page
from patients.views.asking import caring_ward, posted
from rounds.actions.pathway_moves import move_to_version
from rounds.forms.pathways.publishing import MoveForm
from rounds.pathways.shelf import Shelf, offered_versions, shelves, versions_of
from rounds.presenters.pathways.moves import MovePresenter
from rounds.presenters.pathways.shelves import ShelfPresenter
from rounds.presenters.pathways.versions import VersionPresenter, version_rows
from rounds.views.asking import READ_OR_POST, treated


@require_safe
def pathway_list(request: HttpRequest, code: str) -> HttpResponse:
    user = signed_in(request)
    ward = caring_ward(user, code)
    may_edit = can_edit_pathways(user, ward)
    shown = [ShelfPresenter(shelf, ward, may_edit=may_edit) for shelf in shelves(ward)]
    told = {
        "ward": ward,
        "may_edit": may_edit,
        "offered": [one for one in shown if one.offered],
        "others": [one for one in shown if not one.offered],
    }
    return render(request, "rounds/pathway_list.html", told)


@require_safe
def pathway_detail(request: HttpRequest, code: str, pathway: str) -> HttpResponse:
    """What a new admission begins on."""
    user = signed_in(request)
    ward = caring_ward(user, code)
    shelf = shelf_of(ward, pathway)
    return _version_page(request, user, ward, shelf, shelf.version)


@require_safe
def pathway_version(request: HttpRequest, code: str, pathway: str, pk: int) -> HttpResponse:
    user = signed_in(request)
    ward = caring_ward(user, code)
    shelf = shelf_of(ward, pathway)
    version = get_object_or_404(versions_of(ward, shelf.pathway), pk=pk)
    return _version_page(request, user, ward, shelf, version)


def shelf_of(ward: Ward, pathway: str) -> Shelf:
    found = next((one for one in shelves(ward) if one.pathway.pk == pathway), None)
    if found is None:
        raise Http404("No such pathway.")
    return found


def _version_page(
    request: HttpRequest, user: User, ward: Ward, shelf: Shelf, version: PathwayVersion
) -> HttpResponse:
    versions = list(versions_of(ward, shelf.pathway))
    told = {
        "ward": ward,
        "may_edit": can_edit_pathways(user, ward),
        "shelf": ShelfPresenter(shelf, ward, may_edit=can_edit_pathways(user, ward)),
        "pathway": shelf.pathway,
        "version": VersionPresenter(version),
        "is_in_force": version.pk == shelf.version.pk,
        "versions": version_rows(versions, shelf, ward, shown=version),
        "differences": shelf.differences if version.pk == shelf.version.pk else [],
    }
    return render(request, "rounds/pathway_detail.html", told)


@require_POST
def pathway_offer(request: HttpRequest, code: str, pathway: str) -> HttpResponseBase:
    """On the version that the ward had last, or the default."""
    user, ward, shelf = _changing(request, code, pathway)
    offer_pathway(ward=ward, version=shelf.version, by=user)
    messages.success(request, f"{ward.name} offers {shelf.pathway}.")
    return redirect("rounds:pathway-list", code=code)


@require_POST
def pathway_stop(request: HttpRequest, code: str, pathway: str) -> HttpResponseBase:
    user, ward, shelf = _changing(request, code, pathway)
    try:
        stop_offering(ward=ward, pathway=shelf.pathway, by=user)
    except ValidationError as refused:
        messages.error(request, refused.message)
        return redirect("rounds:pathway-detail", code=code, pathway=pathway)
    words = f"{ward.name} offers {shelf.pathway} no more. Who is on it stays."
    messages.success(request, words)
    return redirect("rounds:pathway-list", code=code)


def _changing(request: HttpRequest, code: str, pathway: str) -> tuple[User, Ward, Shelf]:
    user = signed_in(request)
    ward = caring_ward(user, code)
    check_can_edit_pathways(user, ward)
    return user, ward, shelf_of(ward, pathway)


@require_http_methods(READ_OR_POST)
def pathway_change(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """Of one patient, to another version that the ward offers."""
    user, admission = treated(request, pk)
    others = offered_versions(admission.ward).exclude(pk=admission.pathway_version_id)
    form = MoveForm(posted(request), versions=others, seniors=seniors_on(admission.ward))
    if form.is_valid() and attempt(
        form, lambda: move_to_version(admission=admission, by=user, **form.cleaned_data)
    ):
        return done(request, admission, f"{named(admission.patient)} goes on with another version.")
    earlier = admission.earlier_pathways.select_related("version__pathway", "moved_by", "agreed_by")
    senior = is_senior_on(user, admission.ward)
    shown = MovePresenter(admission, list(others), earlier=earlier, senior=senior)
    return form_page(request, "rounds/pathway_change.html", form, move=shown)
