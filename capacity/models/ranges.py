"""How the database compares periods: half-open, an end of null is 'still going on'."""

from django.contrib.postgres.fields import (
    DateRangeField,
    DateTimeRangeField,
    IntegerRangeField,
)
from django.db.models import F, Func, IntegerField, Value
from django.utils.deconstruct import deconstructible


@deconstructible(path="capacity.models.ranges.Moments")
class Moments(Func):
    """`tstzrange(starts, ends, '[)')`: the instant of the end belongs to the next period."""

    function = "tstzrange"
    output_field = DateTimeRangeField()

    def __init__(self, starts: str = "starts", ends: str = "ends") -> None:
        super().__init__(F(starts), F(ends), Value("[)"))


@deconstructible(path="capacity.models.ranges.Days")
class Days(Func):
    """`daterange(starts, ends, '[)')`: `ends` is the first day that no longer counts."""

    function = "daterange"
    output_field = DateRangeField()

    def __init__(self, starts: str = "starts", ends: str = "ends") -> None:
        super().__init__(F(starts), F(ends), Value("[)"))


class _Minute(Func):
    """A time of day in minutes since midnight."""

    template = "(extract(epoch FROM %(expressions)s) / 60)::int"
    output_field = IntegerField()


class _LastMinute(Func):
    """The same of an end: 00:00 is the day's."""

    template = "coalesce(nullif((extract(epoch FROM %(expressions)s) / 60)::int, 0), 1440)"
    output_field = IntegerField()


@deconstructible(path="capacity.models.ranges.Minutes")
class Minutes(Func):
    """Two times of one day, in minutes; an end of 00:00 is the day's."""

    function = "int4range"
    output_field = IntegerRangeField()

    def __init__(self, starts: str = "opens", ends: str = "closes") -> None:
        super().__init__(_Minute(F(starts)), _LastMinute(F(ends)), Value("[)"))
