"""What the demo's wards have asked about home and safety; for some nobody has asked yet."""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

from accounts.models import User
from lib import london
from observations.actions.devices import issue_device
from observations.actions.equipment import add_device
from observations.models import Supplier
from patients.actions.home import record_check, record_home, set_key_safe
from patients.actions.people import add_contact
from patients.actions.safeguarding import note_safeguarding
from patients.models import Admission
from rounds.demo.cases import Case

CHECKED: Final = (
    "Power, heating and mobile signal seen; smoke alarm works",
    "Power and signal good; loose rug taken up",
    "Signal weak in the bedroom: the hub stands in the hall",
)
RISKS: Final[tuple[dict[str, Any], ...]] = (
    {"marks": ["animals"], "text": "Large dog, shut in the kitchen if you ring first"},
    {"marks": ["access"], "text": "4th floor, the lift is often out of order"},
    {"marks": ["two_people"], "text": "Agreed with the police after threats in the street"},
    {"marks": ["smoking"], "text": "Son smokes indoors; home oxygen in the same room"},
)


def ask(case: Case, admission: Admission, *, by: User, seed: int) -> None:
    """All of it on the ward that is told one by one; elsewhere what is asked first."""
    at, chance = case.admitted_at + dt.timedelta(minutes=25), case.chance(seed, "home")
    known: dict[str, Any] = {"by": by, "at": at}
    if chance.random() < 0.95:
        record_check(admission=admission, topic="consent", **_consent(case, at), **known)
    if chance.random() < 0.9:
        text = chance.choice(CHECKED)
        record_check(admission=admission, topic="home", answer="yes", text=text, **known)
    if chance.random() < 0.85:
        risky = chance.random() < 0.2
        told = {"state": "recorded", **chance.choice(RISKS)} if risky else {"state": "none"}
        told = case.told.get("risks", told)
        record_home(patient=admission.patient, topic="visit_risks", **told, **known)
    if case.told:
        _ask_the_rest(case, admission, known)


def _consent(case: Case, at: dt.datetime) -> dict[str, Any]:
    given: dict[str, Any] = {"answer": "yes", "given_at": at - dt.timedelta(minutes=45)}
    if case.pathway == "paediatric":
        return given | {"given_by": "parent", "given_with": "the mother"}
    if case.comfort:
        return given | {"given_by": "best_interests", "given_with": "the GP and the family"}
    return given | {"given_by": "patient"}


def _ask_the_rest(case: Case, admission: Admission, known: dict[str, Any]) -> None:
    patient, told = admission.patient, case.told
    spoken: dict[str, Any] = {"state": "none"}
    if patient.language != "English":
        text = told.get("interpreter", "by phone, LanguageLine")
        spoken = {"state": "recorded", "text": text}
    record_home(patient=patient, topic="interpreter", **spoken, **known)
    if case.expected_days % 3:
        adjusted = told.get("adjustments")
        state = {"state": "recorded", "text": adjusted} if adjusted else {"state": "none"}
        record_home(patient=patient, topic="adjustments", **state, **known)
    if not (case.home or case.person.lives_with == "alone"):
        text = "Shown how to use the kit; managed it"
        record_check(admission=admission, topic="carer", answer="yes", text=text, **known)
    if code := told.get("key_safe"):
        set_key_safe(patient=patient, code=code, place="Left of the front door", **known)
    if concern := told.get("safeguarding"):
        note_safeguarding(admission=admission, text=concern, **known)
    if who := told.get("not_told"):
        name, relation = who
        add_contact(
            patient=patient, name=name, relationship=relation, must_not_be_told=True, **known
        )


def order(case: Case, admission: Admission, *, by: User, now: dt.datetime) -> None:
    """A piece of kit that somebody waits for, and nobody has chased."""
    if not case.told.get("ordered"):
        return
    at = max(case.admitted_at, now - dt.timedelta(days=3))
    meter = add_device(
        serial=f"PF-{case.person.nhs_number[-4:]}",
        supplier=Supplier.objects.order_by("pk")[0],
        provider=admission.ward.lead_provider,
        model="Peak flow meter",
        kinds=["peak_flow"],
        by=None,
        at=at,
    )
    due = london.day_of(now - dt.timedelta(days=1))
    issue_device(device=meter, admission=admission, state="ordered", delivery_due=due, by=by, at=at)
