"""How the database compares periods: half-open, an end of null is 'still going on'."""

from django.contrib.postgres.fields import DateRangeField, DateTimeRangeField
from django.db.models import F, Func, Value
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
