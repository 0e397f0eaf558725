"""The roles that a membership can carry, and the sets of them that policies ask for."""

from django.db import models


class Role(models.TextChoices):
    WARD_CLINICIAN = "ward_clinician", "Ward clinician"
    WARD_LEAD = "ward_lead", "Ward lead"
    REFERRER = "referrer", "Referrer"
    OUT_OF_HOURS_CLINICIAN = "out_of_hours_clinician", "Out-of-hours clinician"
    ICB_MANAGER = "icb_manager", "ICB manager"
    ORGANISATION_ADMINISTRATOR = "organisation_administrator", "Organisation administrator"
    AUDITOR = "auditor", "Auditor"
    READ_ONLY = "read_only", "Clinical staff, read only"


TREATING: frozenset[Role] = frozenset(
    {Role.WARD_CLINICIAN, Role.WARD_LEAD, Role.OUT_OF_HOURS_CLINICIAN}
)
"""May change care."""

CARING: frozenset[Role] = TREATING | {Role.READ_ONLY}
"""May see patients: read only is clinical staff who look but do not change."""

FIGURES: frozenset[Role] = frozenset(Role) - {Role.REFERRER}
"""May see a ward's figures; a referrer sends patients in and sees what became of them."""
