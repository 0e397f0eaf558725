"""States what became of an organisation: on which day, and which share of it went where."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts import audit
from accounts.models import User
from capacity.geography import adds_up
from capacity.models import IntegratedCareBoard, Region, Succession


class Part(NamedTuple):
    """A successor by its code; a new one needs its name and region."""

    code: str
    share: Decimal | None = None
    name: str = ""
    region: str = ""


@transaction.atomic
def state_succession(
    *,
    before: str,
    on: dt.date,
    parts: Sequence[Part],
    source: str,
    by: User | None = None,
    at: dt.datetime | None = None,
) -> list[Succession]:
    """Everything that became of the ICB `before` on that day; stated again it is replaced. One
    part takes all of it; of several each has its share, and they add up to 1. Raises
    ValidationError, and then nothing was written."""
    icb = _known(before)
    shares = _shares(before, parts)
    if not source.strip():
        raise ValidationError("Say where this is stated.", code="source")
    for part in parts:
        _ensure(part, on)
    Succession.objects.filter(predecessor_code=before, on=on).delete()
    kind = Succession.Kind.SPLIT if len(parts) > 1 else Succession.Kind.MERGED
    made = Succession.objects.bulk_create(
        Succession(
            predecessor_code=before,
            successor_code=part.code,
            on=on,
            kind=kind,
            share=share,
            source=source.strip(),
        )
        for part, share in zip(parts, shares, strict=True)
    )
    if before not in {part.code for part in parts}:
        icb.ends = on
        icb.save(update_fields=["ends"])
    detail = {"on": on.isoformat(), "parts": {one.code: str(one.share or 1) for one in parts}}
    audit.record(by=by, verb="succession-stated", subject=icb, detail=detail, at=at)
    return made


def _known(code: str) -> IntegratedCareBoard:
    icb = IntegratedCareBoard.objects.filter(code=code).first()
    if icb is None:
        raise ValidationError(f"No board {code} is known here.", code="before")
    return icb


def _shares(before: str, parts: Sequence[Part]) -> list[Decimal]:
    if not parts:
        raise ValidationError(f"Say what became of {before}.", code="parts")
    if len(parts) == 1:
        given = [Decimal(1) if parts[0].share is None else parts[0].share]
    elif any(part.share is None for part in parts):
        raise ValidationError(f"{before} is split: state each part’s share.", code="share")
    else:
        given = [part.share for part in parts if part.share is not None]
    if not adds_up(Fraction(share) for share in given):
        told = f"The shares of {before} add up to {sum(given)}: they must add up to 1."
        raise ValidationError(told, code="share")
    return given


def _ensure(part: Part, on: dt.date) -> None:
    if IntegratedCareBoard.objects.filter(code=part.code).exists():
        return
    region = Region.objects.filter(code=part.region).first()
    if region is None or not part.name:
        told = f"{part.code} is new: it needs its name and the code of its region."
        raise ValidationError(told, code="successor")
    IntegratedCareBoard.objects.create(code=part.code, name=part.name, region=region, starts=on)
