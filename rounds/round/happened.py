"""All that happened to a patient between two instants, one statement: who did what, and when."""

from __future__ import annotations

import datetime as dt
from typing import Final, NamedTuple
from uuid import UUID

from lib.prepared import Statement
from rounds.board.facts import TASK_WORDS
from rounds.board.making import name_of
from rounds.models.reviews import TAKEN_BACK

# The newest: who was never reviewed has a long story, and their page tells the whole of it.
MOST: Final = 60

_HAPPENED: Final = Statement(
    "round_happened",
    f"""
SELECT e.at, e.what, e.sort, coalesce(e.words, ''), coalesce(e.more, ''),
    u.first_name, u.last_name, u.username
FROM (
    SELECT b.rang_at AS at, 'bell' AS what, b.why AS sort, b.text AS words, b.priority AS more,
        NULL::integer AS by_id
    FROM observations_bell b JOIN observations_alert a ON a.id = b.alert_id
    WHERE a.admission_id = %(admission)s AND b.rang_at > %(since)s
    UNION ALL
    SELECT v.at, 'alert', v.what, v.text, '', v.by_id
    FROM observations_alertevent v JOIN observations_alert a ON a.id = v.alert_id
    WHERE a.admission_id = %(admission)s AND v.at > %(since)s
    UNION ALL
    SELECT t.created_at, 'task', t.kind, {TASK_WORDS}, '', t.created_by_id FROM rounds_task t
    WHERE t.admission_id = %(admission)s AND t.created_at > %(since)s AND t.number = 1
    UNION ALL
    SELECT t.done_at, 'task-done', t.ending, {TASK_WORDS}, t.outcome, t.done_by_id
    FROM rounds_task t
    WHERE t.admission_id = %(admission)s AND t.done_at > %(since)s
    UNION ALL
    SELECT p.raised_at, 'prompt', p.kind, p.text, '', NULL FROM observations_prompt p
    WHERE p.admission_id = %(admission)s AND p.raised_at > %(since)s
    UNION ALL
    SELECT p.done_at, 'prompt-done', p.kind, p.text, p.outcome, p.done_by_id
    FROM observations_prompt p
    WHERE p.admission_id = %(admission)s AND p.done_at > %(since)s
    UNION ALL
    SELECT h.starts, 'kit-out', '', d.serial, d.model, h.recorded_by_id
    FROM observations_holding h JOIN observations_device d ON d.id = h.device_id
    WHERE h.admission_id = %(admission)s AND h.superseded_at IS NULL AND h.starts > %(since)s
    UNION ALL
    SELECT h.ends, 'kit-back', '', d.serial, d.model, NULL
    FROM observations_holding h JOIN observations_device d ON d.id = h.device_id
    WHERE h.admission_id = %(admission)s AND h.superseded_at IS NULL AND h.ends > %(since)s
    UNION ALL
    SELECT s.starts, 'moved', '', w.name, b.label, NULL
    FROM capacity_stay s JOIN patients_admission a ON a.spell_id = s.spell_id
    JOIN capacity_ward w ON w.id = s.ward_id LEFT JOIN capacity_bed b ON b.id = s.bed_id
    WHERE a.id = %(admission)s AND s.starts > %(since)s
    UNION ALL
    SELECT l.starts, 'leave', l.kind, d.place, d.held_by, d.recorded_by_id
    FROM patients_leavedetail d JOIN capacity_leave l ON l.id = d.leave_id
    WHERE d.admission_id = %(admission)s AND l.starts > %(since)s
    UNION ALL
    SELECT l.ends, 'leave-back', l.kind, d.place, '', NULL
    FROM patients_leavedetail d JOIN capacity_leave l ON l.id = d.leave_id
    WHERE d.admission_id = %(admission)s AND l.ends > %(since)s
    UNION ALL
    SELECT m.starts, 'mode', m.mode, m.reason, '', coalesce(m.agreed_by_id, m.decided_by_id)
    FROM patients_monitoringmode m
    WHERE m.admission_id = %(admission)s AND m.starts > %(since)s
    UNION ALL
    SELECT l.starts, 'plan', l.kind, l.reason, '', coalesce(l.agreed_by_id, l.set_by_id)
    FROM patients_planline l
    WHERE l.admission_id = %(admission)s AND l.reason <> '' AND l.starts > %(since)s
    UNION ALL
    SELECT z.starts, 'paused', '', z.reason, z.ends::text, z.set_by_id FROM patients_pause z
    WHERE z.admission_id = %(admission)s AND z.starts > %(since)s
    UNION ALL
    SELECT o.starts, 'oxygen', '', o.litres_per_minute::text, '', o.prescribed_by_id
    FROM patients_prescribedoxygen o
    WHERE o.admission_id = %(admission)s AND o.starts > %(since)s
    UNION ALL
    SELECT x.set_at, 'expected', '', x.day::text, x.reason, x.set_by_id
    FROM patients_expecteddischarge x
    WHERE x.admission_id = %(admission)s AND x.set_at > %(since)s
    UNION ALL
    SELECT coalesce(r.corrected_at, r.at),
        CASE WHEN r.withdrawn THEN 'withdrawal' ELSE 'review' END,
        r.kind, concat_ws(' ', r.findings, r.plan), r.correction_reason, r.by_id
    FROM rounds_review r
    WHERE r.admission_id = %(admission)s AND coalesce(r.corrected_at, r.at) >= %(since)s
      AND (r.withdrawn OR NOT {TAKEN_BACK.format("r")})
) e LEFT JOIN accounts_user u ON u.id = e.by_id
WHERE e.at <= %(until)s
ORDER BY e.at DESC LIMIT {MOST}
""",  # noqa: S608 — put together from constants only
    admission="uuid",
    since="timestamptz",
    until="timestamptz",
)


class Happened(NamedTuple):
    """`what` is the kind of event, `sort` the table's own word for it; `by` is empty where the
    service itself acted."""

    at: dt.datetime
    what: str
    sort: str
    words: str
    more: str
    by: str


def happened(admission: UUID, since: dt.datetime, until: dt.datetime) -> tuple[Happened, ...]:
    """The newest first, and no more than `MOST`."""
    given = {"admission": str(admission), "since": since, "until": until}
    return tuple(Happened._make((*row[:5], name_of(*row[5:]))) for row in _HAPPENED.rows(given))
