"""Coming, moving, being away and leaving."""

from patients.actions.admissions.admitting import admit
from patients.actions.admissions.leaves import return_from_leave, start_leave
from patients.actions.admissions.leaving import discharge, reverse_discharge
from patients.actions.admissions.moving import move_bed, transfer
from patients.actions.care import set_expected_discharge
from patients.actions.touch import touch

__all__ = [
    "admit",
    "discharge",
    "move_bed",
    "return_from_leave",
    "reverse_discharge",
    "set_expected_discharge",
    "start_leave",
    "touch",
    "transfer",
]
