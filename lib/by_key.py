"""A row and the rows that it points at, by its key: Django words the question once a process and
PostgreSQL plans it once a connection, since joining ten tables costs more to think out than to do.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.db.models import Model, QuerySet
from django.db.models.query import get_related_populators

from lib.prepared import Statement

M = TypeVar("M", bound=Model)
_ANY = UUID(int=0)


class ByKey(Generic[M]):
    """Of a query that depends on nothing but the key: who may see what is found, the caller asks.

    `query` may select related rows; prefetches, annotations and further conditions it may not.
    """

    def __init__(self, name: str, query: Callable[[], QuerySet[M]]) -> None:
        self._name, self._query = name, query

    def get(self, pk: UUID) -> M | None:
        found = self._statement.rows({"pk": str(pk)})
        return self._made(found) if found else None

    def _made(self, found: list[tuple[Any, ...]]) -> M:
        """As a queryset makes it of its row."""
        (row,) = self._compiler.results_iter(results=[found])
        start, end, names = self._own
        made: M = self._compiler.klass_info["model"].from_db("default", names, row[start:end])
        for related in self._related:
            related.populate(row, made)
        return made

    @cached_property
    def _compiler(self) -> Any:
        compiler = self._query().filter(pk=_ANY).order_by().query.get_compiler("default")
        self._sql, given = compiler.as_sql()
        assert given == (_ANY,), "a query of more than its key"
        return compiler

    @cached_property
    def _statement(self) -> Statement:
        assert self._compiler
        return Statement(self._name, self._sql.replace("%s", "%(pk)s"), pk="uuid")

    @cached_property
    def _own(self) -> tuple[int, int, list[str]]:
        """Where the row's own columns stand, and what they are called."""
        fields = self._compiler.klass_info["select_fields"]
        start, end = fields[0], fields[-1] + 1
        return start, end, [one[0].target.attname for one in self._compiler.select[start:end]]

    @cached_property
    def _related(self) -> list[Any]:
        found: list[Any] = get_related_populators(  # type: ignore[call-arg]  # as Django 5.2 has it
            self._compiler.klass_info, self._compiler.select, "default"
        )
        return found
