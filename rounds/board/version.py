"""The board's version: one statement, so that an unchanged board costs next to nothing."""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import Any, Final

from django.conf import settings
from django.db import connection

from accounts.models import User
from capacity.models import Ward
from lib.london import day_of
from patients.policies import can_treat_on
from rounds.board import held
from rounds.board.rows import UNPLANNED_STALE_AFTER

# Every stored instant that has passed moves the version: time alone makes things due, late,
# silent, stale, overdue and unreviewed. Sums of versions that only grow never repeat.
_STATEMENT: Final = """
WITH here AS (
    SELECT a.id, a.spell_id, a.board_version, a.admitted_at
    FROM patients_admission a
    WHERE a.ward_id = %(ward)s AND a.discharged_at IS NULL
)
SELECT
    (SELECT roster_version FROM capacity_ward WHERE id = %(ward)s),
    count(*), sum(h.board_version), sum(s.version),
    count(*) FILTER (WHERE s.measured_at <= %(old)s),
    count(*) FILTER (
        WHERE coalesce(s.reviewed_at, h.admitted_at) <= %(at)s - interval '24 hours'),
    (SELECT array[count(*) FILTER (WHERE d.due_at <= %(at)s),
                  count(*) FILTER (WHERE d.late_at <= %(at)s),
                  count(*) FILTER (WHERE d.silent_at <= %(at)s),
                  count(*) FILTER (WHERE d.stale_at <= %(at)s)]
     FROM observations_duetime d JOIN here ON here.id = d.admission_id),
    (SELECT array[count(*), count(*) FILTER (WHERE t.due_at < %(at)s)]
     FROM rounds_task t JOIN here ON here.id = t.admission_id WHERE t.done_at IS NULL),
    (SELECT count(*) FROM observations_prompt p JOIN here ON here.id = p.admission_id
     WHERE p.done_at IS NULL),
    (SELECT array[count(*), count(*) FILTER (WHERE p.starts <= %(at)s),
                  count(*) FILTER (WHERE p.ends <= %(at)s)]
     FROM patients_pause p JOIN here ON here.id = p.admission_id),
    (SELECT array[count(*), count(*) FILTER (WHERE m.starts <= %(at)s),
                  count(*) FILTER (WHERE m.ends <= %(at)s)]
     FROM patients_monitoringmode m JOIN here ON here.id = m.admission_id),
    (SELECT array[count(*) FILTER (WHERE l.starts <= %(at)s),
                  count(*) FILTER (WHERE l.ends <= %(at)s)]
     FROM patients_planline l JOIN here ON here.id = l.admission_id),
    (SELECT array[count(*) FILTER (WHERE o.starts <= %(at)s),
                  count(*) FILTER (WHERE o.ends <= %(at)s)]
     FROM patients_prescribedoxygen o JOIN here ON here.id = o.admission_id),
    (SELECT count(*) FILTER (WHERE v.measured_at <= %(old)s)
     FROM observations_latestvital v JOIN here ON here.id = v.admission_id),
    (SELECT array[count(*), count(k.ends), count(k.superseded_at)]
     FROM observations_holding k JOIN here ON here.id = k.admission_id),
    (SELECT array[count(*), count(*) FILTER (WHERE l.expected_back <= %(at)s)]
     FROM capacity_leave l JOIN here ON here.spell_id = l.spell_id WHERE l.ends IS NULL),
    (SELECT array[count(*)::text, max(e.rang_at)::text, max(e.owned_at)::text,
                  count(e.owner_id)::text]
     FROM observations_alert e WHERE e.ward_id = %(ward)s AND e.closed_at IS NULL),
    (SELECT max(accepted_at)::text FROM rounds_handover
     WHERE ward_id = %(ward)s AND accepted_at <= %(at)s)
FROM here h LEFT JOIN observations_standing s ON s.admission_id = h.id
"""
_LAG_STEP: Final = 10


def board_version(
    ward: Ward,
    user: User,
    at: dt.datetime,
    query: str = "",
    *,
    lag: dt.timedelta | None = None,
) -> str:
    """A short digest of all that a board shows to this user; the page's and the API's ETag.

    `lag` is asked for where it is not given.
    """
    behind = held.lag(at) if lag is None else lag
    seen = (
        settings.RELEASE,
        user.pk,
        can_treat_on(user, ward, at=at),
        query,
        day_of(at).isoformat(),
        _lag_seen(behind),
        *_counts(ward, at),
    )
    return hashlib.blake2b(repr(seen).encode(), digest_size=12).hexdigest()


def _counts(ward: Ward, at: dt.datetime) -> tuple[Any, ...]:
    with connection.cursor() as cursor:
        cursor.execute(_STATEMENT, {"ward": ward.pk, "at": at, "old": at - UNPLANNED_STALE_AFTER})
        counted: tuple[Any, ...] = cursor.fetchone()
    return counted


def _lag_seen(lag: dt.timedelta) -> int:
    """In steps once it is told at all: a bar that counts every second need not redraw rows."""
    seconds = int(lag.total_seconds())
    return seconds // _LAG_STEP if seconds >= 60 else 0
