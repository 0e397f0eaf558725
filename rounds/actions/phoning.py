"""Readings told on the phone or taken on a visit: all of the set is stored, or none of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Final
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.models import User
from observations.actions.readings import enter_readings
from observations.draining.uploads import Outcome, Told
from patients.actions.admissions.locking import lock_open
from patients.models import Admission

Value = float | str
_STORED: Final = (Outcome.STORED, Outcome.LATE, Outcome.DUPLICATE)
_WHY: Final = {
    "implausible": "This cannot be: check the number.",
    "in_future": "That time lies ahead.",
    "too_old": "That is more than 35 days ago.",
    "id_reused": "This form is stored already, with another value or time. Correct that reading, "
    "or begin a new form.",
}


@transaction.atomic
def phone_readings(
    *,
    admission: Admission,
    values: Mapping[str, Value],
    measured_at: dt.datetime,
    said_by: str,
    by: User,
    source: str = "phone",
    comment: str = "",
    token: UUID | None = None,
    at: dt.datetime | None = None,
) -> list[Told]:
    """`values` by kind, in the kinds' own units ("air" for no oxygen); `source` phone or visit.
    The form's `token` makes twice once.

    Raises PermissionDenied, and ValidationError by kind where a value cannot be stored, or when
    the patient has left.
    """
    told = enter_readings(
        admission=lock_open(admission),
        values=values,
        measured_at=measured_at,
        said_by=said_by,
        source=source,
        comment=comment,
        token=token,
        by=by,
        at=at,
    )
    wrong = {
        kind: _WHY.get(one.why, "This could not be stored.")
        for kind, one in zip(values, told, strict=True)
        if one.outcome not in _STORED
    }
    if wrong:
        raise ValidationError(wrong)
    return told
