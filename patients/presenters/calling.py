"""Whom to call, in which language, and who must not be told: the same words wherever one calls."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from patients.models import Contact, HomeRecord
from patients.presenters.words import address

State = HomeRecord.State


class CallLine(NamedTuple):
    """Somebody to call, or who must not be told: `number` is empty for the latter."""

    who: str
    number: str
    when: str
    more: str
    must_not: bool
    url: str


def call_lines(contacts: Iterable[Contact], *, may_change: bool) -> list[CallLine]:
    """Who must not be told stands first: nobody overlooks it; then who is called first."""
    ordered = sorted(
        contacts,
        key=lambda one: (not one.must_not_be_told, not one.call_first, not one.first_at_night),
    )
    return [_call_line(one, may_change=may_change) for one in ordered]


def _call_line(contact: Contact, *, may_change: bool) -> CallLine:
    carer = ", carer" if contact.is_carer else ""
    return CallLine(
        who=f"{contact.name}, {contact.relationship}{carer}",
        number="" if contact.must_not_be_told else contact.phone,
        when=called(contact),
        more=" · ".join(filter(None, (contact.language, contact.note))),
        must_not=contact.must_not_be_told,
        url=address("patients:contact-change", contact.pk) if may_change else "",
    )


def called(contact: Contact) -> str:
    """first by day; first at night"""
    if contact.must_not_be_told:
        return ""
    day = "first by day" if contact.call_first else ""
    night = "may be called at night" if contact.also_nights else ""
    return "; ".join(filter(None, (day, "first at night" if contact.first_at_night else night)))


def first_calls(contacts: Iterable[Contact]) -> list[str]:
    """daughter: Ann, 07700 900001; at night son: Ben, 07700 900002"""
    known = [one for one in contacts if not one.must_not_be_told]
    if not known:
        return ["No contact recorded"]
    day = next((one for one in known if one.call_first), known[0])
    night = next((one for one in known if one.first_at_night), None)
    if night == day:
        return [f"{_reached(day)}, day and night"]
    also = [f"at night {_reached(night)}"] if night else []
    return [_reached(day) if also or day.also_nights else f"{_reached(day)}, not at night", *also]


def _reached(contact: Contact) -> str:
    return ", ".join(filter(None, (f"{contact.relationship}: {contact.name}", contact.phone)))


def not_to_be_told(contacts: Iterable[Contact]) -> str:
    """Names of those who must not be told anything; empty where there are none."""
    return "; ".join(f"{one.name}, {one.relationship}" for one in contacts if one.must_not_be_told)


def interpreter_words(record: HomeRecord | None, language: str) -> str:
    """Interpreter needed: Vietnamese, by phone. Said when nobody asked; empty when not needed."""
    if record is None or record.state == State.NOT_ASKED:
        return "Interpreter: not asked"
    if record.state == State.NONE:
        return ""
    spoken = (
        "" if not language or language.casefold() in record.text.casefold() else f"{language}, "
    )
    return f"Interpreter needed: {spoken}{record.text}"
