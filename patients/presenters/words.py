"""Small words that several pages share: who somebody is, when, and where a page is found."""

from __future__ import annotations

import datetime as dt

from django.urls import NoReverseMatch, reverse

from lib import london
from lib.scripts import apart
from patients import nhs_numbers
from patients.models import Admission, Patient, Referral

SEX_LETTER = {"female": "F", "male": "M", "indeterminate": "I", "not_known": ""}


def address(name: str, *args: object) -> str:
    """Empty where no page answers at that name: it belongs to the floor above."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""


def named(patient: Patient) -> str:
    """SAMPLE, Margaret, 999 000 0018: how a button names whom it is about."""
    number = nhs_numbers.shown(patient.nhs_number)
    name = apart(str(patient))
    return f"{name}, {number}" if number else f"{name}, born {london.plain_day(patient.born)}"


def age_and_sex(patient: Patient, day: dt.date) -> str:
    """83 F"""
    return f"{patient.age_on(day)} {SEX_LETTER[patient.sex]}".strip()


def usual_words(usual_news2: int | None, usual_spo2: int | None) -> str:
    """usual NEWS2 3, SpO2 91 %; empty where nobody knows"""
    known = (("NEWS2", usual_news2, ""), ("SpO2", usual_spo2, " %"))
    told = ", ".join(f"{what} {n}{unit}" for what, n, unit in known if n is not None)
    return f"usual {told}" if told else ""


def asked_for(referral: Referral, day: dt.date) -> str:
    """83 F, Frailty, step-up, GP"""
    parts = (
        age_and_sex(referral.patient, day),
        referral.pathway.short_name,
        referral.get_route_display(),
        referral.get_source_display(),
    )
    return ", ".join(parts)


def counted(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"


def day_of_stay(admission: Admission, today: dt.date) -> tuple[int, int]:
    """Day 4 of 9: the day of coming is day 1, the expected day to leave the last."""
    came = london.day_of(admission.admitted_at)
    return (today - came).days + 1, max(1, (admission.expected_discharge - came).days + 1)
