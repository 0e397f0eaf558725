"""What a person signs off before it leaves: a draft, then final, then perhaps reopened.

A signed copy never changes and never goes. Reopening leaves it as it was, with who reopened it
and why, and begins another version.
"""

from __future__ import annotations

from typing import Self, TypeVar

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q

# Whatever else a copy holds, only its reopening may be noted on it, and once.
_FINAL = """
IF OLD.signed_at IS NULL THEN
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END IF;
IF TG_OP = 'UPDATE' AND OLD.reopened_at IS NULL AND NEW.reopened_at IS NOT NULL
   AND to_jsonb(NEW) - '{reopened_at,reopened_by_id,reopened_reason}'::text[]
     = to_jsonb(OLD) - '{reopened_at,reopened_by_id,reopened_reason}'::text[] THEN
    RETURN NEW;
END IF;
RAISE EXCEPTION 'A signed copy in % is final', TG_TABLE_NAME;
"""

Copy = TypeVar("Copy", bound=models.Model)


class SignedOffQuerySet(models.QuerySet[Copy]):
    def drafts(self) -> Self:
        return self.filter(signed_at__isnull=True)

    def in_force(self) -> Self:
        """What was sent and stands: signed, and not reopened since."""
        return self.filter(signed_at__isnull=False, reopened_at__isnull=True)


class SignedOff(models.Model):
    """One version of something that is sent; who prepared, signed and reopened it, and when."""

    version = models.PositiveSmallIntegerField(default=1)
    prepared_at = models.DateTimeField()
    prepared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    signed_at = models.DateTimeField(null=True, blank=True)
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    reopened_at = models.DateTimeField(null=True, blank=True)
    reopened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    reopened_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                name="%(class)s_signature_has_its_person",
                condition=Q(signed_at__isnull=True, signed_by__isnull=True)
                | Q(signed_at__gte=F("prepared_at"), signed_by__isnull=False),
            ),
            models.CheckConstraint(
                name="%(class)s_reopening_has_its_person_and_reason",
                condition=Q(reopened_at__isnull=True, reopened_by__isnull=True, reopened_reason="")
                | Q(reopened_at__gte=F("signed_at"), reopened_by__isnull=False)
                & ~Q(reopened_reason=""),
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="signed_is_final",
                when=pgtrigger.Before,
                operation=pgtrigger.Update | pgtrigger.Delete,
                func=_FINAL,
            )
        ]

    @property
    def is_draft(self) -> bool:
        return self.signed_at is None

    @property
    def is_in_force(self) -> bool:
        return self.signed_at is not None and self.reopened_at is None


def once(*of: str) -> list[models.UniqueConstraint]:
    """Of what is returned: a version once, one draft at a time, one signed copy in force."""
    draft, in_force = Q(signed_at__isnull=True), Q(reopened_at__isnull=True)
    return [
        models.UniqueConstraint(fields=[*of, "version"], name="%(class)s_version_once"),
        models.UniqueConstraint(fields=of, name="%(class)s_one_draft_at_a_time", condition=draft),
        models.UniqueConstraint(
            fields=of,
            name="%(class)s_one_signed_copy_in_force",
            condition=in_force & ~draft,
        ),
    ]
