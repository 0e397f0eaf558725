"""Says that spells are of one person, when it was found out who that is."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable

from django.db import transaction

from accounts import audit
from accounts.models import User
from capacity.models import Spell


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
