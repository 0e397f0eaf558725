"""The stays before this one, a line each."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from lib.addresses import address
from lib.london import day_of, plain_day
from rounds.patient.earlier import Earlier


class EarlierLine(NamedTuple):
    """3 to 9 Nov 2026, Soar Valley; home"""

    days: str
    words: str
    url: str
    flag: str


def lines(stays: Iterable[Earlier]) -> list[EarlierLine]:
    return [_line(one) for one in stays]


def _line(stay: Earlier) -> EarlierLine:
    admission = stay.admission
    came, left = day_of(admission.admitted_at), admission.discharged_at
    until = plain_day(day_of(left)) if left else "now"
    went = f"; {admission.get_destination_display()}" if admission.destination else ""
    return EarlierLine(
        days=f"{plain_day(came)} to {until}",
        words=f"{admission.ward.name}{went}",
        url=address("rounds:patient-detail", admission.pk) if stay.may_open else "",
        flag="Back within 30 days" if stay.back_soon else "",
    )
