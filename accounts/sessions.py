"""Sessions as Django keeps them in the database, read by a plain statement: each poll reads one."""

from __future__ import annotations

from typing import Any, Final

from django.contrib.sessions.backends import db
from django.utils import timezone

from lib.prepared import Statement

_DATA: Final = Statement(
    "session_data",
    "SELECT session_data FROM django_session WHERE session_key = %(key)s AND expire_date > %(at)s",
    key="text",
    at="timestamptz",
)


class SessionStore(db.SessionStore):
    def load(self) -> dict[str, Any]:
        found = _DATA.rows({"key": self.session_key, "at": timezone.now()})
        if not found:
            # As the one that it stands for does: the next save draws a new key.
            self._session_key = None
            return {}
        data: dict[str, Any] = self.decode(found[0][0])
        return data
