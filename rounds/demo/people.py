"""Synthetic people: who they are is drawn from a chance that is given, so that a seed repeats them.

NHS numbers are of the range 999 000 0000 and up, which is never issued; every family name is marked
as a test's. Pure.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Any, Final

from rounds.demo import world

FIRST_NUMBER: Final = 999_001_000  # the cast of the ward that is told one by one lies below
AGES: Final[dict[str, tuple[int, int]]] = {
    "frailty": (84, 7),
    "acute-respiratory-infection": (68, 15),
    "covid-19": (70, 14),
    "heart-failure": (76, 9),
    "copd": (71, 8),
    "cardiology": (67, 12),
    "diabetes": (58, 15),
    "opat": (58, 16),
    "palliative": (77, 10),
    "paediatric": (6, 3),
}


@dataclass(frozen=True, slots=True)
class Person:
    """One synthetic patient, under the names that registering takes."""

    family_name: str
    given_name: str
    born: dt.date
    sex: str
    nhs_number: str
    ethnicity_group: str
    deprivation_decile: int
    language: str
    phone: str
    address: str
    postcode: str
    lives_with: str
    title: str = ""

    def more(self) -> dict[str, Any]:
        """What registering takes beside name, birth, sex and number."""
        fields = ("ethnicity_group", "deprivation_decile", "language", "phone", "address")
        return {name: getattr(self, name) for name in (*fields, "postcode", "lives_with", "title")}


def numbers(first: int = FIRST_NUMBER) -> Iterator[str]:
    """Valid NHS numbers in order, from nine digits on."""
    nine = first
    while True:
        check = check_digit(str(nine))
        if check is not None:
            yield f"{nine}{check}"
        nine += 1


def check_digit(nine: str) -> int | None:
    """Weights 10 to 2, modulo 11; None where there is none and the number is skipped."""
    total = sum(int(digit) * weight for digit, weight in zip(nine, range(10, 1, -1), strict=True))
    check = 11 - total % 11
    return None if check == 10 else check % 11


def draw(chance: Random, *, pathway: str, icb: str, number: str, today: dt.date) -> Person:
    """Somebody whom this pathway would have."""
    group = chance.choices(world.name_groups(), [g.weight for g in world.name_groups()])[0]
    sex = "female" if chance.random() < 0.54 else "male"
    told = world.names()
    family = f"{chance.choice(group.families)}-{chance.choice(told['marks'])}"
    return Person(
        family_name=family,
        given_name=chance.choice(group.given[sex]),
        born=_born(chance, pathway, today),
        sex=sex,
        nhs_number=number,
        ethnicity_group=group.ethnicity,
        deprivation_decile=chance.randint(1, 10),
        language=group.language if chance.random() < 0.3 else "English",
        phone=phone(number),
        address=f"{chance.randint(1, 120)} {chance.choice(told['streets'])}",
        postcode=f"{chance.choice(told['postcodes'][icb])} {chance.randint(1, 9)}ZZ",
        lives_with=chance.choice(told["lives_with"]),
    )


def from_cast(told: dict[str, Any], *, today: dt.date) -> Person:
    """One of those told one by one, of that age today."""
    number = told["nhs_number"]
    return Person(
        family_name=told["family"],
        given_name=told["given"],
        born=today - dt.timedelta(days=int(told["age"] * 365.25) + 100),
        sex=told["sex"],
        nhs_number=number,
        ethnicity_group=told["ethnicity"],
        deprivation_decile=1 + int(number[8:]) % 10,
        language=told.get("language", "English"),
        phone=told.get("phone", phone(number)),
        address=told.get("address", f"{int(number[5:9])} Test Lane"),
        postcode="LE12 7ZZ",
        lives_with=told.get("lives_with", "alone"),
        title=told.get("title", ""),
    )


def phone(number: str) -> str:
    """07700 900000 to 900999 are kept for drama: nobody is called by mistake."""
    return f"07700 900 {number[6:9]}"


def _born(chance: Random, pathway: str, today: dt.date) -> dt.date:
    mean, spread = AGES[pathway]
    low, high = (1, 15) if pathway == "paediatric" else (18, 101)
    years = min(high, max(low, round(chance.gauss(mean, spread))))
    return today - dt.timedelta(days=int(years * 365.25) + chance.randint(1, 360))
