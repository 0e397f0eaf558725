"""Referring somebody as a referrer names them: found by NHS number, or recorded anew."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from accounts.models import User
from capacity.models import IntegratedCareBoard, Ward
from patients import nhs_numbers
from patients.actions.people import register_patient
from patients.actions.referrals import refer
from patients.models import Identifier, Pathway, Patient, Referral
from patients.naming import AS_REFERRED, as_written, letters
from patients.policies import check_can_refer


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Who is referred, as the referrer wrote it."""

    family_name: str
    given_name: str
    born: dt.date
    sex: str
    nhs_number: str = ""
    no_nhs_number_reason: str = ""
    phone: str = ""
    address: str = ""
    postcode: str = ""
    home_icb: IntegratedCareBoard | None = None

    def as_arguments(self) -> dict[str, Any]:
        """As registering takes them."""
        return {one.name: getattr(self, one.name) for one in fields(self)}


def ask_once(*, referral_id: uuid.UUID, by: User, **asked: Any) -> Referral:
    """A form brings the id of the referral that it makes: sent twice, or at once, it makes one."""
    mine = Referral.objects.made_by(by).filter(pk=referral_id)
    if (made := mine.first()) is not None:
        return made
    try:
        return ask_for_place(referral_id=referral_id, by=by, **asked)
    except (IntegrityError, ValidationError):
        if (made := mine.first()) is not None:
            return made
        raise


@transaction.atomic
def ask_for_place(
    *,
    person: Person,
    ward: Ward,
    pathway: Pathway,
    facts: Mapping[str, Any],
    by: User,
    same_person: bool = False,
    at: dt.datetime | None = None,
    **asked: Any,
) -> Referral:
    """Stops and asks where the number belongs to somebody of another name or date of birth.

    What is recorded is never told to the referrer, nor changed by them: the ward sees both.
    """
    check_can_refer(by, ward, at=at)
    known = find_by_number(person.nhs_number)
    if known is not None and differs(known, person):
        _check_same(same_person)
    if known is None:
        _check_not_asked(person, by)
    given = dict(facts) | {AS_REFERRED: as_written(person)}
    patient = known or register_patient(**person.as_arguments(), by=by, at=at)
    return refer(patient=patient, ward=ward, pathway=pathway, facts=given, by=by, at=at, **asked)


def _check_not_asked(person: Person, by: User) -> None:
    """Nothing but the number finds anybody; without one the same form, filled in again after the
    back button, would make a second record of the same person."""
    mine = Referral.objects.made_by(by)
    names = {name: text for name, text in as_written(person).items() if name != "nhs_number"}
    waiting = mine.waiting() | mine.awaiting_bed()
    if waiting.filter(**{f"facts__{AS_REFERRED}__contains": names}).exists():
        raise ValidationError(
            "You have referred somebody of this name and date of birth, who waits.",
            code="referred",
        )


def _check_same(same_person: bool) -> None:  # noqa: FBT001  # a private question, asked once
    if not same_person:
        raise ValidationError(
            "This NHS number is recorded with another family name or date of birth."
            " Check it with the patient.",
            code="differs",
        )


def find_by_number(number: str) -> Patient | None:
    """Whose it is now; else whose it was, before two records were joined or it was changed."""
    plain = nhs_numbers.plain(number)
    if not plain:
        return None
    found = Identifier.objects.nhs_numbers().filter(value=plain).select_related("patient")
    identifier = found.current().first() or found.filter(status=Identifier.Status.SUPERSEDED).last()
    return identifier.patient if identifier else None


def differs(known: Patient, person: Person) -> bool:
    """Family name or date of birth; accents, case and what joins double names do not count."""
    return known.born != person.born or letters(known.family_name) != letters(person.family_name)
