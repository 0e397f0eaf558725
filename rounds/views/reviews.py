"""Writing down a review, correcting one, and readings told on the phone."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.models import User
from accounts.policies import signed_in
from lib.addresses import address
from patients.models import Admission
from patients.presenters.words import named
from patients.views.acting import attempt, form_page
from rounds.actions.phoning import phone_readings
from rounds.actions.reviews import ReviewedMeanwhileError, correct_review, withdraw_review
from rounds.forms.readings import ReadingsForm
from rounds.forms.reviews import CorrectionForm, WithdrawForm
from rounds.models import Review
from rounds.policies import check_can_correct_review
from rounds.presenters.round_twice import meanwhile
from rounds.presenters.withdrawing import decided_with, not_reviewed
from rounds.views.asking import READ_OR_POST, back, on_screen, treated
from rounds.views.deciding import Deciding, deciding


@require_http_methods(READ_OR_POST)
def review_create(request: HttpRequest, pk: uuid.UUID) -> HttpResponseBase:
    """The round's screen for one patient alone."""
    user, admission = treated(request, pk)
    return deciding(
        Deciding(
            request=request,
            user=user,
            admission=on_screen(user, admission.pk),
            at=timezone.now(),
            here=address("rounds:review-create", pk),
            then=lambda: address("rounds:patient-detail", pk),
            told={"back_url": address("rounds:patient-detail", pk)},
        )
    )


@require_http_methods(READ_OR_POST)
def review_correct(request: HttpRequest, pk: uuid.UUID) -> HttpResponseBase:
    """A new row that points at the old one; whoever comes second sees the first correction."""
    user, at = signed_in(request), timezone.now()
    wrong = _review(user, pk)
    check_can_correct_review(user, wrong, at=at)
    form = CorrectionForm(request.POST or None, initial=_as_written(wrong))
    told = {"review": wrong, "named": named(wrong.admission.patient), "user_key": user.pk}
    told["back_url"] = address("rounds:patient-detail", wrong.admission_id)
    if form.is_valid():
        try:
            written = attempt(form, lambda: _correct(wrong, form, user))
        except ReviewedMeanwhileError as refused:
            again = CorrectionForm(_again(request.POST))
            told |= {"theirs": meanwhile(refused.reviews, user, at), "newest": refused.reviews[0]}
            return render(
                request, "rounds/review_correct.html", {"form": again, **told}, status=409
            )
        if written:
            messages.success(request, "The review is corrected; both stand in the record.")
            return redirect("rounds:patient-detail", wrong.admission_id)
    return form_page(request, "rounds/review_correct.html", form, **told)


@require_http_methods(READ_OR_POST)
def review_withdraw(request: HttpRequest, pk: uuid.UUID) -> HttpResponseBase:
    """Of one that was written about the wrong patient."""
    user, at = signed_in(request), timezone.now()
    wrong = _review(user, pk)
    check_can_correct_review(user, wrong, at=at)
    form = WithdrawForm(request.POST or None, initial={"token": uuid.uuid4()})
    if form.is_valid():
        try:
            written = attempt(form, lambda: _withdraw(wrong, form, user))
        except ReviewedMeanwhileError as refused:
            messages.error(request, "Somebody has corrected this review meanwhile: read it first.")
            return redirect("rounds:review-correct", refused.reviews[0].pk)
        if written:
            messages.success(request, f"The review is withdrawn: {not_reviewed(wrong.admission)}")
            return redirect("rounds:patient-detail", wrong.admission_id)
    told = {"named": named(wrong.admission.patient), "review": wrong}
    told |= {"decided": decided_with(wrong, at)}
    told["back_url"] = address("rounds:review-correct", wrong.pk)
    return form_page(request, "rounds/review_withdraw.html", form, **told)


def _review(user: User, pk: uuid.UUID) -> Review:
    found = Review.objects.filter(admission__in=Admission.objects.caring(user))
    related = ("by", "admission__patient", "admission__ward__lead_provider", "admission__ward__icb")
    return get_object_or_404(found.select_related(*related), pk=pk)


def _as_written(wrong: Review) -> dict[str, object]:
    names = ("kind", "seen", "course", "findings", "plan", "discussed_with")
    return {name: getattr(wrong, name) for name in names} | {"token": uuid.uuid4()}


def _correct(wrong: Review, form: CorrectionForm, by: User) -> Review:
    return correct_review(
        review=wrong,
        written=form.written,
        reason=form.cleaned_data["reason"],
        token=form.cleaned_data["token"],
        by=by,
    )


def _withdraw(wrong: Review, form: WithdrawForm, by: User) -> Review:
    return withdraw_review(
        review=wrong,
        reason=form.cleaned_data["reason"],
        token=form.cleaned_data["token"],
        by=by,
    )


def _again(posted: QueryDict) -> QueryDict:
    """Signed again it corrects the correction, as a new form."""
    again = posted.copy()
    again["token"] = str(uuid.uuid4())
    return again


@require_http_methods(READ_OR_POST)
def readings_create(request: HttpRequest, pk: uuid.UUID) -> HttpResponseBase:
    """`?source=visit` comes from whoever is at the door."""
    user, admission = treated(request, pk)
    then = back(request, address("rounds:patient-detail", pk))
    fresh = {"measured_at": timezone.now(), "token": uuid.uuid4()}
    if request.GET.get("source") == "visit":
        fresh |= {"source": "visit", "said_by": user.get_full_name()}
    form = ReadingsForm(request.POST or None, initial=fresh)
    if form.is_valid():
        names = ("values", "measured_at", "said_by", "source", "comment", "token")
        written = {name: form.cleaned_data[name] for name in names}
        if attempt(form, lambda: phone_readings(admission=admission, by=user, **written)):
            messages.success(request, _stored(len(written["values"]), named(admission.patient)))
            return redirect(then)
    told = {"named": named(admission.patient), "phone": admission.patient.phone}
    return form_page(
        request,
        "rounds/readings_create.html",
        form,
        back_url=then,
        **told,
    )


def _stored(count: int, who: str) -> str:
    many = "One reading" if count == 1 else f"{count} readings"
    return f"{many} of {who} {'is' if count == 1 else 'are'} stored and scored."
