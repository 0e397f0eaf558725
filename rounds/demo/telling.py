"""Writes down how the demo can be used: `demo.json` for people and tests, the simulator's plan."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, Final

from rounds.demo import world
from rounds.demo.kit import Worn
from rounds.demo.load import Loaded
from rounds.demo.staff import FIRST_WARD, SECOND_WARD
from rounds.demo.vitals import Usual

USUAL: Final = (
    *("respiratory_rate", "spo2", "systolic", "diastolic", "pulse", "temperature", "oxygen"),
)
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


def plan(loaded: Loaded) -> dict[str, Any]:
    """What the simulator plays; it leaves alone whom others post for, and who is silent or away.

    A gateway's first wearer is its dead device, the next own kit was another patient's before,
    and its last one is who deteriorates on cue.
    """
    others = {id(worn) for worn in given_out(loaded)}
    playing = [worn for worn in loaded.worn if id(worn) not in others and _plays(worn)]
    gates = {worn.gate.name: worn.gate for worn in playing}
    return {
        "gateways": [
            {
                "name": gate.name,
                "key": gate.key,
                "skew": gate.skew,
                "wearers": _wearers([worn for worn in playing if worn.gate == gate]),
            }
            for gate in gates.values()
        ]
    }


def _plays(worn: Worn) -> bool:
    return worn.case.story != "silent" and not worn.case.on_leave


def _wearers(worn: list[Worn]) -> list[dict[str, Any]]:
    ordered = sorted(worn, key=_usable)
    rows = [(one, row) for one in ordered for row in _devices(one)]
    own = [(one, row) for one, row in rows[1:-1] if "patient" not in row]
    if own:
        one, row = own[0]
        row["held_since"] = one.case.admitted_at.isoformat()
    return [row for _, row in rows]


def _devices(worn: Worn) -> Iterator[dict[str, Any]]:
    """One for each piece of kit, without what no longer measures."""
    case = worn.case
    for serial in dict.fromkeys(worn.serials.values()):
        kinds = [
            kind
            for kind, by in worn.serials.items()
            if by == serial and kind not in case.told.get("without", ())
        ]
        if kinds:
            row = {"serial": serial, "kinds": kinds, "usual": asdict(_now(worn))}
            named = {"patient": worn.names} if worn.names else {}
            yield {**row, **named, "story": "stable" if case.told else case.story}


def _now(worn: Worn) -> Usual:
    """Those told one by one go on as their last set was."""
    last = {kind: value for _, values in worn.case.sets for kind, value in values.items()}
    known = {kind: last[kind] for kind in USUAL if kind in last}
    if "oxygen" in known and known["oxygen"] == "air":
        known["oxygen"] = 0.0
    return replace(worn.case.usual, **known)


def write_private(path: Path, told: dict[str, Any]) -> None:
    """Keys and passwords of a demonstration are still nobody else's."""
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_suffix(".new")
    new.touch(mode=0o600)
    new.write_text(json.dumps(told, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    new.replace(path)
