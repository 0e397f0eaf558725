"""The fortnightly return: what a provider tells NHS England about one Thursday at 08:00."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

from accounts.policies import reach
from capacity.models.organisations import Provider
from capacity.models.signing import SignedOff, SignedOffQuerySet, once

if TYPE_CHECKING:
    from accounts.models import User
    from accounts.roles import Role


class SitRepQuerySet(SignedOffQuerySet["SitRep"]):
    """Drafts and signed copies of returns."""


def providers_within(user: User, roles: frozenset[Role]) -> models.QuerySet[Provider]:
    """The user's own, and those with wards or beds of the user's ICB. A ward reaches none."""
    who = reach(user, roles)
    if who.england:
        return Provider.objects.all()
    return Provider.objects.filter(
        Q(code__in=who.providers)
        | Q(wards__icb__code__in=who.icbs)
        | Q(allocations__icb__code__in=who.icbs)
    ).distinct()


class SitRep(SignedOff):
    """One version of a provider's Virtual Ward SitRep (DAPB4068), counts only.

    `figures` is what `capacity.sitrep.Figures` writes: beds and patients by ward and ICB.
    """

    provider = models.ForeignKey(Provider, on_delete=models.PROTECT, related_name="sitreps")
    counted_on = models.DateField(help_text="the Thursday, as at 08:00 London")
    figures = models.JSONField()

    objects = SitRepQuerySet.as_manager()

    class Meta(SignedOff.Meta):
        verbose_name = "SitRep"
        ordering = ("-counted_on", "provider", "-version")
        constraints = [
            *SignedOff.Meta.constraints,
            *once("provider", "counted_on"),
            models.CheckConstraint(
                name="sitrep_is_of_a_thursday", condition=Q(counted_on__iso_week_day=4)
            ),
        ]

    def __str__(self) -> str:
        return f"SitRep of {self.provider} for {self.counted_on:%d %b %Y}"
