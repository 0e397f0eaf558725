"""The board as JSON: the same object as the page's, in the words of the public interface."""

from __future__ import annotations

import datetime as dt
from typing import Any

from observations import kinds
from patients.models.people import listed_name
from rounds.board import Board, Row
from rounds.board.entries import AlertNow, ReviewNow, Vital


def board_as_json(board: Board) -> dict[str, Any]:
    return {
        "ward": board.ward.code,
        "as_of": moment(board.at),
        "version": board.version,
        "patients": [row_as_json(row) for row in board.rows],
    }


def row_as_json(row: Row) -> dict[str, Any]:
    patient = row.admission.patient
    return {
        "admission": row.admission.pk,
        "patient_id": patient.pk,
        "nhs_number": row.nhs_number or None,
        "name": listed_name(patient.family_name, patient.given_name),
        "pathway": row.pathway.code,
        "mode": row.mode.mode,
        "news2": _news2(row),
        "vitals": _vitals(row),
        "alerts": [_alert(row.alert)] if row.alert else [],
        "last_review": _review(row.review),
    }


def moment(at: dt.datetime | None) -> str | None:
    """UTC, RFC 3339, ending in Z."""
    return at.astimezone(dt.UTC).isoformat().replace("+00:00", "Z") if at else None


def _news2(row: Row) -> dict[str, Any]:
    """Of who is not scored every member is there, and empty."""
    known = row.standing if row.score_at_least is not None else None
    return {
        "total": known.total if known else None,
        "parts": row.parts,
        "missing": list(row.missing),
        "lowest": known.lowest if known else None,
        "response": known.response if known else None,
        "measured_at": moment(known.measured_at) if known else None,
        "stale": row.score_is_stale,
    }


def _vitals(row: Row) -> dict[str, Any]:
    """What was measured: oxygen that stands in the plan alone is in the score, not here."""
    return {kind: _vital(kind, vital) for kind, vital in row.vitals.items() if not vital.from_plan}


def _vital(kind: str, vital: Vital) -> dict[str, Any]:
    air = kind == "oxygen" and vital.number == 0
    return {
        "value": kinds.AIR if air else vital.code or vital.number,
        "unit": _unit(kind),
        "measured_at": moment(vital.measured_at),
    }


def _unit(kind: str) -> str:
    """As the interface writes them: those that a device may send, read back."""
    return "Cel" if kind == "temperature" else kinds.KINDS[kind].unit


def _alert(alert: AlertNow) -> dict[str, Any]:
    return {
        "id": str(alert.pk),
        "priority": alert.priority,
        "text": alert.title,
        "rang_at": moment(alert.rang_at),
        "owner": alert.owner or None,
    }


def _review(review: ReviewNow | None) -> dict[str, Any] | None:
    if review is None:
        return None
    return {"at": moment(review.at), "by": review.by, "kind": review.kind}
