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

_ROWS: Final = f"""
SELECT a.id, a.patient_id, a.ward_id, a.pathway_version_id, a.admitted_at, a.expected_discharge,
  a.usual_news2, a.usual_spo2, a.board_version,
  p.family_name, p.given_name, p.born, p.sex, p.phone,
  (SELECT i.value FROM patients_identifier i
   WHERE i.patient_id = p.id AND i.system = 'nhs_number'
     AND i.status IN ('unverified', 'verified')),
  w.code, w.short_name,
  (SELECT json_build_array(m.mode, m.reason) FROM patients_monitoringmode m
   WHERE m.admission_id = a.id AND m.starts <= %(at)s AND (m.ends IS NULL OR m.ends > %(at)s)
   LIMIT 1)::text,
  (CASE WHEN s.admission_id IS NOT NULL THEN
   json_build_array(s.version, s.measured_at, s.oldest_at, s.total, s.lowest, s.response,
       s.parts, s.scale, s.oxygen_from_plan, s.self_reported, s.previous_total, s.previous_at,
       s.unreviewed_response, s.reviewed_at) END)::text,
  (SELECT json_agg(json_build_array(v.kind, v.number, v.code, v.measured_at) ORDER BY v.kind)
   FROM observations_latestvital v WHERE v.admission_id = a.id)::text,
  (SELECT json_build_array(o.litres_per_minute, o.starts) FROM patients_prescribedoxygen o
   WHERE o.admission_id = a.id AND o.starts <= %(at)s AND (o.ends IS NULL OR o.ends > %(at)s)
   LIMIT 1)::text,
  (SELECT json_agg(json_build_array(d.kind, d.due_at, d.late_at, d.silent_at, d.stale_at)
                   ORDER BY d.kind)
   FROM observations_duetime d WHERE d.admission_id = a.id)::text,
  (SELECT json_agg(json_build_array(l.kind, l.times, l.every_hours, l.low, l.high, l.priority)
                   ORDER BY l.id)
   FROM patients_planline l
   WHERE l.admission_id = a.id AND l.starts <= %(at)s AND (l.ends IS NULL OR l.ends > %(at)s)
  )::text,
  (SELECT json_agg({worn.PIECE} ORDER BY d.id)
   FROM ({worn.USED.format(of="= a.id")}) AS used {worn.JOINED})::text,
  (SELECT json_build_array(e.id, e.priority, e.rang_at, e.owned_at,
       u.first_name, u.last_name, u.username,
       (SELECT json_agg(t.text ORDER BY
            array_position(array['emergency', 'urgent', 'prompt'], t.priority::text),
            t.rang_at DESC, t.first_at)
        FROM observations_trigger t WHERE t.alert_id = e.id AND t.wrong_patient_at IS NULL))
   FROM observations_alert e LEFT JOIN accounts_user u ON u.id = e.owner_id
   WHERE e.admission_id = a.id AND e.closed_at IS NULL)::text,
  (SELECT json_build_array(r.at, r.kind, u.first_name, u.last_name, u.username)
   FROM rounds_review r JOIN accounts_user u ON u.id = r.by_id
   WHERE r.admission_id = a.id
     AND NOT EXISTS (SELECT FROM rounds_review c WHERE c.corrects_id = r.id)
   ORDER BY r.at DESC LIMIT 1)::text,
  (SELECT json_build_array(t.id, t.text, t.due_at) FROM rounds_task t
   WHERE t.admission_id = a.id AND t.done_at IS NULL ORDER BY t.due_at LIMIT 1)::text,
  (SELECT json_build_array(q.id, q.kind, q.raised_at) FROM observations_prompt q
   WHERE q.admission_id = a.id AND q.done_at IS NULL ORDER BY q.raised_at LIMIT 1)::text,
  (SELECT json_build_array(l.kind, d.place, d.held_by, l.expected_back)
   FROM patients_leavedetail d JOIN capacity_leave l ON l.id = d.leave_id
   WHERE d.admission_id = a.id AND l.ends IS NULL AND l.starts <= %(at)s LIMIT 1)::text,
  (SELECT json_build_array(z.reason, z.ends) FROM patients_pause z
   WHERE z.admission_id = a.id AND z.starts <= %(at)s AND z.ends > %(at)s
   ORDER BY z.ends DESC LIMIT 1)::text,
  coalesce((SELECT y.no_bed FROM capacity_stay y
   WHERE y.spell_id = a.spell_id AND y.ward_id = a.ward_id AND y.ends IS NULL
     AND y.bed_id IS NULL), '')
FROM patients_admission a
JOIN patients_patient p ON p.id = a.patient_id
JOIN patients_pathwayversion v ON v.id = a.pathway_version_id
JOIN patients_pathway w ON w.code = v.pathway_id
LEFT JOIN observations_standing s ON s.admission_id = a.id
"""  # noqa: S608 — put together from constants only
_HERE: Final = Statement(
    "board_rows",
    f"{_ROWS} WHERE a.ward_id = %(ward)s AND a.discharged_at IS NULL",
    ward="bigint",
    at="timestamptz",
)
_ALONE: Final = Statement(
    "board_row", f"{_ROWS} WHERE a.id = %(admission)s", admission="uuid", at="timestamptz"
)


class Facts(NamedTuple):
    """One patient; what may be several or absent is JSON, empty when there is none."""

    pk: UUID
    patient_id: UUID
    ward_id: int
    pathway_version_id: int
    admitted_at: dt.datetime
    expected_discharge: dt.date
    usual_news2: int | None
    usual_spo2: int | None
    board_version: int
    family_name: str
    given_name: str
    born: dt.date
    sex: str
    phone: str
    nhs_number: str | None
    pathway: str
    pathway_name: str
    mode: str | None
    standing: str | None
    vitals: str | None
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
