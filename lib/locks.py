"""A row locked, with what belongs to it as it is once the lock is held."""

from __future__ import annotations

from typing import TypeVar

from django.db.models import Model, QuerySet

Row = TypeVar("Row", bound=Model)


def locked(rows: QuerySet[Row], pk: object, *, no_key: bool = False) -> Row:
    """Raises DoesNotExist. Two statements, for PostgreSQL joins before it waits: where the row was
    changed meanwhile to belong to another, one statement finds the other missing, or no row."""
    rows.model._default_manager.select_for_update(no_key=no_key).get(pk=pk)
    return rows.get(pk=pk)
