"""One patient's screen: what happened on the left, the review on the right. On a round or alone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render

from accounts import audit
from accounts.models import User
from patients.models import Admission
from patients.views.acting import attempt
from rounds.actions.drafts import DraftMovedError, DraftSpentError, save_draft
from rounds.actions.reviews import ReviewedMeanwhileError, decide
from rounds.colleagues import Colleague, colleagues
from rounds.forms.reviews import ReviewForm
from rounds.models import Review, ReviewDraft, Round
from rounds.presenters.round_screen import ScreenPresenter
from rounds.presenters.round_twice import Theirs, meanwhile, moved, since_draft
from rounds.round.screen import Screen, screen

PAGE = "rounds/round_patient.html"


@dataclass(frozen=True)
class Deciding:
    """Who decides about whom, on which round, and where to go when it is written; `told` is what
    the page shows besides."""

    request: HttpRequest
    user: User
    admission: Admission
    at: dt.datetime
    here: str
    then: Callable[[], str]
    told: dict[str, Any]
    on: Round | None = None

    def page(
        self, shown: Screen, form: ReviewForm, *, theirs: Theirs | None = None, status: int = 200
    ) -> HttpResponse:
        presented = ScreenPresenter(shown, back=self.here, whole="all" in self.request.GET)
        told = {"screen": presented, "patient": presented, "form": form, "theirs": theirs}
        told |= {"here": self.here, "user_key": self.user.pk, **self.told}
        return render(self.request, PAGE, told, status=status)


def deciding(about: Deciding) -> HttpResponseBase:
    people = colleagues(about.admission.ward, about.at)
    shown = screen(about.admission, user=about.user, at=about.at)
    if about.request.method == "POST":
        return _posted(about, shown, people)
    audit.look(about.request, page="rounds:round-patient", subject=about.admission, at=about.at)
    form = ReviewForm(people=people, initial=_initial(about, shown, people))
    return about.page(shown, form, theirs=since_draft(shown.known, about.at))


def keep(user: User, admission: Admission, form: ReviewForm, *, at: dt.datetime) -> ReviewDraft:
    """Whatever stands in the boxes, right or wrong. Raises as `save_draft` does, and ValueError
    for what is no form of ours."""
    return save_draft(
        admission=admission,
        token=UUID(form.data.get("token", "")),
        version=int(form.data.get("version", "")),
        known=int(form.data.get("known", "")),
        typed=form.typed(),
        by=user,
        at=at,
    )


def _posted(about: Deciding, shown: Screen, people: list[Colleague]) -> HttpResponseBase:
    posted = about.request.POST
    form = ReviewForm(posted, people=people)
    if "save" in posted:
        return _saved(about, shown, form, people)
    if not form.is_valid():
        return about.page(shown, form, status=422)
    try:
        written = attempt(form, lambda: _decide(about, form))
    except ReviewedMeanwhileError as refused:
        again = ReviewForm(_informed(posted, shown, refused), people=people)
        theirs = meanwhile(refused.reviews, about.user, about.at)
        return about.page(shown, again, theirs=theirs, status=409)
    if not written:
        return about.page(shown, form, status=422)
    messages.success(about.request, f"Your review of {about.admission.patient} is written down.")
    return redirect(about.then())


def _decide(about: Deciding, form: ReviewForm) -> Review:
    return decide(
        admission=about.admission,
        written=form.written,
        decided=form.decided,
        token=form.cleaned_data["token"],
        known=form.cleaned_data["known"],
        on=about.on,
        by=about.user,
    )


def _saved(
    about: Deciding, shown: Screen, form: ReviewForm, people: list[Colleague]
) -> HttpResponseBase:
    """Without a script a button keeps the draft; of two windows the second chooses."""
    try:
        keep(about.user, about.admission, form, at=about.at)
    except ValueError:
        form.is_valid()
        return about.page(shown, form, status=422)
    except DraftSpentError:
        messages.info(about.request, "That review is written already.")
        return redirect(about.here)
    except DraftMovedError as other:
        again = ReviewForm(_after(about.request.POST, other.draft), people=people)
        return about.page(shown, again, theirs=moved(other.draft, about.at), status=409)
    messages.success(about.request, "Your draft is kept. It is no review until you sign it.")
    return redirect(about.here)


def _informed(posted: QueryDict, shown: Screen, refused: ReviewedMeanwhileError) -> QueryDict:
    """The same words again, knowing what is shown beside them: signed again, both stand."""
    again = posted.copy()
    again["known"] = str(shown.known.written)
    if any(str(review.token) == posted.get("token") for review in refused.reviews):
        again["token"], again["version"] = str(uuid4()), "0"
    return again


def _after(posted: QueryDict, other: ReviewDraft) -> QueryDict:
    again = posted.copy()
    again["token"], again["version"] = str(other.token), str(other.version)
    return again


def _initial(about: Deciding, shown: Screen, people: list[Colleague]) -> dict[str, Any]:
    draft = shown.known.draft
    senior = any(one.user.pk == about.user.pk and one.senior for one in people)
    fresh = {
        "kind": Review.Kind.SENIOR if senior else Review.Kind.NURSE,
        "expected": about.admission.expected_discharge,
        "token": uuid4(),
        "version": 0,
        "now": about.at,
    }
    kept = {**draft.typed, "token": draft.token, "version": draft.version} if draft else {}
    return {**fresh, **kept, "known": shown.known.written}
