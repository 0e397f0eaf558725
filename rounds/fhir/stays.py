"""GET Encounter/<id>/$end-of-stay: one stay, whole, for who cares for the patient."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from accounts import audit
from accounts.models import User
from observations import kinds
from observations.fhir import finding
from observations.fhir.answers import base_of, fhir_view, shown
from observations.fhir.mapping.outcomes import fault
from observations.fhir.mapping.outgoing import Told
from observations.fhir.people import nobody, reader
from patients.models import Admission
from rounds.fhir.bundle import Resource, Stay, bundle
from rounds.letter.letters import summary_letter
from rounds.patient.summary import Summary, summary

# A reading may count in a score made a little after the stay was written down.
_BEFORE: Final = timedelta(hours=12)
_AT_ONCE: Final = 5_000


@fhir_view("GET")
def end_of_stay(request: HttpRequest, name: str) -> HttpResponse:
    user, at = reader(request), timezone.now()
    admission = _admission(user, name)
    if admission.is_open:
        raise fault(409, "The patient is still on the ward: there is no end of stay yet.")
    audit.look(request, page="fhir:end-of-stay", subject=admission)
    return shown(request, bundle_of(summary(admission, user=user, at=at), base=base_of(request)))


def bundle_of(known: Summary, *, base: str) -> Resource:
    return bundle(Stay(known, _readings(known), summary_letter(known)), base=base)


def _admission(user: User, name: str) -> Admission:
    related = ("patient", "spell", "ward__lead_provider", "ward__icb", "pathway_version__pathway")
    own = Admission.objects.caring(user).select_related(*related, "discharged_by")
    try:
        found = own.prefetch_related("patient__identifiers").filter(pk=UUID(name)).first()
    except ValueError:
        raise nobody("encounter") from None
    if found is None:
        raise nobody("encounter")
    return found


def _readings(known: Summary) -> list[Told]:
    """All of the stay, in the order of measurement."""
    found: list[Told] = []
    span = _span(known.admission.admitted_at - _BEFORE, known.ended_at)
    while True:
        after = finding.place_of(found[-1]) if found else None
        some = finding.page(
            [known.admission.pk],
            span,
            of=list(kinds.KINDS),
            limit=_AT_ONCE,
            newest_first=False,
            after=after,
        )
        found += some
        if len(some) < _AT_ONCE:
            return found


def _span(start: datetime, end: datetime) -> finding.Span:
    return finding.Span(start, end + timedelta(microseconds=1))
