"""The words for codes that stand in facts, and for the figures of control charts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from capacity.models import Delay
from capacity.models.stays import Destination, ReferralFact, Residence, Source
from capacity.presenters import words

# As `capacity.ages` and `width_bucket` number its bands.
AGES: Final = {
    "0": "Under 18",
    "1": "18 to 39",
    "2": "40 to 64",
    "3": "65 to 74",
    "4": "75 to 84",
    "5": "85 and over",
}
NOT_RECORDED: Final = "Not recorded"
DECILES: Final = [*(str(n) for n in range(1, 11)), ""]


def outcome(code: str) -> str:
    return ReferralFact.Outcome(code).label.capitalize()


def source(code: str) -> str:
    return known(Source(code).label if code in Source.values else code)


def residence(code: str) -> str:
    return Residence(code).label.capitalize()


def destination(code: str) -> str:
    return Destination(code).label.capitalize() if code in Destination.values else plain(code)


def cause(code: str) -> str:
    return Delay.Cause(code).label.capitalize() if code else "Cause not said"


def age(code: str) -> str:
    return AGES[code]


def decile(code: str) -> str:
    ends = {"1": "1, most deprived", "10": "10, least deprived", "": NOT_RECORDED}
    return ends.get(code, code)


def recorded(code: str) -> str:
    return known(code) if code else NOT_RECORDED


def known(code: str) -> str:
    words = code.replace("_", " ") or "not known"
    return words[:1].upper() + words[1:]


def plain(code: str) -> str:
    """too_unwell → Too unwell"""
    return code.replace("_", " ").replace("-", " ").capitalize()


@dataclass(frozen=True, slots=True)
class MeasureWords:
    """`title` heads the chart, `each` is what one point is; `personal` is for who may see small
    numbers only."""

    title: str
    each: str
    personal: bool = False


MEASURES: Final = {
    "patients": MeasureWords("Patients at 08:00", "mean of the mornings"),
    "referred": MeasureWords("Referrals", "referrals"),
    "declined": MeasureWords("Referrals declined", "of the referrals made then"),
    "turned_away": MeasureWords(
        "Referrals declined for want of a bed", "of the referrals made then"
    ),
    "admitted": MeasureWords("Admissions", "admissions"),
    "wait": MeasureWords("Hours from referral to admission", "median hours"),
    "discharged": MeasureWords("Discharges", "discharges"),
    "nights": MeasureWords("Length of stay", "mean nights of those discharged"),
    "hospital": MeasureWords("Discharges to hospital", "discharges"),
    "delayed": MeasureWords("Nights of people ready to leave", "nights"),
    "died": MeasureWords("Deaths", "deaths", personal=True),
}


def listed(names: Sequence[str]) -> str:
    """age, route and source"""
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def pathway(code: str) -> str:
    return words.pathway_name(code) if code else "All pathways"
