"""Reads all that the rows of a board show, one statement however many patients.

The texts come as PostgreSQL wrote them: a row whose texts are those of the last time shows what it
showed then, and need not be understood again.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any, Final, NamedTuple
from uuid import UUID

from capacity.models import Ward
from lib.prepared import Statement
from observations import worn
from rounds.models.reviews import STANDS

# Of a task `t`, as `str(task)` says it: Ceftriaxone 2 g (2 of 5).
TASK_WORDS: Final = (
    "CASE WHEN t.of > 1 THEN t.text || ' (' || t.number || ' of ' || t.of || ')' ELSE t.text END"
)
# All of it as text, so that nothing is understood which only has to be compared.
_ROWS: Final = f"""
WITH here AS (SELECT * FROM patients_admission WHERE {{of}})
SELECT a.id::text, a.patient_id::text, a.pathway_version_id::text, a.admitted_at::text,
  a.expected_discharge::text, a.usual_news2::text, a.usual_spo2::text, a.board_version::text,
  p.family_name, p.given_name, p.born::text, p.sex, p.phone,
  i.value, w.code, w.short_name, m.mode, m.reason,
  (CASE WHEN s.admission_id IS NOT NULL THEN
   json_build_array(s.version, s.measured_at, s.oldest_at, s.total, s.lowest, s.response,
       s.parts, s.scale, s.oxygen_from_plan, s.self_reported, s.previous_total, s.previous_at,
       s.unreviewed_response, s.reviewed_at) END)::text,
  s.latest,
  (SELECT json_build_array(o.litres_per_minute, o.starts) FROM patients_prescribedoxygen o
   WHERE o.admission_id = a.id AND o.starts <= %(at)s AND (o.ends IS NULL OR o.ends > %(at)s)
   LIMIT 1)::text,
  due.told,
  (SELECT json_object_agg(l.kind,
       json_build_array(l.times, l.every_hours, l.low, l.high, l.priority))
   FROM patients_planline l
   WHERE l.admission_id = a.id AND l.starts <= %(at)s AND (l.ends IS NULL OR l.ends > %(at)s)
  )::text,
  kit.told,
  (SELECT json_build_array(e.id, e.priority, e.rang_at, e.owned_at,
       u.first_name, u.last_name, u.username,
       (SELECT json_agg(t.text ORDER BY
            array_position(array['emergency', 'urgent', 'prompt'], t.priority::text),
            t.rang_at DESC, t.first_at)
        FROM observations_trigger t WHERE t.alert_id = e.id AND t.wrong_patient_at IS NULL))
   FROM observations_alert e LEFT JOIN accounts_user u ON u.id = e.owner_id
   WHERE e.admission_id = a.id AND e.closed_at IS NULL)::text,
  (SELECT json_build_array(r.at, r.kind,
       (SELECT max(v.at) FROM rounds_review v
        WHERE v.admission_id = a.id AND v.kind IN ('senior', 'mdt') AND {STANDS.format("v")}),
       u.first_name, u.last_name, u.username)
   FROM rounds_review r JOIN accounts_user u ON u.id = r.by_id
   WHERE r.admission_id = a.id AND {STANDS.format("r")}
   ORDER BY r.at DESC LIMIT 1)::text,
  (SELECT json_build_array(t.id, {TASK_WORDS}, t.due_at) FROM rounds_task t
   WHERE t.admission_id = a.id AND t.done_at IS NULL ORDER BY t.due_at LIMIT 1)::text,
  (SELECT json_build_array(q.id, q.kind, q.raised_at) FROM observations_prompt q
   WHERE q.admission_id = a.id AND q.done_at IS NULL ORDER BY q.raised_at LIMIT 1)::text,
  (SELECT json_build_array(l.kind, d.place, d.held_by, l.expected_back, l.starts)
   FROM patients_leavedetail d JOIN capacity_leave l ON l.id = d.leave_id
   WHERE d.admission_id = a.id AND l.ends IS NULL AND l.starts <= %(at)s LIMIT 1)::text,
  (SELECT json_build_array(z.reason, z.ends) FROM patients_pause z
   WHERE z.admission_id = a.id AND z.starts <= %(at)s AND z.ends > %(at)s
   ORDER BY z.ends DESC LIMIT 1)::text,
  coalesce(y.no_bed, '')
FROM here a
JOIN patients_patient p ON p.id = a.patient_id
JOIN patients_pathwayversion v ON v.id = a.pathway_version_id
JOIN patients_pathway w ON w.code = v.pathway_id
LEFT JOIN patients_identifier i ON i.patient_id = a.patient_id AND i.system = 'nhs_number'
  AND i.status IN ('unverified', 'verified')
LEFT JOIN patients_monitoringmode m ON m.admission_id = a.id AND m.starts <= %(at)s
  AND (m.ends IS NULL OR m.ends > %(at)s)
LEFT JOIN capacity_stay y ON y.spell_id = a.spell_id AND y.ward_id = a.ward_id
  AND y.ends IS NULL AND y.bed_id IS NULL
LEFT JOIN observations_standing s ON s.admission_id = a.id
LEFT JOIN (
    SELECT d.admission_id,
        json_object_agg(d.kind, json_build_array(d.due_at, d.late_at, d.silent_at, d.stale_at)
                        ORDER BY d.kind)::text AS told
    FROM here JOIN observations_duetime d ON d.admission_id = here.id GROUP BY d.admission_id
) AS due ON due.admission_id = a.id
LEFT JOIN (
    SELECT used.admission_id, json_agg({worn.PIECE} ORDER BY d.id)::text AS told
    FROM ({worn.USED.format(of="SELECT id FROM here")}) AS used {worn.JOINED}
    GROUP BY used.admission_id
) AS kit ON kit.admission_id = a.id
"""  # noqa: S608 — put together from constants only
_HERE: Final = Statement(
    "board_rows",
    _ROWS.format(of="ward_id = %(ward)s AND discharged_at IS NULL"),
    ward="bigint",
    at="timestamptz",
)
_ALONE: Final = Statement(
    "board_row", _ROWS.format(of="id = %(admission)s"), admission="uuid", at="timestamptz"
)


class Facts(NamedTuple):
    """One patient; what may be several or absent is JSON, None when there is none."""

    pk: str
    patient_id: str
    pathway_version_id: str
    admitted_at: str
    expected_discharge: str
    usual_news2: str | None
    usual_spo2: str | None
    board_version: str
    family_name: str
    given_name: str
    born: str
    sex: str
    phone: str
    nhs_number: str | None
    pathway: str
    pathway_name: str
    mode: str | None
    mode_reason: str | None
    standing: str | None
    latest: str | None
    oxygen: str | None
    dues: str | None
    plan: str | None
    kit: str | None
    alert: str | None
    review: str | None
    task: str | None
    prompt: str | None
    leave: str | None
    pause: str | None
    no_bed: str


def on_ward(ward: Ward, at: dt.datetime) -> list[Facts]:
    """Of everybody who is there now; whoever asks has asked who may see them."""
    return _named(_HERE.rows({"ward": ward.pk, "at": at}))


def of_one(admission: UUID, at: dt.datetime) -> Facts:
    (found,) = _named(_ALONE.rows({"admission": str(admission), "at": at}))
    return found


def _named(rows: Iterable[tuple[Any, ...]]) -> list[Facts]:
    return [Facts._make(row) for row in rows]
