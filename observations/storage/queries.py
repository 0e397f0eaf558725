"""Plain SQL where the ORM would cost more than the question."""

from __future__ import annotations

from typing import Any

from django.db import connection


def rows(statement: str, given: Any) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, given)
        answer: list[Any] = cursor.fetchall()
    return answer
