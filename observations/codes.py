"""LOINC and SNOMED CT codes of the kinds, the letters of ACVPU and the parts of NEWS2.

`verified` is False where a code was written from memory: check it in the SNOMED CT browser before
it leaves for another system.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple


class Codes(NamedTuple):
    """How other systems name one thing; None where a terminology has no code for it."""

    loinc: str | None
    snomed: str | None
    verified: bool = True


KINDS: Final[Mapping[str, Codes]] = MappingProxyType(
    {
        "respiratory_rate": Codes("9279-1", "86290005"),
        "spo2": Codes("59408-5", "103228002"),
        "oxygen": Codes("3151-8", "427081008", verified=False),
        "systolic": Codes("8480-6", "72313002"),
        "diastolic": Codes("8462-4", "1091811000000102"),
        "pulse": Codes("8867-4", "78564009"),
        "consciousness": Codes(None, "1104441000000107"),
        "temperature": Codes("8310-5", "386725007"),
        "weight": Codes("29463-7", "27113001"),
        "glucose": Codes("14743-9", "434912009", verified=False),
        "peak_flow": Codes("19935-6", "18491006", verified=False),
        "pain": Codes(None, "225908003"),
    }
)
# What a sender may use for the same kind: FHIR's own SpO2, arterial; heart rate; core temperature.
LOINC_KINDS: Final[Mapping[str, str]] = MappingProxyType(
    {codes.loinc: kind for kind, codes in KINDS.items() if codes.loinc}
    | {"2708-6": "spo2", "15074-8": "glucose"}
)
SNOMED_KINDS: Final[Mapping[str, str]] = MappingProxyType(
    {codes.snomed: kind for kind, codes in KINDS.items() if codes.snomed}
    | {"364075005": "pulse", "276885007": "temperature"}
)
BLOOD_PRESSURE_PANEL: Final = Codes("85354-9", "75367002")
ROOM_AIR: Final = Codes(None, "722742002")
CONSCIOUSNESS: Final[Mapping[str, Codes]] = MappingProxyType(
    {
        "A": Codes(None, "248234008"),
        "C": Codes(None, "130987000", verified=False),
        "V": Codes(None, "300202002", verified=False),
        "P": Codes(None, "450847001", verified=False),
        "U": Codes(None, "422768004", verified=False),
    }
)
NEWS2_TOTAL: Final = Codes(None, "1104051000000101")
# By the argument names of `news2.score`; SpO2 stands here on scale 1.
NEWS2_PARTS: Final[Mapping[str, Codes]] = MappingProxyType(
    {
        "respiratory_rate": Codes(None, "1104301000000104"),
        "spo2": Codes(None, "1104311000000102"),
        "oxygen": Codes(None, "1104331000000105"),
        "systolic": Codes(None, "1104341000000101"),
        "pulse": Codes(None, "1104351000000103"),
        "consciousness": Codes(None, "1104361000000100"),
        "temperature": Codes(None, "1104371000000107"),
    }
)
NEWS2_SPO2_SCALE_2: Final = Codes(None, "1104321000000108")
