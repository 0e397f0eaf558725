"""Makes a board's row of what the tables say of a patient."""

from __future__ import annotations

import datetime as dt
import json
from functools import lru_cache
from typing import Any, Final
from uuid import UUID

from msgspec.json import Decoder

from accounts.models.people import short_name
from observations.alerting.mistaken import WRONG_PATIENT
from observations.judgement.results import latest_of
from observations.kinds import NAMES
from observations.models import Prompt
from observations.worn import piece
from rounds.board.entries import (
    AdmissionNow,
    AlertNow,
    Due,
    LeaveNow,
    ModeNow,
    PastScore,
    PathwayNow,
    PatientNow,
    PauseNow,
    Plan,
    ReviewNow,
    StandingNow,
    TaskNow,
    Vital,
)
from rounds.board.facts import Facts
from rounds.board.rows import Row

# Until somebody has decided, a patient is scored like most: never silently unwatched.
UNDECIDED: Final = ModeNow("news2_scale1", "")
# Those that each row has: a decoder that knows what comes takes a fifth of the time.
_standing: Final = Decoder(StandingNow)
_dues: Final = Decoder(dict[int, tuple[str | None, ...]])
_plan: Final = Decoder(dict[str, Plan])


def row(facts: Facts, scores: tuple[PastScore, ...], at: dt.datetime) -> Row:
    return Row(
        at=at,
        admission=_admission(facts),
        nhs_number=facts.nhs_number or "",
        pathway=PathwayNow(facts.pathway, facts.pathway_name),
        mode=ModeNow(facts.mode, facts.mode_reason or "") if facts.mode else UNDECIDED,
        standing=_standing.decode(facts.standing) if facts.standing else None,
        vitals=_vitals(facts.latest, facts.oxygen),
        dues={NAMES[kind]: _due(told) for kind, told in _dues.decode(facts.dues or "{}").items()},
        plan=_plan.decode(facts.plan or "{}"),
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


# The kinds of a set are due together: a ward has few such, and compares them often.
@lru_cache(maxsize=4096)
def _due(told: tuple[str | None, ...]) -> Due:
    return Due(*map(perhaps, told))


def _admission(facts: Facts) -> AdmissionNow:
    return AdmissionNow(
        pk=facts.pk,
        patient=PatientNow(
            facts.patient_id,
            facts.family_name,
            facts.given_name,
            dt.date.fromisoformat(facts.born),
            facts.sex,
            facts.phone,
        ),
        pathway_version_id=int(facts.pathway_version_id),
        admitted_at=moment(facts.admitted_at),
        expected_discharge=dt.date.fromisoformat(facts.expected_discharge),
        usual_news2=_number(facts.usual_news2),
        usual_spo2=_number(facts.usual_spo2),
        board_version=facts.board_version,
    )


def _number(text: str | None) -> int | None:
    return int(text) if text else None


def _vitals(text: str | None, prescribed: str | None) -> dict[str, Vital]:
    """Home oxygen stands in the plan where nobody measured it."""
    found = {
        kind: Vital(float(point.number or 0), point.code or None, point.at)
        for kind, point in latest_of(text or "{}").items()
    }
    if prescribed and "oxygen" not in found:
        litres, starts = json.loads(prescribed)
        found["oxygen"] = Vital(float(litres), None, moment(starts), from_plan=True)
    return found


def _review(text: str | None) -> ReviewNow | None:
    if not text:
        return None
    at, kind, senior_at, *by = json.loads(text)
    return ReviewNow(moment(at), name_of(*by), kind, perhaps(senior_at))


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
    kind, place, held_by, back, starts = json.loads(text)
    return LeaveNow(kind, place, held_by, moment(back), moment(starts))


def _pause(text: str | None) -> PauseNow | None:
    if not text:
        return None
    reason, ends = json.loads(text)
    return PauseNow(reason, moment(ends))


def _read(text: str | None) -> list[Any]:
    return json.loads(text) if text else []
