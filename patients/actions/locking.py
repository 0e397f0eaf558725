"""The locks under which a record is put right, after which nothing of it moves.

Spells, admissions, patients, as a discharge that tells a death takes them; referrals last, as
nobody who holds one waits for a patient. What is admitted meanwhile is read after that: whoever
admits holds a referral.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection

from capacity.models import Spell
from patients.models import Admission, Patient, Referral


def lock_records(ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Patient]:
    """Each in id order, by id."""
    spells = Spell.objects.select_for_update(no_key=True, of=("self",))
    list(spells.filter(admission__patient__in=ids).order_by("pk"))
    admissions = Admission.objects.select_for_update(no_key=True, of=("self",))
    list(admissions.filter(patient__in=ids).order_by("pk"))
    patients = Patient.objects.select_for_update(no_key=True).filter(pk__in=ids).order_by("pk")
    found = {patient.pk: patient for patient in patients}
    referrals = Referral.objects.select_for_update(no_key=True, of=("self",))
    list(referrals.filter(patient__in=ids).order_by("pk"))
    return found
