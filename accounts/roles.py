"""The roles that a membership can carry, and the sets of them that policies ask for."""

from collections.abc import Mapping

from django.db import models


class Scope(models.TextChoices):
    WARD = "ward", "Ward"
    PROVIDER = "provider", "Provider"
    ICB = "icb", "Integrated care board"
    ENGLAND = "england", "England"


class Role(models.TextChoices):
    WARD_CLINICIAN = "ward_clinician", "Ward clinician"
    WARD_LEAD = "ward_lead", "Ward lead"
    REFERRER = "referrer", "Referrer"
    OUT_OF_HOURS_CLINICIAN = "out_of_hours_clinician", "Out-of-hours clinician"
    ICB_MANAGER = "icb_manager", "ICB manager"
    ORGANISATION_ADMINISTRATOR = "organisation_administrator", "Organisation administrator"
    AUDITOR = "auditor", "Auditor"
    RETURNS_OFFICER = "returns_officer", "Returns officer"
    READ_ONLY = "read_only", "Clinical staff, read only"


TREATING: frozenset[Role] = frozenset(
    {Role.WARD_CLINICIAN, Role.WARD_LEAD, Role.OUT_OF_HOURS_CLINICIAN}
)
"""May change care."""

CARING: frozenset[Role] = TREATING | {Role.READ_ONLY}
"""May see patients: read only is clinical staff who look but do not change."""

RECORD_KEEPERS: frozenset[Role] = frozenset({Role.WARD_LEAD, Role.ORGANISATION_ADMINISTRATOR})
"""May propose and approve that a confused record is corrected, joined or taken apart."""

ANSWERING: frozenset[Role] = frozenset({Role.RETURNS_OFFICER, Role.ORGANISATION_ADMINISTRATOR})
"""Answer for what a provider returns as counts: prepare it, sign it, reopen it."""

SEEING_RETURNS: frozenset[Role] = ANSWERING | {Role.ICB_MANAGER, Role.AUDITOR}
"""See what providers return, as counts."""

EXPORTING: frozenset[Role] = frozenset({Role.RETURNS_OFFICER})
"""Export the minimum data set, a line a person: by this role alone."""

FIGURES: frozenset[Role] = frozenset(Role) - {Role.REFERRER}
"""May see a ward's figures; a referrer sends patients in and sees what became of them."""

_AT_THE_BEDSIDE = frozenset({Scope.WARD, Scope.PROVIDER, Scope.ICB})
_OF_AN_ORGANISATION = frozenset({Scope.PROVIDER, Scope.ICB, Scope.ENGLAND})

SCOPES_OF: Mapping[Role, frozenset[Scope]] = {
    Role.WARD_CLINICIAN: _AT_THE_BEDSIDE,
    Role.WARD_LEAD: _AT_THE_BEDSIDE,
    Role.OUT_OF_HOURS_CLINICIAN: _AT_THE_BEDSIDE,
    Role.READ_ONLY: _AT_THE_BEDSIDE,
    Role.REFERRER: _AT_THE_BEDSIDE,
    Role.ICB_MANAGER: frozenset({Scope.ICB, Scope.ENGLAND}),
    Role.ORGANISATION_ADMINISTRATOR: _OF_AN_ORGANISATION,
    Role.AUDITOR: _OF_AN_ORGANISATION,
    Role.RETURNS_OFFICER: frozenset({Scope.PROVIDER}),
}
"""Where each role makes sense: nobody treats all of England, no ward has an auditor of its own."""


def provider_of(ward: str) -> str:
    """The lead provider's ODS code, which begins every ward's code: RT5-soar-valley, RT5."""
    return ward.partition("-")[0]
