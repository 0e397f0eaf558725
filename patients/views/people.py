"""Finding a patient; their contacts and what must be known first."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import audit
from accounts.models import User
from lib import london
from patients import finding
from patients.actions.people import add_contact, change_contact, record_safety, remove_contact
from patients.forms.people import ContactForm, SafetyForm
from patients.models import Contact, Patient, SafetyRecord
from patients.policies import check_can_change_patient, check_can_look_for_patients
from patients.presenters.words import address, age_and_sex, named
from patients.views.acting import attempt, back_to, form_page
from patients.views.asking import caring_patient, posted, who

READ_OR_POST = ["GET", "HEAD", "POST"]


@require_safe
def patient_list(request: HttpRequest) -> HttpResponse:
    """By NHS number or name, within the wards of whoever asks; the look is written down."""
    user = who(request)
    check_can_look_for_patients(user)
    asked = request.GET.get("q", "").strip()
    found = finding.find(asked, user=user) if asked else []
    if asked:
        audit.look(request, page="find", subject=user)
    day = london.day_of(timezone.now())
    told = {
        "asked": asked,
        "found": [(one, address(one.page, one.pk), age_and_sex(one.patient, day)) for one in found],
        "most": finding.MOST,
    }
    return render(request, "patients/patient_list.html", told)


def _checked(request: HttpRequest, pk: uuid.UUID) -> tuple[User, Patient]:
    user = who(request)
    patient = caring_patient(user, pk)
    check_can_change_patient(user, patient)
    return user, patient


def back_from(patient: Patient) -> str:
    admission = patient.admissions.current().select_related("ward").first()
    if admission is not None:
        return back_to(admission)
    referral = patient.referrals.order_by("-referred_at").first()
    return address("patients:referral-detail", referral.pk) if referral else "/"


@require_http_methods(READ_OR_POST)
def contact_create(request: HttpRequest, pk: uuid.UUID) -> HttpResponseBase:
    user, patient = _checked(request, pk)
    form = ContactForm(posted(request))
    if form.is_valid() and attempt(
        form, lambda: add_contact(patient=patient, by=user, **form.cleaned_data)
    ):
        messages.success(request, f"{form.cleaned_data['name']} can be called.")
        return redirect(back_from(patient))
    return form_page(
        request,
        "patients/action.html",
        form,
        title="Add a contact",
        submit=f"Add it for {named(patient)}",
        back_url=back_from(patient),
    )


@require_http_methods(READ_OR_POST)
def contact_change(request: HttpRequest, pk: int) -> HttpResponseBase:
    user = who(request)
    contact = _contact(user, pk)
    _, patient = _checked(request, contact.patient_id)
    form = ContactForm(posted(request), instance=contact)
    if form.is_valid() and attempt(
        form, lambda: change_contact(contact=contact, by=user, **form.cleaned_data)
    ):
        messages.success(request, f"{contact.name} is changed.")
        return redirect(back_from(patient))
    return form_page(
        request,
        "patients/contact_change.html",
        form,
        contact=contact,
        submit=f"Change it for {named(patient)}",
        back_url=back_from(patient),
    )


@require_POST
def contact_remove(request: HttpRequest, pk: int) -> HttpResponseBase:
    user = who(request)
    contact = _contact(user, pk)
    _, patient = _checked(request, contact.patient_id)
    name = contact.name
    remove_contact(contact=contact, by=user)
    messages.success(request, f"{name} is no contact any more.")
    return redirect(back_from(patient))


def _contact(user: User, pk: int) -> Contact:
    check_can_look_for_patients(user)
    contact = get_object_or_404(Contact.objects.select_related("patient"), pk=pk)
    caring_patient(user, contact.patient_id)
    return contact


@require_http_methods(READ_OR_POST)
def safety_record(request: HttpRequest, pk: uuid.UUID, topic: str) -> HttpResponseBase:
    user, patient = _checked(request, pk)
    record = patient.safety_records.current().filter(topic=topic).first()
    form = SafetyForm(posted(request), initial=_as_typed(record))
    label = SafetyRecord.Topic(topic).label
    if form.is_valid() and attempt(
        form, lambda: record_safety(patient=patient, topic=topic, by=user, **form.cleaned_data)
    ):
        messages.success(request, f"{label} of {named(patient)}: recorded.")
        return redirect(back_from(patient))
    return form_page(
        request,
        "patients/action.html",
        form,
        title=label,
        submit=f"Record it for {named(patient)}",
        back_url=back_from(patient),
    )


def _as_typed(record: SafetyRecord | None) -> dict[str, str]:
    if record is None:
        return {}
    return {"state": record.state, "text": record.text, "source": record.source}
