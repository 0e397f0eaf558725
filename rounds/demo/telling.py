"""Writes down how the demo can be used: `demo.json` for people and tests, the simulator's plan."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from rounds.demo import world
from rounds.demo.kit import Worn
from rounds.demo.load import Loaded
from rounds.demo.staff import FIRST_WARD, SECOND_WARD

# Devices that others may post for: the simulator leaves their patients alone.
GIVEN_OUT: Final = {FIRST_WARD: 4, SECOND_WARD: 3, "RT5-copd": 2, "RWE-cardiology": 1}


def demo(loaded: Loaded, *, base_url: str) -> dict[str, Any]:
    """As the public interface in the design says."""
    return {
        "base_url": base_url,
        "accounts": [asdict(account) for account in loaded.staff.accounts],
        "gateway_key": loaded.kit.gates[world.given_out().name].key,
        "devices": [_device(worn) for worn in given_out(loaded)],
    }


def given_out(loaded: Loaded) -> list[Worn]:
    """First the hub of an adult on scale 1, of the first clinician's ward."""
    found: list[Worn] = []
    for code, many in GIVEN_OUT.items():
        here = [worn for worn in loaded.worn if worn.case.ward.code == code and _usable(worn)]
        found += sorted(here, key=lambda worn: not worn.case.told.get("hub"))[:many]
    return found


def _usable(worn: Worn) -> bool:
    """Of a stable adult, on scale 1, with one hub of all seven kinds."""
    case = worn.case
    adult = case.pathway not in ("paediatric", "palliative") and case.scale == 1
    one_hub = len(set(worn.serials.values())) == 1 and not worn.names
    return adult and one_hub and case.story == "stable" and not case.on_leave


def _device(worn: Worn) -> dict[str, Any]:
    return {
        "serial": next(iter(worn.serials.values())),
        "kinds": list(worn.case.kinds),
        "nhs_number": worn.case.person.nhs_number,
        "ward": worn.case.ward.code,
    }


def write_private(path: Path, told: dict[str, Any]) -> None:
    """Keys and passwords of a demonstration are still nobody else's."""
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_suffix(".new")
    new.touch(mode=0o600)
    new.write_text(json.dumps(told, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    new.replace(path)
