"""What stands above a board's rows, and the board's version: one statement, so that an unchanged
board costs next to nothing."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from functools import cached_property
from typing import Any, Final

from capacity.models import IntegratedCareBoard, Provider, Ward
from capacity.weeks import WEEKS, called
from lib.london import day_of
from lib.prepared import Statement
from observations import worn
from observations.silence import DEAD_AFTER, MUTE_AFTER
from observations.watch import standing
from rounds.board import making
from rounds.board.entries import AlertNow
from rounds.board.held import HELD, OFFERED, watch_read
from rounds.board.rows import UNPLANNED_STALE_AFTER

# The version's part: of what changes often, sums of versions that only grow and never repeat; of
# what people write, sums of digests; and, since time alone makes things due, late, silent, stale,
# overdue and unreviewed, how many of the stored instants have passed.
_STATEMENT: Final = f"""
WITH here AS (
    SELECT a.id, a.spell_id, a.patient_id, a.board_version, a.admitted_at
    FROM patients_admission a
    WHERE a.ward_id = (SELECT id FROM capacity_ward WHERE code = %(code)s)
      AND a.discharged_at IS NULL
)
SELECT w.id, w.code, w.name, w.lead_provider_id, w.icb_id, p.code, i.code,
    {standing.OLDEST_SIGN},
    {HELD.format(ward="w.id")},
    {OFFERED.format(ward="w.id")},
    {WEEKS.format(ward="w.id")},
    (SELECT json_agg(json_build_array(e.subject, json_build_array(e.id, e.priority, e.rang_at,
         e.owned_at, u.first_name, u.last_name, u.username,
         (SELECT json_agg(t.text ORDER BY
              array_position(array['emergency', 'urgent', 'prompt'], t.priority::text),
              t.rang_at DESC, t.first_at)
          FROM observations_trigger t
          WHERE t.alert_id = e.id AND t.wrong_patient_at IS NULL))::text)
         ORDER BY e.opened_at)
     FROM observations_alert e LEFT JOIN accounts_user u ON u.id = e.owner_id
     WHERE e.ward_id = w.id AND e.admission_id IS NULL AND e.closed_at IS NULL)::text,
    w.roster_version,
    (SELECT array[count(*), sum(h.board_version), sum(s.version),
         count(*) FILTER (WHERE s.measured_at <= %(old)s),
         sum(width_bucket(%(old)s, s.latest_at)),
         count(*) FILTER (
             WHERE coalesce(s.reviewed_at, h.admitted_at) <= %(at)s - interval '24 hours')]
     FROM here h LEFT JOIN observations_standing s ON s.admission_id = h.id)::text,
    (SELECT array[count(*) FILTER (WHERE d.due_at <= %(at)s),
         count(*) FILTER (WHERE d.late_at <= %(at)s),
         count(*) FILTER (WHERE d.silent_at <= %(at)s),
         count(*) FILTER (WHERE d.stale_at <= %(at)s),
         count(*) FILTER (WHERE d.due_at <= %(dead)s),
         count(*) FILTER (WHERE d.due_at <= %(mute)s)]
     FROM observations_duetime d JOIN here ON here.id = d.admission_id)::text,
    (SELECT array[count(*) FILTER (WHERE l.starts <= %(at)s),
         count(*) FILTER (WHERE l.ends <= %(at)s)]
     FROM patients_planline l JOIN here ON here.id = l.admission_id)::text,
    (SELECT array[count(*) FILTER (WHERE m.starts <= %(at)s),
         count(*) FILTER (WHERE m.ends <= %(at)s)]
     FROM patients_monitoringmode m JOIN here ON here.id = m.admission_id)::text,
    (SELECT array[count(*) FILTER (WHERE o.starts <= %(at)s),
         count(*) FILTER (WHERE o.ends <= %(at)s)]
     FROM patients_prescribedoxygen o JOIN here ON here.id = o.admission_id)::text,
    (SELECT array[count(*) FILTER (WHERE z.starts <= %(at)s),
         count(*) FILTER (WHERE z.ends <= %(at)s), sum(hashtextextended(z::text, 0))]
     FROM patients_pause z JOIN here ON here.id = z.admission_id)::text,
    (SELECT array[count(*) FILTER (WHERE t.due_at < %(at)s),
         sum(hashtextextended(concat_ws('|', t.id, t.text, t.due_at), 0))]
     FROM rounds_task t JOIN here ON here.id = t.admission_id WHERE t.done_at IS NULL)::text,
    (SELECT sum(hashtextextended(concat_ws('|', q.id, q.kind, q.raised_at), 0))
     FROM observations_prompt q JOIN here ON here.id = q.admission_id
     WHERE q.done_at IS NULL)::text,
    (SELECT array[count(*), count(k.ends), count(k.superseded_at)]
     FROM observations_holding k JOIN here ON here.id = k.admission_id)::text,
    (SELECT sum(hash_record_extended(row(used.admission_id, d.id, {worn.KNOWN}), 0))
     FROM ({worn.USED.format(of="SELECT id FROM here")}) AS used {worn.JOINED})::text,
    (SELECT array[count(*) FILTER (WHERE l.starts <= %(at)s),
         count(*) FILTER (WHERE l.expected_back <= %(at)s),
         count(*) FILTER (WHERE l.starts <= %(at)s - interval '24 hours'),
         sum(hashtextextended(l::text, 0))]
     FROM capacity_leave l JOIN here ON here.spell_id = l.spell_id
     WHERE l.ends IS NULL)::text,
    (SELECT sum(hashtextextended(
         concat_ws('|', e.id, e.priority, e.rang_at, e.owned_at, e.owner_id), 0))
     FROM observations_alert e JOIN here ON here.id = e.admission_id
     WHERE e.closed_at IS NULL)::text,
    (SELECT sum(hashtextextended(
         concat_ws('|', t.id, t.priority, t.rang_at, t.wrong_patient_at IS NULL), 0))
     FROM observations_trigger t JOIN observations_alert e ON e.id = t.alert_id
     JOIN here ON here.id = e.admission_id WHERE e.closed_at IS NULL)::text
FROM capacity_ward w
JOIN capacity_provider p ON p.id = w.lead_provider_id
JOIN capacity_integratedcareboard i ON i.id = w.icb_id
WHERE w.code = %(code)s
"""  # noqa: S608 — put together from constants only
_HEAD: Final = Statement(
    "board_head",
    _STATEMENT,
    code="text",
    day="date",
    **dict.fromkeys(("at", "old", "dead", "mute"), "timestamptz"),
)
_WARD: Final = ("id", "code", "name", "lead_provider_id", "icb_id")


class Head:
    """A ward as at one instant; `seen` is all of it that a board's version must count."""

    def __init__(self, told: tuple[Any, ...], at: dt.datetime) -> None:
        self.at = at
        self.ward = _ward(told)
        self._sign, held, offered, self._weeks, self._alerts = told[7:12]
        self.watch = watch_read(held, offered, at)
        # Time alone ends a watch, and changes whom to call.
        self.call = called(self._weeks, at)
        self.seen = (*told[:7], *told[8:], self.watch.holder is None, self.call)

    @cached_property
    def lag(self) -> dt.timedelta:
        """How long the oldest unprocessed reading has waited."""
        return standing.behind(self._sign, self.at)

    @property
    def alerts(self) -> tuple[AlertNow, ...]:
        """The ward's own, such as of a reading without a patient."""
        told = json.loads(self._alerts) if self._alerts else []
        found = (making.alert(text, subject) for subject, text in told)
        return tuple(alert for alert in found if alert)


def head(code: str, at: dt.datetime) -> Head | None:
    """None where there is no such ward; whoever asks has still to ask who may see it."""
    given: Mapping[str, Any] = {
        "code": code,
        "day": day_of(at),
        "at": at,
        "old": at - UNPLANNED_STALE_AFTER,
        "dead": at - DEAD_AFTER,
        "mute": at - MUTE_AFTER,
    }
    found = _HEAD.rows(given)
    return Head(found[0], at) if found else None


def _ward(told: tuple[Any, ...]) -> Ward:
    ward = Ward.from_db("default", _WARD, told[:5])
    ward.lead_provider = Provider.from_db("default", ("id", "code"), (told[3], told[5]))
    ward.icb = IntegratedCareBoard.from_db("default", ("id", "code"), (told[4], told[6]))
    return ward
