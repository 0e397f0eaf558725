"""What an auditor may read: the changes and looks of the people of their own organisations."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.models import AuditEvent, Look, User
from accounts.policies import AnyUser, people_audited_by

MOST = 200
USUAL_DAYS = 7


@dataclass(frozen=True, slots=True)
class Line:
    at: dt.datetime
    who: str
    what: str
    subject_kind: str
    subject_id: str
    detail: dict[str, Any]
    from_address: str


def lines(
    user: AnyUser,
    *,
    person: str = "",
    subject_kind: str = "",
    subject_id: str = "",
    days: int | None = None,
    at: dt.datetime | None = None,
) -> list[Line]:
    """Newest first, at most 200; what the system did belongs to nobody and is not listed."""
    people = _named(people_audited_by(user), person)
    since = (at or timezone.now()) - dt.timedelta(days=days or USUAL_DAYS)
    about = _about(subject_kind, subject_id)
    events = AuditEvent.objects.filter(about, by__in=people, at__gte=since)
    looks = Look.objects.filter(about, user__in=people, at__gte=since)
    found = [_of_event(e) for e in events.select_related("by").order_by("-at")[:MOST]]
    found += [_of_look(seen) for seen in looks.select_related("user").order_by("-at")[:MOST]]
    return list(islice(sorted(found, key=lambda line: line.at, reverse=True), MOST))


def _named(people: QuerySet[User], person: str) -> QuerySet[User]:
    if not person:
        return people
    return people.filter(Q(username__iexact=person) | Q(email__iexact=person))


def _about(kind: str, pk: str) -> Q:
    about = Q(subject_kind__iexact=kind) if kind else Q()
    return about & Q(subject_id=pk) if pk else about


def _of_event(event: AuditEvent) -> Line:
    return Line(
        at=event.at,
        who=_signed(event.by),
        what=event.verb.replace("-", " "),
        subject_kind=event.subject_kind,
        subject_id=event.subject_id,
        detail={
            key: value for key, value in event.detail.items() if value not in (None, "", False)
        },
        from_address=event.from_address or "",
    )


def _of_look(look: Look) -> Line:
    return Line(
        at=look.at,
        who=_signed(look.user),
        what=f"looked at {look.page}",
        subject_kind=look.subject_kind,
        subject_id=look.subject_id,
        detail={},
        from_address=look.from_address or "",
    )


def _signed(user: User | None) -> str:
    return f"{user.signature} ({user.username})" if user else "the system"
