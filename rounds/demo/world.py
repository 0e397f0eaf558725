"""The demo's organisations as its data files tell them: providers, wards, gateways, people's names.

Pure: reads files, knows no table. `Size` says how much of it is loaded.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Final

DATA: Final = Path(__file__).resolve().parent / "data"


@dataclass(frozen=True, slots=True)
class Size:
    """`wards` and `icbs` empty means all of them; `share` is of each ward's patients."""

    history_days: int = 90
    reading_days: int = 14
    wards: tuple[str, ...] = ()
    share: float = 1.0


SIZES: Final = {
    "full": Size(),
    "small": Size(
        history_days=10,
        reading_days=2,
        wards=("RT5-soar-valley", "RWE-heart-failure", "NQ1-mid-essex-frailty"),
        share=0.25,
    ),
}


@dataclass(frozen=True, slots=True)
class ProviderPlan:
    """An organisation that runs wards."""

    code: str
    name: str
    short_name: str
    kind: str


@dataclass(frozen=True, slots=True)
class WardPlan:
    """A ward today: `beds` open, `taken` of them, `over` without a bed, `planned` still to open.

    `mix` is pathway → weight; `step_up` the share of step-up; `mean_days` a usual stay.
    """

    code: str
    name: str
    icb: str
    beds: int
    taken: int
    step_up: float
    mean_days: float
    mix: dict[str, int]
    planned: int = 0
    closed: int = 0
    over: int = 0
    care_homes: int = 0

    @property
    def provider(self) -> str:
        return self.code.partition("-")[0]

    @property
    def slug(self) -> str:
        return self.code.partition("-")[2]


@dataclass(frozen=True, slots=True)
class GatewayPlan:
    """A supplier's gateway and the providers it serves; `given_out` is for other systems' key, and
    `down` is heard no more."""

    name: str
    supplier: str
    providers: tuple[str, ...]
    skew: float = 0.0
    given_out: bool = False
    down: bool = False


@dataclass(frozen=True, slots=True)
class NameGroup:
    """Families and given names that occur together, with their weight among all patients."""

    ethnicity: str
    language: str
    weight: int
    families: tuple[str, ...]
    given: dict[str, tuple[str, ...]] = field(default_factory=dict)


@cache
def providers() -> tuple[ProviderPlan, ...]:
    return tuple(ProviderPlan(**row) for row in _read("world.json")["providers"])


def wards(size: Size) -> tuple[WardPlan, ...]:
    found = (WardPlan(**row) for row in _read("world.json")["wards"])
    return tuple(ward for ward in found if not size.wards or ward.code in size.wards)


@cache
def gateways() -> tuple[GatewayPlan, ...]:
    return tuple(
        GatewayPlan(
            name=row["name"],
            supplier=row["supplier"],
            providers=tuple(row["providers"]),
            skew=row.get("skew", 0.0),
            given_out=row.get("role") == "given_out",
            down=row.get("role") == "down",
        )
        for row in _read("world.json")["gateways"]
    )


def gateway_of(provider: str) -> GatewayPlan:
    """The one that brings this provider's readings in the demo."""
    usual = (gateway for gateway in gateways() if not gateway.given_out and not gateway.down)
    return next(gateway for gateway in usual if provider in gateway.providers)


def down() -> GatewayPlan:
    """The one that is down: who is silent on its wards is so because of it."""
    return next(gateway for gateway in gateways() if gateway.down)


def given_out() -> GatewayPlan:
    """The one whose key is told in demo.json, and that no simulated device uses."""
    return next(gateway for gateway in gateways() if gateway.given_out)


@cache
def name_groups() -> tuple[NameGroup, ...]:
    return tuple(
        NameGroup(
            ethnicity=row["ethnicity"],
            language=row["language"],
            weight=row["weight"],
            families=tuple(row["families"]),
            given={sex: tuple(row[sex]) for sex in ("female", "male")},
        )
        for row in names()["groups"]
    )


@cache
def names() -> dict[str, Any]:
    return _read("names.json")


@cache
def cast() -> tuple[dict[str, Any], ...]:
    """Soar Valley's patients, told one by one, with their last sets by kind."""
    told = _read("soar_valley.json")
    return tuple(_with_values(person, told["columns"]) for person in told["people"])


@cache
def asked() -> tuple[dict[str, Any], ...]:
    """Who has been referred to Soar Valley today, how long ago, and what was decided."""
    return tuple(_read("soar_valley.json")["asked"])


def _with_values(person: dict[str, Any], columns: list[str]) -> dict[str, Any]:
    sets = [
        (minutes, {kind: v for kind, v in zip(columns, row, strict=True) if v is not None})
        for minutes, row in person["sets"]
    ]
    return {**person, "sets": sets}


def _read(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((DATA / name).read_text(encoding="utf-8"))
    return found
