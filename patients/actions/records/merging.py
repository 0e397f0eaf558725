"""Joins two records into one, and takes them apart again exactly as they were joined."""

from __future__ import annotations

import datetime as dt
from typing import Final, TypeVar

from accounts.models import User
from patients.actions.locking import lock_records
from patients.actions.people import follow
from patients.actions.records.checks import check_can_join, check_can_take_apart
from patients.actions.records.journal import Entry, Journal, put_back
from patients.actions.touch import touch_patient
from patients.models import (
    AskedRecord,
    HomeRecord,
    Identifier,
    Patient,
    RecordChange,
    SafetyRecord,
)

State = AskedRecord.State
Asked = TypeVar("Asked", SafetyRecord, HomeRecord)
# What is known stands before what is not: an allergy that one record tells is never lost.
_RANK: Final = (State.NOT_ASKED, State.NONE, State.RECORDED)
_FILLED: Final = (
    *("title", "ethnicity_group", "deprivation_decile", "language", "phone", "address"),
    *("postcode", "home_icb_id", "lives_in_id", "lives_with", "died_at"),
)
BOTH: Final = "two records that were joined"


def join(change: RecordChange, *, by: User, at: dt.datetime) -> list[Entry]:
    """What was moved, for the way back. Part of approving, whose policy and audit it shares."""
    assert change.other_id is not None
    found = lock_records({change.patient_id, change.other_id})
    kept, other = found[change.patient_id], found[change.other_id]
    check_can_join(kept, other)
    journal = Journal()
    _join_numbers(journal, kept, other, at)
    _join_asked(journal, SafetyRecord, kept, other, by, at)
    _join_asked(journal, HomeRecord, kept, other, by, at)
    _join_key_safes(journal, kept, other, at)
    _join_contacts(journal, kept, other)
    for rows in (
        other.safeguarding_notes.all(),
        other.referrals.all(),
        other.admissions.all(),
    ):
        for row in rows.order_by("pk"):
            journal.change(row, patient=kept)
    _fill(journal, kept, other)
    journal.change(other, merged_into=kept)
    _settle(kept, other, by, at)
    return journal.entries


def take_apart(change: RecordChange, *, by: User, at: dt.datetime) -> None:
    """What came to the kept record since stays with it."""
    assert change.merge is not None
    assert change.other_id is not None
    found = lock_records({change.patient_id, change.other_id})
    check_can_take_apart(change.merge)
    put_back(change.merge.moved, at=at)
    _settle(found[change.patient_id], found[change.other_id], by, at)


def _settle(kept: Patient, other: Patient, by: User, at: dt.datetime) -> None:
    """The figures follow the person, and boards show who it is now."""
    for patient in (kept, other):
        follow(patient, by=by, at=at)
        touch_patient(patient)


def _join_numbers(journal: Journal, kept: Patient, other: Patient, at: dt.datetime) -> None:
    """The kept record's own number stands; the other's stays on record, and still finds it."""
    numbered = bool(kept.nhs_number)
    for one in other.identifiers.order_by("pk"):
        if numbered and one.is_current and one.system == Identifier.System.NHS_NUMBER:
            journal.change(one, patient=kept, status=Identifier.Status.SUPERSEDED, ends=at)
        else:
            journal.change(one, patient=kept)


def _join_asked(
    journal: Journal,
    model: type[Asked],
    kept: Patient,
    other: Patient,
    by: User,
    at: dt.datetime,
) -> None:
    rows = model._default_manager
    standing = {one.topic: one for one in rows.filter(patient=kept, superseded_at=None)}
    for one in rows.filter(patient=other).order_by("pk"):
        known = standing.get(one.topic)
        if one.superseded_at is not None or known is None:
            journal.change(one, patient=kept)
        elif _rank(one) > _rank(known):
            journal.change(known, superseded_at=at)
            journal.change(one, patient=kept)
        else:
            journal.change(one, patient=kept, superseded_at=at)
            _say_both(journal, known, one, by, at)


def _join_key_safes(journal: Journal, kept: Patient, other: Patient, at: dt.datetime) -> None:
    """Two codes cannot both be right: the kept record's stands, unless it knows of no safe."""
    known = kept.key_safes.current().first()
    for one in other.key_safes.order_by("pk"):
        if one.superseded_at is None and known is not None:
            beaten = known if one.there and not known.there else one
            journal.change(beaten, superseded_at=at)
        journal.change(one, patient=kept)


def _join_contacts(journal: Journal, kept: Patient, other: Patient) -> None:
    """One is called first: the kept record's own."""
    taken = {
        first: kept.contacts.filter(**{first: True}).exists()
        for first in ("call_first", "first_at_night")
    }
    for one in other.contacts.order_by("pk"):
        given_up = {first: False for first, known in taken.items() if known and getattr(one, first)}
        journal.change(one, patient=kept, **given_up)


def _rank(record: AskedRecord) -> int:
    return _RANK.index(State(record.state))


def _say_both(journal: Journal, known: Asked, one: Asked, by: User, at: dt.datetime) -> None:
    """Nobody but a clinician decides which of two is right: both stand until one has."""
    if {known.state, one.state} != {State.RECORDED} or _same(known, one):
        return
    journal.change(known, superseded_at=at)
    both = type(known)._default_manager.create(
        patient=known.patient,
        topic=known.topic,
        state=State.RECORDED,
        text=f"{known.text} — and, from another record: {one.text}",
        source=BOTH,
        recorded_at=at,
        recorded_by=by,
        **_marks_of(known, one),
    )
    journal.made(both)


def _same(known: AskedRecord, one: AskedRecord) -> bool:
    return known.text == one.text and _marks_of(known, one) == _marks_of(known, known)


def _marks_of(known: AskedRecord, one: AskedRecord) -> dict[str, list[str]]:
    if not (isinstance(known, HomeRecord) and isinstance(one, HomeRecord)):
        return {}
    return {"marks": [mark for mark in HomeRecord.Mark if mark in {*known.marks, *one.marks}]}


def _fill(journal: Journal, kept: Patient, other: Patient) -> None:
    """What only the other record knew of the person; nothing that is known is written over."""
    new = {
        name: getattr(other, name)
        for name in _FILLED
        if getattr(kept, name) in ("", None) and getattr(other, name) not in ("", None)
    }
    if new:
        journal.change(kept, **{name.removesuffix("_id"): value for name, value in new.items()})
