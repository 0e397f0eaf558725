"""Prepares a provider's SitRep from the one count, signs it off, and reopens it."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from accounts import audit
from accounts.models import User
from capacity import sitrep
from capacity.actions import signing
from capacity.models import Provider, SitRep
from capacity.policies import check_can_answer_for_returns
from capacity.refusals import ReturnRefused
from capacity.reports.sitreps import counted
from lib import london


@transaction.atomic
def prepare_sitrep(
    *, provider: Provider, counted_on: dt.date, by: User, at: dt.datetime | None = None
) -> SitRep:
    """A draft of what the periods say of that Thursday now; an earlier draft is replaced."""
    at = at or timezone.now()
    check_can_answer_for_returns(by, provider)
    _check_due(counted_on, at)
    _lock(provider)
    if SitRep.objects.in_force().filter(provider=provider, counted_on=counted_on).exists():
        raise ReturnRefused("This return is signed. Reopen it first, and say why.")
    return _draft(provider, counted_on, by=by, at=at)


@transaction.atomic
def sign_sitrep(
    *, sitrep: SitRep, seen: dt.datetime, by: User, at: dt.datetime | None = None
) -> SitRep:
    """Final from then on. Whoever prepared it may sign it: nobody types a figure."""
    check_can_answer_for_returns(by, sitrep.provider)
    return signing.sign(_locked(sitrep), seen=seen, by=by, at=at or timezone.now())


@transaction.atomic
def reopen_sitrep(
    *, sitrep: SitRep, reason: str, by: User, at: dt.datetime | None = None
) -> SitRep:
    """The next version, a draft; the copy that was signed stays as it was."""
    at = at or timezone.now()
    check_can_answer_for_returns(by, sitrep.provider)
    signed = signing.reopen(_locked(sitrep), reason=reason, by=by, at=at)
    return _draft(signed.provider, signed.counted_on, by=by, at=at)


def _check_due(day: dt.date, at: dt.datetime) -> None:
    if not sitrep.is_counted(day, friday=settings.SITREP_FRIDAY):
        raise ReturnRefused("No return is made of that day.")
    if london.count_instant(day) > at:
        raise ReturnRefused("That Thursday is counted at 08:00 on the day.")


def _draft(provider: Provider, day: dt.date, *, by: User, at: dt.datetime) -> SitRep:
    of_day = SitRep.objects.filter(provider=provider, counted_on=day)
    last = of_day.aggregate(last=Max("version"))["last"] or 0
    draft = of_day.drafts().first() or SitRep(provider=provider, counted_on=day, version=last + 1)
    draft.figures = counted(provider, day).as_kept()
    draft.prepared_at, draft.prepared_by = at, by
    draft.save()
    audit.record(by=by, verb="return-prepared", subject=draft, detail=signing.told(draft), at=at)
    return draft


def _lock(provider: Provider) -> None:
    """One prepares at a time."""
    Provider.objects.select_for_update(of=("self",), no_key=True).get(pk=provider.pk)


def _locked(sitrep: SitRep) -> SitRep:
    _lock(sitrep.provider)
    return SitRep.objects.select_for_update(of=("self",)).get(pk=sitrep.pk)
