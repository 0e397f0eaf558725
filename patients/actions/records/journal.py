"""Writes down each field that a merge changes, as it was and as it is, and puts it back.

An entry: {"of": model, "id": text, "was": {field: text or null}, "is": {field: text or null}}; one
without "was" is a row that the merge made.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, Final

from django.db import models

from patients.models import (
    Admission,
    AskedRecord,
    Contact,
    HomeRecord,
    Identifier,
    KeySafe,
    Patient,
    Referral,
    SafeguardingNote,
    SafetyRecord,
)

Entry = dict[str, Any]
_OF: Final[Mapping[str, type[models.Model]]] = {
    str(model._meta.model_name): model
    for model in (
        *(Admission, Contact, HomeRecord, Identifier, KeySafe, Patient, Referral),
        *(SafeguardingNote, SafetyRecord),
    )
}


class Journal:
    """Changes rows, and keeps how."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []

    def change(self, row: models.Model, **fields: Any) -> None:
        was = _told(row, fields)
        for name, value in fields.items():
            setattr(row, name, value)
        row.save(update_fields=list(fields))
        entry = {"of": row._meta.model_name, "id": str(row.pk), "was": was}
        self.entries.append(entry | {"is": _told(row, fields)})

    def made(self, row: models.Model) -> None:
        self.entries.append({"of": row._meta.model_name, "id": str(row.pk)})


def put_back(entries: list[Entry], *, at: dt.datetime) -> None:
    """The last first. What moved is again as it was; what stayed, unless changed since."""
    for entry in reversed(entries):
        model = _OF[entry["of"]]
        row = model._default_manager.filter(pk=entry["id"]).first()
        if row is None:
            continue  # removed since: a contact, for example
        if "was" not in entry:
            _supersede(row, at)
        elif "patient" in entry["was"] or _told(row, entry["is"]) == entry["is"]:
            _restore(row, entry["was"])


def _restore(row: models.Model, was: Mapping[str, str | None]) -> None:
    if "patient" not in was and _said_since(row):
        return
    for name, text in was.items():
        field = row._meta.get_field(name)
        assert isinstance(field, models.Field)
        setattr(row, field.attname, None if text is None else field.to_python(text))
    row.save(update_fields=list(was))


def _said_since(row: models.Model) -> bool:
    """Somebody has asked again since: that stands."""
    if isinstance(row, KeySafe):
        return KeySafe.objects.current().filter(patient=row.patient).exists()
    if not isinstance(row, SafetyRecord | HomeRecord):
        return False
    said = type(row)._default_manager.filter(superseded_at__isnull=True)
    return said.filter(patient=row.patient, topic=row.topic).exists()


def _supersede(row: models.Model, at: dt.datetime) -> None:
    """What the merge made of two records of one topic is no longer what is known."""
    assert isinstance(row, AskedRecord)
    if row.superseded_at is None:
        row.superseded_at = at
        row.save(update_fields=["superseded_at"])


def _told(row: models.Model, names: Mapping[str, Any]) -> dict[str, str | None]:
    return {name: _text(row, name) for name in names}


def _text(row: models.Model, name: str) -> str | None:
    field = row._meta.get_field(name)
    assert isinstance(field, models.Field)
    return None if getattr(row, field.attname) is None else field.value_to_string(row)
