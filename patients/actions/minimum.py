"""Prepares a provider's minimum data set of a day, signs it off, reopens it, and notes exports."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from accounts import audit
from accounts.models import User
from capacity.actions import signing
from capacity.models import Provider
from capacity.refusals import ReturnRefused
from lib import london
from patients import snapshots
from patients.models import MinimumDataSet
from patients.policies import check_can_export_data_set


@transaction.atomic
def prepare_data_set(
    *, provider: Provider, day: dt.date, by: User, at: dt.datetime | None = None
) -> MinimumDataSet:
    """A draft of what is recorded now of that morning; an earlier draft is replaced."""
    at = at or timezone.now()
    check_can_export_data_set(by, provider)
    if london.count_instant(day) > at:
        raise ReturnRefused("A day is counted at 08:00.")
    _lock(provider)
    if MinimumDataSet.objects.in_force().filter(provider=provider, day=day).exists():
        raise ReturnRefused("This day is signed. Reopen it first, and say why.")
    return _draft(provider, day, by=by, at=at)


@transaction.atomic
def sign_data_set(
    *, data_set: MinimumDataSet, seen: dt.datetime, by: User, at: dt.datetime | None = None
) -> MinimumDataSet:
    """Final from then on, with every line."""
    check_can_export_data_set(by, data_set.provider)
    return signing.sign(_locked(data_set), seen=seen, by=by, at=at or timezone.now())


@transaction.atomic
def reopen_data_set(
    *, data_set: MinimumDataSet, reason: str, by: User, at: dt.datetime | None = None
) -> MinimumDataSet:
    """The next version, a draft; the copy that was signed stays as it was."""
    at = at or timezone.now()
    check_can_export_data_set(by, data_set.provider)
    signed = signing.reopen(_locked(data_set), reason=reason, by=by, at=at)
    return _draft(signed.provider, signed.day, by=by, at=at)


@transaction.atomic
def note_export(
    *, data_set: MinimumDataSet, kind: str, by: User, at: dt.datetime | None = None
) -> None:
    """Who took a file of it away, and in which form; before its first line leaves."""
    check_can_export_data_set(by, data_set.provider)
    detail = {
        **signing.told(data_set),
        "file": kind,
        "signed": not data_set.is_draft,
        "lines": data_set.rows.count(),
    }
    audit.record(by=by, verb="data-set-exported", subject=data_set, detail=detail, at=at)


def _draft(provider: Provider, day: dt.date, *, by: User, at: dt.datetime) -> MinimumDataSet:
    of_day = MinimumDataSet.objects.filter(provider=provider, day=day)
    last = of_day.aggregate(last=Max("version"))["last"] or 0
    draft = of_day.drafts().first() or MinimumDataSet(provider=provider, day=day, version=last + 1)
    draft.prepared_at, draft.prepared_by = at, by
    draft.save()
    snapshots.write(draft)
    audit.record(by=by, verb="return-prepared", subject=draft, detail=signing.told(draft), at=at)
    return draft


def _lock(provider: Provider) -> None:
    """One prepares at a time."""
    Provider.objects.select_for_update(of=("self",), no_key=True).get(pk=provider.pk)


def _locked(data_set: MinimumDataSet) -> MinimumDataSet:
    _lock(data_set.provider)
    return MinimumDataSet.objects.select_for_update(of=("self",)).get(pk=data_set.pk)
