"""Opens providers and wards with their beds, hours and pathways, from what an operator wrote."""

from __future__ import annotations

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.models import User
from capacity.actions.beds import add_beds
from capacity.actions.hours import set_ward_hours
from capacity.actions.organisations import add_provider, open_ward
from capacity.models import IntegratedCareBoard, Provider, Ward
from lib import london
from patients.actions.pathways import offer_pathway
from patients.models import PathwayVersion
from patients.opening import NewProvider, NewWard, Opening


@transaction.atomic
def open_wards(*, opening: Opening, by: User | None, at: dt.datetime | None = None) -> list[Ward]:
    """All of them or none; one that is open already stays as it is. Raises ValidationError."""
    for provider in opening.providers:
        _add(provider, by, at)
    new = [w for w in opening.wards if not Ward.objects.filter(code=w.code).exists()]
    return [_open(ward, by, at) for ward in new]


def _add(provider: NewProvider, by: User | None, at: dt.datetime | None) -> None:
    if provider.kind not in Provider.Kind.values:
        kinds = ", ".join(Provider.Kind.values)
        raise ValidationError(f"Provider {provider.code}: kind is one of {kinds}.")
    if not Provider.objects.filter(code=provider.code).exists():
        add_provider(
            code=provider.code,
            name=provider.name,
            kind=provider.kind,
            starts=london.day_of(at) if at else dt.date(2022, 7, 1),
            by=by,
            at=at,
        )


def _open(new: NewWard, by: User | None, at: dt.datetime | None) -> Ward:
    lead = Provider.objects.filter(code=new.provider).first()
    icb = IntegratedCareBoard.objects.filter(code=new.icb).first()
    if lead is None or icb is None:
        missing = f"provider {new.provider}" if lead is None else f"ICB {new.icb}"
        raise ValidationError(f"Ward {new.code}: there is no {missing}.")
    ward = open_ward(
        code=new.code, name=new.name, lead_provider=lead, icb=icb, opens=new.opens, by=by, at=at
    )
    starts = london.to_utc(new.opens, dt.time(0))
    add_beds(ward=ward, number=new.beds, provider=lead, icb=icb, by=by, starts=starts, at=at)
    _staff(ward, new, by, at)
    for code in new.pathways:
        offer_pathway(ward=ward, version=_version(code, new), by=by, at=at)
    return ward


def _staff(ward: Ward, new: NewWard, by: User | None, at: dt.datetime | None) -> None:
    hours = new.hours
    set_ward_hours(
        ward=ward,
        opens=hours.opens,
        closes=hours.closes,
        phone=hours.phone,
        out_of_hours_team=hours.out_of_hours_team,
        out_of_hours_phone=hours.out_of_hours_phone,
        starts=new.opens,
        by=by,
        at=at,
    )


def _version(code: str, ward: NewWard) -> PathwayVersion:
    found = PathwayVersion.objects.in_force().filter(pathway=code, ward=None).first()
    if found is None:
        raise ValidationError(f"Ward {ward.code}: there is no pathway {code}.")
    return found
