"""The version of one patient's page: one statement, so that an unchanged one costs little."""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import Any, Final

from django.conf import settings

from accounts.models import User
from capacity.weeks import WEEKS, called
from lib.london import day_of
from observations import worn
from observations.silence import DEAD_AFTER, MUTE_AFTER
from observations.storage.queries import rows
from patients.models import Admission
from patients.policies import can_treat_on
from rounds.board.held import HELD, OFFERED, watch_read
from rounds.board.rows import UNPLANNED_STALE_AFTER

# The paper's right edge is now: it moves on even while nothing happens.
_STEP: Final = 600
# As on the board: sums of what only grows, and counts of stored instants that have passed.
_STATEMENT: Final = f"""
SELECT a.board_version, a.discharged_at, s.version, s.measured_at <= %(old)s,
    width_bucket(%(old)s, s.latest_at),
    (SELECT roster_version FROM capacity_ward WHERE id = a.ward_id),
    (SELECT array[count(*) FILTER (WHERE d.due_at <= %(at)s),
                  count(*) FILTER (WHERE d.late_at <= %(at)s),
                  count(*) FILTER (WHERE d.silent_at <= %(at)s),
                  count(*) FILTER (WHERE d.stale_at <= %(at)s),
                  count(*) FILTER (WHERE d.due_at <= %(dead)s),
                  count(*) FILTER (WHERE d.due_at <= %(mute)s)]
     FROM observations_duetime d WHERE d.admission_id = a.id),
    (SELECT array[count(*), count(*) FILTER (WHERE t.done_at IS NULL),
                  count(*) FILTER (WHERE t.done_at IS NULL AND t.due_at < %(at)s)]
     FROM rounds_task t WHERE t.admission_id = a.id),
    (SELECT array[count(*), count(p.done_at)] FROM observations_prompt p
     WHERE p.admission_id = a.id),
    (SELECT array[count(*) FILTER (WHERE p.starts <= %(at)s),
                  count(*) FILTER (WHERE p.ends <= %(at)s)]
     FROM patients_pause p WHERE p.admission_id = a.id),
    (SELECT array[count(*) FILTER (WHERE m.starts <= %(at)s),
                  count(*) FILTER (WHERE m.ends <= %(at)s)]
     FROM patients_monitoringmode m WHERE m.admission_id = a.id),
    (SELECT array[count(*) FILTER (WHERE l.starts <= %(at)s),
                  count(*) FILTER (WHERE l.ends <= %(at)s)]
     FROM patients_planline l WHERE l.admission_id = a.id),
    (SELECT array[count(*) FILTER (WHERE o.starts <= %(at)s),
                  count(*) FILTER (WHERE o.ends <= %(at)s)]
     FROM patients_prescribedoxygen o WHERE o.admission_id = a.id),
    (SELECT array[count(*), count(*) FILTER (WHERE l.expected_back <= %(at)s),
                  count(*) FILTER (WHERE l.starts <= %(at)s - interval '24 hours')]
     FROM capacity_leave l WHERE l.spell_id = a.spell_id AND l.ends IS NULL),
    (SELECT array[count(*)::text, max(e.rang_at)::text, max(e.owned_at)::text,
                  max(e.closed_at)::text, max(e.acted_at)::text]
     FROM observations_alert e WHERE e.admission_id = a.id),
    (SELECT array[count(*), count(h.ends), count(h.superseded_at),
                  count(h.first_reading_at)]
     FROM observations_holding h WHERE h.admission_id = a.id),
    (SELECT json_agg({worn.PIECE} ORDER BY d.id)
     FROM ({worn.USED.format(of="SELECT a.id")}) AS used {worn.JOINED})::text,
    (SELECT set_at::text FROM rounds_videolink WHERE ward_id = a.ward_id),
    {HELD.format(ward="a.ward_id")},
    {OFFERED.format(ward="a.ward_id")},
    {WEEKS.format(ward="a.ward_id")}
FROM patients_admission a LEFT JOIN observations_standing s ON s.admission_id = a.id
WHERE a.id = %(admission)s
"""  # noqa: S608 — put together from constants only


def patient_version(admission: Admission, user: User, at: dt.datetime, query: str = "") -> str:
    """A short digest of all that the page shows to this user; its ETag."""
    seen = (
        settings.RELEASE,
        user.pk,
        can_treat_on(user, admission.ward, at=at),
        query,
        day_of(at).isoformat(),
        int(at.timestamp()) // _STEP,
        *_counts(admission, at),
    )
    return hashlib.blake2b(repr(seen).encode(), digest_size=12).hexdigest()


def _counts(admission: Admission, at: dt.datetime) -> tuple[Any, ...]:
    given = {
        "admission": str(admission.pk),
        "at": at,
        "day": day_of(at),
        "old": at - UNPLANNED_STALE_AFTER,
        "dead": at - DEAD_AFTER,
        "mute": at - MUTE_AFTER,
    }
    found: tuple[Any, ...] = rows(_STATEMENT, given)[0]
    held, offered, weeks = found[-3:]
    # Time alone ends a watch, and changes whom to call.
    return (*found, watch_read(held, offered, at).holder is None, called(weeks, at))
