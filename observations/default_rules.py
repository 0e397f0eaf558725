"""Rules that a pathway starts with, until its team signs off its own.

Every number is a default for the Clinical Safety Officer of the deploying organisation to confirm.
"""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Final

from observations.rulesets import Change, Limit, Rise, Ruleset

# What NEWS2 does not score still needs a limit wherever a plan asks for it (practice).
_BESIDE_NEWS2: Final = (
    Limit("diastolic", "prompt", low=40, high=110),
    Limit("glucose", "urgent", low=4.0, high=20.0),
    Limit("pain", "prompt", high=6),
    Limit("weight", "prompt", low=30, high=250),
    Limit("peak_flow", "prompt", low=150),
)
ADULT: Final = Ruleset(limits=_BESIDE_NEWS2, rise=Rise(by=2, within_hours=24))

DEFAULTS: Final[Mapping[str, Ruleset]] = MappingProxyType(
    {
        # NHS England's guide: 92 and below is severe at home; the rest is common practice.
        "acute-respiratory-infection": replace(
            ADULT,
            limits=(
                *_BESIDE_NEWS2,
                Limit("spo2", "urgent", low=93),
                Limit("pulse", "prompt", high=110),
                Limit("temperature", "prompt", high=39.0),
            ),
        ),
        # A gain above 1.5 to 2 kg in 48 h prompts review (practice).
        "heart-failure": replace(ADULT, changes=(Change("weight", 1.5, 48, "prompt"),)),
        "diabetes": replace(
            ADULT,
            limits=(
                *(limit for limit in _BESIDE_NEWS2 if limit.kind != "glucose"),
                Limit("glucose", "urgent", low=4.0, high=15.0),
                Limit("glucose", "emergency", low=3.0, high=28.0),
            ),
        ),
    }
)


def default_rules(pathway: str) -> Ruleset:
    """The rules that a pathway, by its slug, starts with."""
    return DEFAULTS.get(pathway, ADULT)
