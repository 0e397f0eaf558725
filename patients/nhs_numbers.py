"""NHS numbers: as typed, as stored, as shown, and which of them may be stored here."""

from __future__ import annotations

import re

from django.conf import settings
from django.core.exceptions import ValidationError
from nhs_number.validate import is_valid

NEVER_ISSUED = "999"
_BETWEEN_DIGITS = re.compile(r"[\s\-\u2010-\u2015\u2212]+")


def plain(typed: str) -> str:
    """As stored: ten digits, whatever stood between them."""
    return _BETWEEN_DIGITS.sub("", typed)


def shown(number: str) -> str:
    """999 000 0018"""
    return f"{number[:3]} {number[3:6]} {number[6:]}" if number else ""


def is_number(text: str) -> bool:
    """Ten digits and a right check digit (weights 10 to 2, modulo 11)."""
    ten = len(text) == 10 and text.isascii() and text.isdigit()
    return ten and bool(is_valid(text))


def check(number: str) -> None:
    """Before it is stored; refuses a wrong one, and a real one until somebody answers for it."""
    if not is_number(number):
        raise ValidationError(
            "This is not an NHS number: ten digits, the last of which checks the others.",
            code="not_a_number",
        )
    if not (settings.REAL_PATIENTS_ALLOWED or number.startswith(NEVER_ISSUED)):
        raise ValidationError(
            "This is a demonstration: only NHS numbers that begin with 999 can be stored.",
            code="real_number",
        )
