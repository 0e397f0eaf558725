"""Keeping what is typed while it is typed, and throwing it away."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.policies import signed_in
from lib.london import clock
from patients.presenters.words import named
from rounds.actions.drafts import DraftMovedError, DraftSpentError, discard_draft
from rounds.forms.reviews import ReviewForm
from rounds.policies import check_can_review
from rounds.views.asking import any_admission
from rounds.views.deciding import keep


@require_POST
def draft_save(request: HttpRequest, pk: uuid.UUID) -> HttpResponseBase:
    """For the script: the version that was kept; 409 with the other window's words, 410 once the
    review is written."""
    user, at = signed_in(request), timezone.now()
    admission = any_admission(user, pk)
    check_can_review(user, admission, at=at)
    try:
        draft = keep(user, admission, ReviewForm(request.POST), at=at)
    except ValueError:
        return JsonResponse({"detail": "No draft of this form."}, status=422)
    except DraftSpentError:
        return JsonResponse({"detail": "The review is written already."}, status=410)
    except DraftMovedError as other:
        told = {"version": other.draft.version, "token": str(other.draft.token)}
        saved = clock(other.draft.saved_at)
        return JsonResponse({**told, "typed": other.draft.typed, "saved": saved}, status=409)
    return JsonResponse({"version": draft.version, "saved": clock(draft.saved_at)})


@require_POST
def draft_discard(request: HttpRequest, pk: uuid.UUID) -> HttpResponseBase:
    user = signed_in(request)
    admission = any_admission(user, pk)
    check_can_review(user, admission)
    try:
        token = uuid.UUID(request.POST.get("token", ""))
    except ValueError:
        return redirect("rounds:patient-detail", pk)
    discard_draft(admission=admission, token=token, by=user)
    messages.success(request, f"Your draft about {named(admission.patient)} is thrown away.")
    return redirect("rounds:patient-detail", pk)
