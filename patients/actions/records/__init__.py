"""Putting confused records right: one person proposes, another decides, and it is done at once."""

from patients.actions.records.deciding import approve, turn_down, withdraw_change
from patients.actions.records.proposing import (
    propose_correction,
    propose_merge,
    propose_unmerge,
)

__all__ = [
    "approve",
    "propose_correction",
    "propose_merge",
    "propose_unmerge",
    "turn_down",
    "withdraw_change",
]
