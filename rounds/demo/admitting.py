"""Refers, accepts and admits the demo's patients, each at their own time."""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

from accounts.models import User
from lib import london
from patients.actions.admissions import admit, start_leave
from patients.actions.care import prescribe_oxygen, set_usual
from patients.actions.people import add_contact, record_safety, register_patient
from patients.actions.plans import limit_of, version_for
from patients.actions.referrals import accept, refer
from patients.models import Admission, ExpectedDischarge, MonitoringMode, Patient, Referral
from rounds.demo import home, managing, world
from rounds.demo.cases import Case
from rounds.demo.kit import Kit, Worn, hand_out, home_of
from rounds.demo.places import Places
from rounds.demo.staff import Staff

REASONS: Final = {
    "frailty": "Off legs with an infection; would otherwise be admitted.",
    "acute-respiratory-infection": "Pneumonia, improving; oxygen saturation to be watched.",
    "covid-19": "Covid-19, at higher risk; saturation to be watched.",
    "heart-failure": "Fluid overload; diuretics to be adjusted at home.",
    "copd": "Exacerbation of COPD, improving on steroids.",
    "cardiology": "Rapid atrial fibrillation, rate now controlled.",
    "diabetes": "High glucose without ketosis; insulin being adjusted.",
    "opat": "Antibiotics into a vein for deep infection.",
    "palliative": "Symptoms to be settled at home, as the patient wishes.",
    "paediatric": "Wheeze, stretching the salbutamol; parents confident.",
}


def admit_all(
    places: Places, staff: Staff, kit: Kit, cases: list[Case], *, seed: int, now: dt.datetime
) -> list[Worn]:
    """In order of time within each ward, as it happened."""
    return [
        _come(places, staff, kit, case, seed=seed, now=now)
        for case in sorted(cases, key=lambda one: (one.ward.code, one.admitted_at))
    ]


def _come(
    places: Places, staff: Staff, kit: Kit, case: Case, *, seed: int, now: dt.datetime
) -> Worn:
    lead, nurse = staff.lead(case.ward.code), staff.nurses(case.ward.code)[0]
    patient = _register(kit, staff, case)
    admission = _admit(places, staff, case, patient, lead)
    worn = hand_out(kit, places, case, admission, by=nurse)
    _know(case, patient, by=nurse, seed=seed)
    home.ask(case, admission, by=nurse, seed=seed)
    home.order(case, admission, by=nurse, now=now)
    _agree(case, admission, by=lead, now=now)
    return worn


def _register(kit: Kit, staff: Staff, case: Case) -> Patient:
    referred = _referred_at(case)
    person = case.person
    more = person.more() | {"home_icb": managing.board_of(case)}
    if case.home:
        home = home_of(kit, case, at=referred - dt.timedelta(days=90))
        more |= {"lives_in": home, "address": home.address, "lives_with": "in a care home"}
    return register_patient(
        family_name=person.family_name,
        given_name=person.given_name,
        born=person.born,
        sex=person.sex,
        nhs_number=person.nhs_number,
        by=staff.referrer(case.ward.icb),
        at=referred,
        **more,
    )


def _referred_at(case: Case) -> dt.datetime:
    return case.admitted_at - dt.timedelta(minutes=190 + int(case.person.nhs_number[-3:]) % 400)


def _admit(places: Places, staff: Staff, case: Case, patient: Patient, lead: User) -> Admission:
    referred = _referred_at(case)
    referral = refer(
        patient=patient,
        ward=places.wards[case.ward.code],
        pathway=places.pathways[case.pathway],
        route=case.route,
        source=case.source,
        reason=REASONS[case.pathway],
        facts=_facts(case),
        by=staff.referrer(case.ward.icb),
        referrer_organisation="Acute medicine"
        if case.route == "step_down"
        else "Test Lane Surgery",
        referrer_phone="0116 496 0018",
        at=referred,
    )
    accepted = accept(referral=referral, by=lead, at=referred + dt.timedelta(minutes=55))
    bed = places.beds[case.ward.code][case.bed] if case.bed else None
    return admit(
        referral=accepted,
        bed=bed,
        no_bed_reason="" if bed else "Would otherwise wait in the emergency department overnight",
        expected_discharge=_expected(case),
        responsible_clinician=lead,
        by=lead,
        at=case.admitted_at,
        **_mode(case, lead),
        **_beyond(case, accepted),
    )


def _beyond(case: Case, referral: Referral) -> dict[str, Any]:
    """Why, where they are expected to stay for longer than the pathway means."""
    limit = limit_of(version_for(referral.ward, referral.pathway), london.day_of(case.admitted_at))
    if _expected(case) <= limit:
        return {}
    return {"cause": ExpectedDischarge.Cause.CLINICAL, "cause_reason": "Slow to recover"}


def _expected(case: Case) -> dt.date:
    """Day one is the day of coming: day 7 of 7 leaves today."""
    return london.day_of(case.admitted_at) + dt.timedelta(days=case.expected_days - 1)


def _mode(case: Case, lead: User) -> dict[str, Any]:
    """Scale 2 and comfort are a senior's decision."""
    modes = MonitoringMode.Mode
    if case.scale == 2:
        why = "Retains carbon dioxide: hypercapnic failure confirmed by blood gas"
        return {"mode": modes.NEWS2_SCALE2, "mode_reason": why, "agreed_by": lead}
    if case.comfort:
        why = "Last days of life; agreed with the family and the hospice team"
        return {"mode": modes.COMFORT, "mode_reason": why, "agreed_by": lead}
    return {}


def _facts(case: Case) -> dict[str, Any]:
    """What the referrer answered to the pathway's criteria."""
    chance = case.chance(0, "facts")
    return {
        "age": (case.admitted_at.date() - case.person.born).days // 365,
        "spo2": case.usual.spo2,
        "news2": chance.randint(0, 2),
        "systolic": case.usual.systolic,
        "cfs": chance.randint(5, 7),
        "improving": True,
        "agrees": True,
        "home_safe": True,
        "manages": True,
    }


def _know(case: Case, patient: Patient, *, by: User, seed: int) -> None:
    """What must be known first, and whom to call; for some nobody has asked yet."""
    at = case.admitted_at + dt.timedelta(minutes=20)
    told, chance = _told(case, seed), case.chance(seed, "safety")
    for topic, text in told.items():
        state = "recorded" if text else "none"
        source = "patient" if topic == "allergies" else "GP summary record"
        record_safety(
            patient=patient, topic=topic, state=state, text=text, source=source, by=by, at=at
        )
    name, relation, phone = case.told.get("contact") or (
        f"{chance.choice(('Alex', 'Sam', 'Robin', 'Jo'))} {case.person.family_name.split('-')[0]}",
        chance.choice(world.names()["relations"]),
        f"07700 900 {chance.randint(100, 999)}",
    )
    add_contact(
        patient=patient,
        name=name,
        relationship=relation,
        phone=phone,
        is_carer=True,
        call_first=True,
        **_at_night(chance.random()),
        by=by,
        at=at,
    )


def _at_night(chance: float) -> dict[str, bool]:
    """Most who are called first may be called at night as well."""
    return {"first_at_night": chance < 0.6, "also_nights": chance < 0.6}


def _told(case: Case, seed: int) -> dict[str, str]:
    """By topic; an empty text is none, an absent topic was not asked."""
    if case.told:
        row = case.told
        known = {"treatment_escalation": row["ceiling"], "resuscitation": row["resuscitation"]}
        return ({"allergies": row["allergy"]} if "allergy" in row else {}) | known
    chance, names = case.chance(seed, "topics"), world.names()
    told: dict[str, str] = {}
    if chance.random() < 0.95:
        told["allergies"] = chance.choice(names["allergies"]) if chance.random() < 0.3 else ""
    if chance.random() < 0.45:
        told["treatment_escalation"] = chance.choice(names["ceilings"][:3])
    if chance.random() < 0.45:
        frail = case.pathway in ("frailty", "palliative")
        told["resuscitation"] = "Not for CPR" if frail and chance.random() < 0.6 else "For CPR"
    return told


def _agree(case: Case, admission: Admission, *, by: User, now: dt.datetime) -> None:
    soon = case.admitted_at + dt.timedelta(minutes=40)
    if case.scale == 2:
        set_usual(admission=admission, usual_news2=3, usual_spo2=case.usual.spo2, by=by, at=soon)
    if case.usual.oxygen:
        litres = case.usual.oxygen
        prescribe_oxygen(admission=admission, litres_per_minute=litres, by=by, at=soon)
    if case.on_leave:
        start_leave(
            admission=admission,
            kind="hospital",
            place="Emergency department, Leicester Royal Infirmary",
            held_by="Acute medicine, UHL",
            phone="0116 496 0999",
            expected_back=now + dt.timedelta(hours=8),
            bed_held=True,
            by=by,
            at=now - dt.timedelta(hours=5),
        )
