"""What a spell may say of a person: pseudonymised facts, never who it is."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class SpellFacts:
    """`person_key` is a keyed hash: it joins one person's spells and identifies nobody."""

    person_key: str
    age_on_admission: int
    sex: str
    source: str
    ethnicity_group: str = ""
    residence: str = "own_home"
    deprivation_decile: int | None = None
    # The ICB of the GP practice where the person is registered; None is not known.
    home_icb_id: int | None = None
    referred_at: dt.datetime | None = None
    accepted_at: dt.datetime | None = None
    technology_enabled: bool = True

    def as_fields(self) -> dict[str, Any]:
        """By the names of the spell's fields."""
        return asdict(self)
