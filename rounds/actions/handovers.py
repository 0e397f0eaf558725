"""Handing a ward's patients over: offered by one, held once somebody named has accepted."""

from __future__ import annotations

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.models import User
from capacity.models import Ward
from patients.policies import check_can_treat_on
from rounds.models import Handover


@transaction.atomic
def offer_handover(
    *, ward: Ward, by: User, until: dt.datetime | None = None, at: dt.datetime | None = None
) -> Handover:
    """Until somebody accepts, the giver still holds the patients."""
    check_can_treat_on(by, ward, at=at)
    moment = at or timezone.now()
    handover = Handover.objects.create(ward=ward, offered_at=moment, offered_by=by, until=until)
    audit.record(by=by, verb="handover-offered", subject=handover, at=moment)
    return handover


@transaction.atomic
def accept_handover(
    *, handover: Handover, by: User, team: str = "", phone: str = "", at: dt.datetime | None = None
) -> Handover:
    """From now on `by` holds the ward's patients, and is called on `phone`."""
    check_can_treat_on(by, handover.ward, at=at)
    moment = at or timezone.now()
    locked = Handover.objects.select_for_update(of=("self",)).get(pk=handover.pk)
    if locked.accepted_at is not None:
        raise ValidationError("Somebody has accepted this handover already.", code="accepted")
    locked.accepted_at, locked.accepted_by = moment, by
    locked.receiver_name, locked.receiver_organisation = by.get_full_name(), team
    locked.receiver_phone = phone
    locked.save()
    audit.record(by=by, verb="handover-accepted", subject=locked, at=moment)
    return locked
