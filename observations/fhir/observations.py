"""GET Observation: a patient's readings, page by page, and one reading by its public id."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from accounts import audit
from accounts.models import User
from observations import limits
from observations.fhir import finding
from observations.fhir.answers import (
    FhirResponse,
    base_of,
    fhir_view,
    prefers,
    shown,
)
from observations.fhir.finding import Place, Span
from observations.fhir.mapping import outgoing, searching
from observations.fhir.mapping.outcomes import FaultError, Issue, outcome
from observations.fhir.mapping.outgoing import PANEL_SUFFIX, PRESSURES, Told
from observations.fhir.mapping.searching import PAGE, Mark, Wanted
from observations.fhir.people import nobody, reader
from observations.storage import partitions
from observations.vitals import day_of_public_id
from patients.models import Admission, Identifier

Resource = dict[str, Any]
# Kit may be worn a little before and after, and a clock that is wrong adds its error.
_AROUND: Final = 2 * limits.ACCEPT_WINDOW
_MOST_IDS: Final = 20


@fhir_view("GET")
def observation_read(request: HttpRequest, name: str) -> HttpResponse:
    user = reader(request)
    found = _named(name, user)
    if found is None:
        raise nobody("observation")
    told, resource = found
    _look(request, user, [told])
    return shown(request, resource)


def observation_search(request: HttpRequest) -> HttpResponse:
    """Behind the address that also takes what is sent: see `observation_collection`."""
    user = reader(request)
    lenient = prefers(request).get("handling") == "lenient"
    asked = searching.wanted(dict(request.GET.lists()), lenient=lenient)
    admissions = _admissions(asked, user)
    for admission in admissions:
        audit.look(request, page="fhir:observations", subject=admission)
    if asked.ids:
        found = _by_ids(asked, user, admissions)
        _look(request, user, [told for told, _ in found])
        resources = [resource for _, resource in found]
        return FhirResponse(_bundle(request, asked, resources, None))
    first = min(admission.admitted_at for admission in admissions) - _AROUND
    span = _span(asked, first, timezone.now())
    resources, after = _page(asked, admissions, span)
    told = _bundle(request, asked, resources, after)
    if asked.start is None and span.start > first:
        told.setdefault("entry", []).append(_cut(span))
    return FhirResponse(told)


def _look(request: HttpRequest, user: User, of: Sequence[Told]) -> None:
    whose = {told.admission_id for told in of if told.admission_id is not None}
    for admission in Admission.objects.caring(user).filter(pk__in=whose):
        audit.look(request, page="fhir:observation", subject=admission)


def _named(name: str, user: User) -> tuple[Told, Resource] | None:
    public = name.removesuffix(PANEL_SUFFIX)
    day = day_of_public_id(public)
    if day is None:
        return None
    since = partitions.day_start(day) + _AROUND
    own = Admission.objects.caring(user).filter(admitted_at__lt=since).order_by("-admitted_at")
    told = finding.named(public, list(own.values_list("pk", flat=True)))
    if told is None:
        return None
    if public == name:
        return told, outgoing.observation(told)
    panel = _panel(told)
    return None if panel is None else (told, panel)


def _panel(told: Told) -> Resource | None:
    """With its other half, if that is here; a diastolic pressure that has one names none."""
    if told.kind not in PRESSURES:
        return None
    others = finding.pressures([told], struck=told.error)
    if told.kind == "systolic":
        return outgoing.panel(told, outgoing.other_half(told, others))
    above = (one for one in others if one.kind == "systolic")
    paired = any(outgoing.other_half(one, others) == told for one in above)
    return None if paired else outgoing.panel(told)


def _admissions(asked: Wanted, user: User) -> list[Admission]:
    """Those that the search is about; 404 where there are none, since an empty page would look
    calm."""
    if not (asked.patients or asked.encounters):
        return []
    own = Admission.objects.caring(user).order_by("admitted_at", "pk")
    for encounter in asked.encounters:
        own = own.filter(pk=encounter)
    for patient in asked.patients:
        own = own.filter(_is(patient))
    found = list(own)
    if not found:
        raise nobody("patient")
    return found


def _is(patient: UUID | str) -> Q:
    if isinstance(patient, UUID):
        return Q(patient=patient)
    known = Identifier.objects.current().nhs_numbers().filter(value=patient)
    return Q(patient__in=known.values("patient"))


def _by_ids(asked: Wanted, user: User, of: Sequence[Admission]) -> list[tuple[Told, Resource]]:
    if len(asked.ids) > _MOST_IDS:
        raise FaultError(400, Issue("too-costly", f"Ask for at most {_MOST_IDS} ids at once."))
    admissions = {admission.pk for admission in of}
    found = (_named(name, user) for name in dict.fromkeys(asked.ids))
    known = (one for one in found if one and (not of or one[0].admission_id in admissions))
    return [(told, resource) for told, resource in known if _fits(asked, told, resource)]


def _fits(asked: Wanted, told: Told, resource: Resource) -> bool:
    """What else was asked for narrows ids, too."""
    is_panel = resource["id"].endswith(PANEL_SUFFIX)
    since = asked.start is None or told.measured_at >= asked.start
    until = asked.end is None or told.measured_at < asked.end
    return (asked.panels if is_panel else told.kind in asked.kinds) and since and until


def _span(asked: Wanted, first: datetime, now: datetime) -> Span:
    """Of what was measured since `first`, as much as may be told at once: the newest."""
    end = min(asked.end or now + _AROUND, now + _AROUND)
    start = max(asked.start or first, first)
    if end - start > limits.MOST_VITALS:
        if asked.start is not None:
            text = f"At most {limits.MOST_VITALS.days} days at once."
            raise FaultError(400, Issue("too-costly", text))
        start = end - limits.MOST_VITALS
    return Span(start, max(start, end))


def _page(
    asked: Wanted, admissions: Sequence[Admission], span: Span
) -> tuple[list[Resource], Place | None]:
    of = set(asked.kinds) | set(PRESSURES if asked.panels else ())
    rows = finding.page(
        [admission.pk for admission in admissions],
        span,
        of=sorted(of),
        limit=asked.size + 1,
        newest_first=asked.newest_first,
        after=None if asked.after is None else Place(*asked.after),
    )
    shown_rows = rows[: asked.size]
    after = finding.place_of(shown_rows[-1]) if len(rows) > asked.size else None
    return _resources(shown_rows, asked), after


def _resources(rows: Sequence[Told], asked: Wanted) -> list[Resource]:
    """Where panels are told, a pressure that has its other half is told with it, and once; one that
    has none is a panel where nothing else was asked for."""
    pairs: dict[str, Told] = {}
    covered: set[str] = set()
    if asked.panels:
        pressures = finding.pressures(rows)
        for systolic in (one for one in pressures if one.kind == "systolic"):
            other = outgoing.other_half(systolic, pressures)
            if other is not None:
                pairs[systolic.public_id] = other
                covered.add(other.public_id)
    found: list[Resource] = []
    for told in rows:
        other = pairs.get(told.public_id)
        if other is not None:
            found.append(outgoing.panel(told, other))
        elif told.public_id not in covered:
            alone = told.kind in asked.kinds
            found.append(outgoing.observation(told) if alone else outgoing.panel(told))
    return found


def _bundle(
    request: HttpRequest, asked: Wanted, resources: Sequence[Resource], after: Place | None
) -> Resource:
    base = f"{base_of(request)}/Observation"
    own = [("self", _link(base, asked, asked.after))]
    further = [("next", _link(base, asked, Mark(*after)))] if after is not None else []
    bundle: Resource = {
        "resourceType": "Bundle",
        "type": "searchset",
        "timestamp": outgoing.instant(timezone.now()),
        "link": [{"relation": name, "url": url} for name, url in own + further],
    }
    entries = [
        {"fullUrl": f"{base}/{one['id']}", "resource": one, "search": {"mode": "match"}}
        for one in resources
    ]
    return bundle | ({"entry": entries} if entries else {})


def _cut(span: Span) -> Resource:
    """Nobody shall take what is left out for never measured."""
    since = outgoing.instant(span.start)
    text = f"Nothing measured before {since} is told here; ask for it with date."
    warning = outcome([Issue("too-costly", text, severity="warning")])
    return {"resource": warning, "search": {"mode": "outcome"}}


def _link(base: str, asked: Wanted, after: Mark | None) -> str:
    mark = [] if after is None else [(PAGE, searching.mark_text(after))]
    return f"{base}?{urlencode([*asked.used, *mark])}"
