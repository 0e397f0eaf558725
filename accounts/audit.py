"""Writes down who changed what and who looked at whom; the actions and pages call it."""

from __future__ import annotations

import datetime as dt
from contextvars import ContextVar
from typing import Any, Final

from django.db import models
from django.http import HttpRequest
from django.utils import timezone

from accounts.models import AuditEvent, Look, User
from lib.prepared import Statement

LOOK_AGAIN_AFTER = dt.timedelta(minutes=15)
# No session lasts longer: a poll must follow a look of its own session.
A_PAGE_STAYS_OPEN = dt.timedelta(hours=12)

_SEEN: Final = Statement(
    "look_seen",
    """
SELECT 1 FROM accounts_look
WHERE user_id = %(user)s AND page = %(page)s
  AND subject_kind = %(kind)s AND subject_id = %(subject)s
  AND at > %(since)s AND at <= %(at)s
LIMIT 1
""",
    user="bigint",
    page="text",
    kind="text",
    subject="text",
    since="timestamptz",
    at="timestamptz",
)
# Set by the middleware for the time of a request, so that actions need no request.
from_address: ContextVar[str | None] = ContextVar("from_address", default=None)


def record(
    *,
    by: User | None,
    verb: str,
    subject: models.Model,
    detail: dict[str, Any] | None = None,
    at: dt.datetime | None = None,
) -> AuditEvent:
    """Inside the action's own transaction; `by` is None when the system acts."""
    return AuditEvent.objects.create(
        at=at or timezone.now(),
        by=by,
        verb=verb,
        subject_kind=kind_of(subject),
        subject_id=str(subject.pk),
        detail=detail or {},
        from_address=from_address.get(),
    )


def look(
    request: HttpRequest, *, page: str, subject: models.Model, at: dt.datetime | None = None
) -> None:
    """Once per user, page, subject and 15 minutes.

    A live page's poll is no look, but anybody can send a poll's header by hand: one that no
    look came before is written down.
    """
    if not isinstance(request.user, User):
        return
    moment = at or timezone.now()
    seen = {
        "user": request.user.pk,
        "page": page,
        "kind": kind_of(subject),
        "subject": str(subject.pk),
        "since": moment - (A_PAGE_STAYS_OPEN if is_poll(request) else LOOK_AGAIN_AFTER),
        "at": moment,
    }
    if not _SEEN.rows(seen):
        _write_look(request.user, page, subject, moment)


def _write_look(user: User, page: str, subject: models.Model, at: dt.datetime) -> None:
    Look.objects.create(
        at=at,
        user=user,
        page=page,
        subject_kind=kind_of(subject),
        subject_id=str(subject.pk),
        from_address=from_address.get(),
    )


def is_poll(request: HttpRequest) -> bool:
    """A live region asking for itself, which says so by a header; nobody's hand did it."""
    return request.headers.get("X-Poll") == "1" and request.headers.get("HX-Request") == "true"


def kind_of(subject: models.Model) -> str:
    return str(subject._meta.model_name)
