"""GET: Observations by search and by id, and Patient, Encounter, Device and Location by id.

Every patient's question starts from `caring(user)`, and is written down as a look.
"""

from __future__ import annotations

from uuid import UUID

from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from accounts import audit
from accounts.models import User
from capacity.hours import week_on
from capacity.models import Ward
from capacity.weeks import weeks_of
from lib.london import day_of
from observations.fhir import records
from observations.fhir.answers import fhir_view, shown
from observations.fhir.people import nobody, reader
from observations.models import Device, Holding
from patients.models import Admission, Identifier, Patient

_BIGINT_DIGITS = 18


@fhir_view("GET")
def patient_read(request: HttpRequest, name: str) -> HttpResponse:
    own = Admission.objects.caring(reader(request))
    found = (
        Patient.objects.filter(pk=_uuid(name, "patient"), admissions__in=own)
        .prefetch_related(Prefetch("identifiers", Identifier.objects.order_by("pk")))
        .first()
    )
    if found is None:
        raise nobody("patient")
    audit.look(request, page="fhir:patient", subject=found)
    return shown(request, records.patient(found))


@fhir_view("GET")
def encounter_read(request: HttpRequest, name: str) -> HttpResponse:
    own = Admission.objects.caring(reader(request))
    whole = own.select_related("ward__lead_provider", "pathway_version__pathway")
    found = whole.filter(pk=_uuid(name, "encounter")).first()
    if found is None:
        raise nobody("encounter")
    audit.look(request, page="fhir:encounter", subject=found)
    return shown(request, records.encounter(found))


@fhir_view("GET")
def device_read(request: HttpRequest, name: str) -> HttpResponse:
    user = reader(request)
    if not (name.isascii() and name.isdigit() and len(name) <= _BIGINT_DIGITS):
        raise nobody("device")
    kit = Device.objects.caring(user).select_related("supplier", "provider")
    found = kit.filter(pk=int(name)).first()
    if found is None:
        raise nobody("device")
    audit.look(request, page="fhir:device", subject=found)
    return shown(request, records.device(found, _holder(found, user)))


@fhir_view("GET")
def location_read(request: HttpRequest, name: str) -> HttpResponse:
    user, at = reader(request), timezone.now()
    today = day_of(at)
    wards = Ward.objects.caring(user).select_related("lead_provider")
    found = wards.filter(code=name).first()
    if found is None:
        raise nobody("location")
    week = week_on(weeks_of(found, at), today)
    is_open = Ward.objects.open_on(today).filter(pk=found.pk).exists()
    return shown(request, records.location(found, week, is_open=is_open))


def _uuid(name: str, what: str) -> UUID:
    try:
        return UUID(name)
    except ValueError:
        raise nobody(what) from None


def _holder(kit: Device, user: User) -> Admission | None:
    """A colleague of another ward sees the kit, but not its holder."""
    holding = Holding.objects.open().filter(device=kit).first()
    if holding is None:
        return None
    return Admission.objects.caring(user).filter(pk=holding.admission_id).first()
