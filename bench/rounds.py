"""A ward round as the web server is asked for it: one patient's screen, and the list."""

from dataclasses import replace
from typing import Final
from uuid import UUID

from bench import boards, history
from bench.report import Line, Target
from bench.session import Session
from vwards.local.running import step

READINGS: Final = 5_000


def rows(session: Session) -> list[Line]:
    """Nobody has reviewed the patient yet: all of the fortnight is told."""
    from django.urls import reverse

    with step("Going round a ward"):
        pk, patient = _begun(session)
        screen = reverse("rounds:round-patient", args=[pk, patient])
        return [
            _line(
                session, f"round, a patient of 14 days and {READINGS:,} readings", screen, 10, 40
            ),
            _line(
                session,
                f"round, the list of {session.house.size.beds}",
                reverse("rounds:round-detail", args=[pk]),
                6,
                40,
            ),
        ]


def _begun(session: Session) -> tuple[UUID, UUID]:
    from patients.models import Admission
    from rounds.actions.rounds import start_round

    ward = session.house.ward
    patient = Admission.objects.current().on(ward).order_by("pk")[0]
    history.fill_stay(patient.pk, READINGS)
    found = start_round(ward=ward, shift="morning", by=session.house.nurse)
    return found.pk, patient.pk


def _line(session: Session, name: str, path: str, most: int, wanted: float) -> Line:
    browser = boards.signed_in(session.house.nurse, path)
    browser.look()
    seen = [
        boards.looked(browser, session.counts.looks, before=boards.forget, look=browser.look)
        for _ in range(session.counts.runs)
    ]
    shown, asked = boards.line(name, seen, wanted), boards.statements(browser)
    targets = (*shown.targets, Target("statements", len(asked), most, at_least=False))
    notes = shown.notes | {"statements": " | ".join(sql[:60] for sql in asked)}
    return replace(shown, targets=targets, notes=notes)
