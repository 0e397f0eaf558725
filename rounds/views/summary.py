"""A stay's summary: a page that prints, a letter for the GP, and a bundle for other systems."""

from __future__ import annotations

import datetime as dt
import uuid

import msgspec
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts import audit
from accounts.policies import signed_in
from observations.fhir.answers import TYPE, base_of
from patients.models import Admission
from rounds.fhir.stays import bundle_of
from rounds.letter.letters import summary_letter
from rounds.patient.summary import Summary, summary
from rounds.presenters.summary import SummaryPresenter
from rounds.views.asking import any_admission


@require_safe
def admission_summary(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """For the patient, the GP and the record; it prints on one sheet."""
    known = _known(request, pk, "rounds:admission-summary")
    return render(request, "rounds/admission_summary.html", {"summary": SummaryPresenter(known)})


@require_safe
def summary_pdf(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    known = _known(request, pk, "rounds:summary-pdf")
    return _file(
        summary_letter(known), "application/pdf", f"{_name(known.admission)}.pdf", inline=True
    )


@require_safe
def summary_bundle(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """The same as FHIR's own address gives, as a file."""
    known = _known(request, pk, "rounds:summary-bundle")
    if known.admission.is_open:
        raise Http404
    body = msgspec.json.encode(bundle_of(known, base=base_of(request)))
    return _file(body, f"{TYPE}; charset=utf-8", f"{_name(known.admission)}.json")


def _known(request: HttpRequest, pk: uuid.UUID, page: str) -> Summary:
    user, at = signed_in(request), timezone.now()
    admission = any_admission(user, pk)
    audit.look(request, page=page, subject=admission, at=at)
    return summary(admission, user=user, at=at)


def _name(admission: Admission) -> str:
    """No name of a person: files are left lying about."""
    left = admission.discharged_at or dt.datetime.now(dt.UTC)
    return f"summary-{left:%Y-%m-%d}-{str(admission.pk)[-8:]}"


def _file(body: bytes, kind: str, name: str, *, inline: bool = False) -> HttpResponse:
    how = "inline" if inline else "attachment"
    headers = {"Content-Disposition": f'{how}; filename="{name}"', "Cache-Control": "no-store"}
    return HttpResponse(body, content_type=kind, headers=headers)
