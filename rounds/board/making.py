"""Makes a board's row of what the tables say of a patient."""

from __future__ import annotations

import datetime as dt
import json
from functools import lru_cache
from typing import Any, Final
from uuid import UUID

from accounts.models.people import short_name
from observations.alerting.mistaken import WRONG_PATIENT
from observations.kinds import NAMES
from observations.models import Prompt, Standing
from observations.worn import piece
from patients.models import Admission, Patient
from rounds.board.entries import (
    AlertNow,
    Due,
    LeaveNow,
    ModeNow,
    PastScore,
    PathwayNow,
    PauseNow,
    Plan,
    ReviewNow,
    TaskNow,
    Vital,
)
from rounds.board.facts import Facts
from rounds.board.rows import Row

# Until somebody has decided, a patient is scored like most: never silently unwatched.
UNDECIDED: Final = ModeNow("news2_scale1", "")
_ADMISSION: Final = (
    *("id", "patient_id", "ward_id", "pathway_version_id", "admitted_at", "expected_discharge"),
    *("usual_news2", "usual_spo2", "board_version"),
)
_PATIENT: Final = ("id", "family_name", "given_name", "born", "sex", "phone")
_STANDING: Final = (
    *("version", "measured_at", "oldest_at", "total", "lowest", "response", "parts", "scale"),
    *("oxygen_from_plan", "self_reported", "previous_total", "previous_at"),
    *("unreviewed_response", "reviewed_at"),
)
_MOMENTS: Final = [_STANDING.index(name) for name in _STANDING if name.endswith("_at")]


def row(facts: Facts, scores: tuple[PastScore, ...], at: dt.datetime) -> Row:
    return Row(
        at=at,
        admission=_admission(facts),
        nhs_number=facts.nhs_number or "",
        pathway=PathwayNow(facts.pathway, facts.pathway_name),
        mode=ModeNow(*json.loads(facts.mode)) if facts.mode else UNDECIDED,
        standing=_standing(facts.pk, facts.standing),
        vitals=_vitals(facts.vitals, facts.oxygen),
        dues=_dues(facts.dues),
        plan=_plan(facts.plan),
        scores=scores,
        alert=alert(facts.alert),
        review=_review(facts.review),
        task=_task(facts.task, facts.prompt),
        leave=_leave(facts.leave),
        pause=_pause(facts.pause),
        no_bed=facts.no_bed,
        kit=tuple(map(piece, _read(facts.kit))),
    )


def alert(text: str | None, instead: str = WRONG_PATIENT) -> AlertNow | None:
    """The most urgent trigger speaks for the alert, the newest among equals; `instead` where
    none is left."""
    if not text:
        return None
    pk, priority, rang_at, owned_at, *owner, triggers = json.loads(text)
    reasons = triggers or [instead]
    return AlertNow(
        pk=UUID(pk),
        priority=priority,
        title=reasons[0],
        more=len(reasons) - 1,
        owner=name_of(*owner),
        since=moment(owned_at or rang_at),
        rang_at=moment(rang_at),
    )


def name_of(first: str | None, last: str | None, username: str | None) -> str:
    """Empty for nobody."""
    return short_name(first or "", last or "", username) if username else ""


# The kinds of a set are measured and due together: a ward has far fewer moments than texts.
@lru_cache(maxsize=4096)
def moment(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text)


def perhaps(text: str | None) -> dt.datetime | None:
    return moment(text) if text else None


def _admission(facts: Facts) -> Admission:
    """With what a row shows; the rest would be read when somebody asked for it."""
    found = Admission.from_db("default", _ADMISSION, facts[: len(_ADMISSION)])
    person = (facts.patient_id, *facts[len(_ADMISSION) : len(_ADMISSION) + len(_PATIENT) - 1])
    found.patient = Patient.from_db("default", _PATIENT, person)
    return found


def _standing(pk: UUID, text: str | None) -> Standing | None:
    if not text:
        return None
    known = json.loads(text)
    for place in _MOMENTS:
        known[place] = perhaps(known[place])
    return Standing.from_db("default", ("admission_id", *_STANDING), (pk, *known))


def _vitals(text: str | None, prescribed: str | None) -> dict[str, Vital]:
    """Home oxygen stands in the plan where nobody measured it."""
    found = {
        NAMES[kind]: Vital(float(number or 0), code or None, moment(at))
        for kind, number, code, at in _read(text)
    }
    if prescribed and "oxygen" not in found:
        litres, starts = json.loads(prescribed)
        found["oxygen"] = Vital(float(litres), None, moment(starts), from_plan=True)
    return found


def _dues(text: str | None) -> dict[str, Due]:
    return {NAMES[kind]: Due(*map(perhaps, moments)) for kind, *moments in _read(text)}


def _plan(text: str | None) -> dict[str, Plan]:
    return {kind: Plan(*told) for kind, *told in _read(text)}


def _review(text: str | None) -> ReviewNow | None:
    if not text:
        return None
    at, kind, *by = json.loads(text)
    return ReviewNow(moment(at), name_of(*by), kind)


def _task(task: str | None, prompt: str | None) -> TaskNow | None:
    """The next thing to do: what readings ask for is due at once."""
    found = None
    if task:
        pk, told, due_at = json.loads(task)
        found = TaskNow(UUID(pk), told, moment(due_at))
    if prompt:
        pk, kind, raised_at = json.loads(prompt)
        asked = TaskNow(pk, str(Prompt.Kind(kind).label), moment(raised_at))
        found = asked if found is None or asked.due_at < found.due_at else found
    return found


def _leave(text: str | None) -> LeaveNow | None:
    if not text:
        return None
    kind, place, held_by, back = json.loads(text)
    return LeaveNow(kind, place, held_by, moment(back))


def _pause(text: str | None) -> PauseNow | None:
    if not text:
        return None
    reason, ends = json.loads(text)
    return PauseNow(reason, moment(ends))


def _read(text: str | None) -> list[Any]:
    return json.loads(text) if text else []
