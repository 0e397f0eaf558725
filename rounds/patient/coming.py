"""What there is to admit somebody with: beds, people, kit, and the plan that will be copied."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import QuerySet

from accounts.models import User
from capacity.models import Bed
from observations.models import Device, Holding
from patients.actions.plans import version_for
from patients.free_beds import beds_for
from patients.models import PathwayVersion, Referral
from patients.policies import can_go_over_capacity, seniors_on
from rounds.colleagues import clinicians_of


@dataclass(frozen=True)
class Coming:
    """`beds` are free now: the actions ask again under the ward's lock."""

    referral: Referral
    version: PathwayVersion
    beds: QuerySet[Bed]
    devices: QuerySet[Device]
    people: QuerySet[User]
    seniors: QuerySet[User]
    may_go_over: bool


def coming(referral: Referral, *, user: User, at: dt.datetime) -> Coming:
    ward = referral.ward
    return Coming(
        referral=referral,
        version=version_for(ward, referral.pathway),
        beds=beds_for(ward, at=at, referral=referral),
        devices=kit_in_store(referral),
        people=clinicians_of(ward, at),
        seniors=seniors_on(ward, at=at),
        may_go_over=can_go_over_capacity(user, ward, at=at),
    )


def kit_in_store(referral: Referral) -> QuerySet[Device]:
    """Of the ward's provider, worn by one patient at a time, and held by nobody."""
    held = Holding.objects.open().values("device")
    store = Device.objects.filter(
        provider=referral.ward.lead_provider,
        use=Device.Use.PERSONAL,
        status=Device.Status.IN_STORE,
    )
    return store.exclude(pk__in=held).order_by("model", "serial")
