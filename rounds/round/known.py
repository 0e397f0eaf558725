"""What must be known of a patient before deciding, one statement: who holds them, what is agreed,
what is open, what was written before, and what this clinician has typed."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from typing import Any, Final, NamedTuple
from uuid import UUID

from accounts.models import User
from capacity.hours import Week
from capacity.models import Bed, Stay
from capacity.weeks import WEEKS
from capacity.weeks import read as weeks_read
from lib.london import day_of
from lib.prepared import Statement
from patients.models import Admission, Contact, HomeRecord, SafetyRecord
from rounds.board.facts import TASK_WORDS
from rounds.board.held import HELD, OFFERED, watch_read
from rounds.board.making import moment, name_of
from rounds.holding import Watch
from rounds.models import ReviewDraft
from rounds.models.reviews import STANDS

# The reviews before, newest first: what was decided yesterday is what today is measured by.
_EARLIER: Final = 3
_KNOWN: Final = Statement(
    "round_known",
    f"""
SELECT
    (SELECT json_agg(json_build_array(s.topic, s.state, s.text, s.source, s.recorded_at))
     FROM patients_safetyrecord s
     WHERE s.patient_id = a.patient_id AND s.superseded_at IS NULL)::text,
    (SELECT json_agg(json_build_array(c.name, c.relationship, c.phone, c.call_first,
                         c.first_at_night, c.also_nights, c.must_not_be_told)
                     ORDER BY c.call_first DESC, c.name)
     FROM patients_contact c WHERE c.patient_id = a.patient_id)::text,
    (SELECT json_build_array(p.topic, p.state, p.text) FROM patients_homerecord p
     WHERE p.patient_id = a.patient_id AND p.topic = 'interpreter'
       AND p.superseded_at IS NULL)::text,
    (SELECT json_build_array(s.route, b.label)
     FROM capacity_stay s LEFT JOIN capacity_bed b ON b.id = s.bed_id
     WHERE s.spell_id = a.spell_id ORDER BY s.starts DESC, s.id DESC LIMIT 1)::text,
    {WEEKS.format(ward="a.ward_id")},
    {HELD.format(ward="a.ward_id")},
    {OFFERED.format(ward="a.ward_id")},
    (SELECT json_agg(json_build_array(t.id, {TASK_WORDS}, t.due_at,
                                      u.first_name, u.last_name, u.username)
                     ORDER BY t.due_at)
     FROM rounds_task t LEFT JOIN accounts_user u ON u.id = t.assigned_to_id
     WHERE t.admission_id = a.id AND t.done_at IS NULL AND NOT EXISTS (
         SELECT FROM rounds_task b
         WHERE b.token = t.token AND b.number < t.number AND b.done_at IS NULL))::text,
    (SELECT json_agg(json_build_array(p.id, p.kind, p.text, p.raised_at) ORDER BY p.raised_at)
     FROM observations_prompt p WHERE p.admission_id = a.id AND p.done_at IS NULL)::text,
    (SELECT json_agg(r.told) FROM (
         SELECT json_build_array(v.id, v.at, v.kind, v.seen, v.course, v.findings, v.plan,
             v.discussed_with, v.by_id, u.first_name, u.last_name, u.username,
             v.correction_reason) AS told
         FROM rounds_review v JOIN accounts_user u ON u.id = v.by_id
         WHERE v.admission_id = a.id AND {STANDS.format("v")}
         ORDER BY v.at DESC LIMIT {_EARLIER}) r)::text,
    (SELECT count(*) FROM rounds_review v WHERE v.admission_id = a.id),
    (SELECT json_build_array(d.token, d.version, d.known, d.typed, d.saved_at)
     FROM rounds_reviewdraft d WHERE d.admission_id = a.id AND d.by_id = %(user)s
       AND NOT EXISTS (SELECT FROM rounds_review v WHERE v.token = d.token))::text,
    (SELECT json_agg(v.token) FROM rounds_review v
     WHERE v.admission_id = a.id AND v.by_id = %(user)s AND v.token IS NOT NULL
       AND v.at > %(at)s - interval '2 days')::text,
    v.responses::text
FROM patients_admission a
JOIN patients_pathwayversion v ON v.id = a.pathway_version_id
WHERE a.id = %(admission)s
""",  # noqa: S608 — put together from constants only
    admission="uuid",
    user="bigint",
    at="timestamptz",
    day="date",
)


class OpenTask(NamedTuple):
    pk: UUID
    text: str
    due_at: dt.datetime
    who: str


class OpenPrompt(NamedTuple):
    pk: int
    kind: str
    text: str
    raised_at: dt.datetime


class Earlier(NamedTuple):
    """A review as it stands, after its corrections."""

    pk: UUID
    at: dt.datetime
    kind: str
    seen: str
    course: str
    findings: str
    plan: str
    discussed_with: str
    by_id: int
    by: str
    correction_reason: str


@dataclass(frozen=True)
class Known:
    """`written` counts all reviews, corrections among them; `spent` are this clinician's forms
    that were sent already, so that a browser forgets what it kept of them."""

    safety: dict[str, SafetyRecord]
    contacts: tuple[Contact, ...]
    interpreter: HomeRecord | None
    stay: Stay | None
    weeks: tuple[Week, ...]
    watch: Watch
    tasks: tuple[OpenTask, ...]
    prompts: tuple[OpenPrompt, ...]
    reviews: tuple[Earlier, ...]
    written: int
    draft: ReviewDraft | None
    spent: tuple[str, ...]
    responses: dict[str, str]


def known(admission: Admission, *, user: User, at: dt.datetime) -> Known:
    given = {"admission": str(admission.pk), "user": user.pk, "at": at, "day": day_of(at)}
    (row,) = _KNOWN.rows(given)
    safety, contacts, interpreter, stay, weeks, held, offered, *rest = row
    tasks, prompts, reviews, written, draft, spent, here = rest
    return Known(
        safety={told[0]: _safety(*told) for told in _read(safety)},
        contacts=tuple(_contact(*told) for told in _read(contacts)),
        interpreter=_home(*_read(interpreter)) if interpreter else None,
        stay=_stay(*_read(stay)) if stay else None,
        weeks=weeks_read(weeks),
        watch=watch_read(held, offered, at),
        tasks=tuple(_task(*told) for told in _read(tasks)),
        prompts=tuple(_prompt(*told) for told in _read(prompts)),
        reviews=tuple(_earlier(*told) for told in _read(reviews)),
        written=written,
        draft=_draft(*_read(draft)) if draft else None,
        spent=tuple(_read(spent)),
        responses=json.loads(here or "{}"),
    )


def _read(text: str | None) -> list[Any]:
    return json.loads(text) if text else []


def _safety(topic: str, state: str, text: str, source: str, recorded_at: str) -> SafetyRecord:
    return SafetyRecord(
        topic=topic, state=state, text=text, source=source, recorded_at=moment(recorded_at)
    )


def _contact(*told: Any) -> Contact:
    name, relationship, phone, first, first_at_night, nights, untold = told
    return Contact(
        name=name,
        relationship=relationship,
        phone=phone,
        call_first=first,
        first_at_night=first_at_night,
        also_nights=nights,
        must_not_be_told=untold,
    )


def _home(topic: str, state: str, text: str) -> HomeRecord:
    return HomeRecord(topic=topic, state=state, text=text)


def _stay(route: str, bed: str | None) -> Stay:
    return Stay(route=route, bed=Bed(label=bed) if bed else None)


def _task(pk: str, text: str, due_at: str, *who: str | None) -> OpenTask:
    return OpenTask(UUID(pk), text, moment(due_at), name_of(*who))


def _prompt(pk: int, kind: str, text: str, raised_at: str) -> OpenPrompt:
    return OpenPrompt(pk, kind, text, moment(raised_at))


def _earlier(pk: str, at: str, *told: Any) -> Earlier:
    kind, seen, course, findings, plan, discussed_with, by_id, *by, reason = told
    return Earlier(
        *(UUID(pk), moment(at), kind, seen, course, findings, plan, discussed_with, by_id),
        name_of(*by),
        reason,
    )


def _draft(token: str, version: int, known: int, typed: dict[str, Any], saved: str) -> ReviewDraft:
    return ReviewDraft(
        token=UUID(token), version=version, known=known, typed=typed, saved_at=moment(saved)
    )
