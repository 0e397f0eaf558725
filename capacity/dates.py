"""A date in an address: 2026-11-26; any other writing of it is no address."""

import datetime as dt

from django.urls import register_converter


class DayConverter:
    regex = r"\d{4}-\d{2}-\d{2}"

    def to_python(self, value: str) -> dt.date:
        """Raises ValueError, which Django takes as no match."""
        return dt.date.fromisoformat(value)

    def to_url(self, value: dt.date) -> str:
        return value.isoformat()


register_converter(DayConverter, "day")
