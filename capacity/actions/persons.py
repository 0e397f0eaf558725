"""Says that spells are of one person, and whose resident that is, when it was found out."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable

from django.db import transaction

from accounts import audit
from accounts.models import User
from capacity.models import IntegratedCareBoard, Spell


@transaction.atomic
def follow_person(
    *,
    spells: Iterable[uuid.UUID],
    person_key: str,
    by: User | None,
    at: dt.datetime | None = None,
) -> None:
    """`person_key` as in `SpellFacts`: it joins one person's spells, and names nobody."""
    others = Spell.objects.select_for_update().exclude(person_key=person_key)
    for spell in others.filter(pk__in=set(spells)).order_by("pk"):
        spell.person_key = person_key
        spell.save(update_fields=["person_key"])
        audit.record(by=by, verb="spell-of-another-person", subject=spell, at=at)


@transaction.atomic
def say_home(
    *,
    spells: Iterable[uuid.UUID],
    home_icb: IntegratedCareBoard | None,
    by: User | None,
    at: dt.datetime | None = None,
) -> None:
    """Of which ICB the person is, as the figures tell it from now on; None is not known."""
    others = Spell.objects.select_for_update(of=("self",)).filter(pk__in=set(spells))
    for spell in others.order_by("pk"):
        if spell.home_icb_id == (home_icb.pk if home_icb else None):
            continue
        spell.home_icb = home_icb
        spell.save(update_fields=["home_icb"])
        detail = {"icb": home_icb.code if home_icb else ""}
        audit.record(by=by, verb="spell-home-said", subject=spell, detail=detail, at=at)
