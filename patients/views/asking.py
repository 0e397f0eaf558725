"""What every page asks first: who is there, and the object within what they may see."""

from __future__ import annotations

import uuid

from django.db.models import QuerySet
from django.http import HttpRequest, QueryDict
from django.shortcuts import get_object_or_404

from accounts.models import User
from accounts.policies import signed_in
from capacity.models import Ward
from patients.models import Admission, Patient, Referral


def caring_ward(user: User, code: str) -> Ward:
    wards = Ward.objects.caring(user).select_related("lead_provider", "icb")
    return get_object_or_404(wards, code=code)


def caring_admission(user: User, pk: uuid.UUID) -> Admission:
    """Open ones: of somebody who has left nothing changes here any more."""
    found = Admission.objects.caring(user).current()
    related = ("patient", "spell", "ward__lead_provider", "ward__icb", "pathway_version__pathway")
    return get_object_or_404(found.select_related(*related), pk=pk)


def caring_patient(user: User, pk: uuid.UUID) -> Patient:
    return get_object_or_404(patients_cared_for(user), pk=pk)


def patients_cared_for(user: User) -> QuerySet[Patient]:
    """On a ward of theirs now, or referred to one and not turned away."""
    here = Patient.objects.filter(admissions__in=Admission.objects.caring(user).current())
    asked = Referral.objects.caring(user)
    coming = Patient.objects.filter(referrals__in=asked.waiting() | asked.awaiting_bed())
    return (here | coming).distinct()


def posted(request: HttpRequest) -> QueryDict | None:
    """What was typed; a form sent empty is a form with errors, not a fresh one."""
    return request.POST if request.method == "POST" else None


def who(request: HttpRequest) -> User:
    return signed_in(request)
