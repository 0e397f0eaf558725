"""The shapes of capacity's answers, for the answers themselves and for the schema."""

import datetime as dt
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from capacity.reports.history import Morning
from capacity.reports.staffed import Staffed

LEAVE_COUNTED = "whether occupancy has people on leave among the patients, as set for that day"


class Moment(serializers.DateTimeField):
    """In UTC, whatever the time of the year: pages are in London's, and so are DRF's moments."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(default_timezone=dt.UTC, **kwargs)


class PublishedLine(serializers.Serializer[object]):
    """Ratios are taken from the counts: fractions, unrounded and uncapped."""

    icb_code = serializers.CharField(source="code")
    name = serializers.CharField()
    capacity = serializers.IntegerField()
    population = serializers.IntegerField()
    population_base = serializers.ChoiceField(choices=["16+", "all"], source="base")
    per_100k = serializers.FloatField()
    patients = serializers.IntegerField(allow_null=True)
    occupancy = serializers.FloatField(allow_null=True)
    returned = serializers.BooleanField()


class RestatedLine(PublishedLine):
    """A month's line on the boundaries that were asked for, not on those of its time."""

    boundaries = serializers.SerializerMethodField(help_text="the day from which they held")

    def get_boundaries(self, _: object) -> dt.date:
        until: dt.date = self.context["boundaries"]
        return until


class CorrectedLine(serializers.Serializer[object]):
    """A day that was counted otherwise once it had settled: when that was last corrected, why, and
    what each figure that is otherwise now was first."""

    at = Moment(source="corrected.at")
    why = serializers.CharField(source="corrected.why")
    was = serializers.DictField(child=serializers.IntegerField())


class DayLine(serializers.Serializer[object]):
    """A day's count at 08:00 London."""

    day = serializers.DateField()
    beds = serializers.IntegerField()
    surge = serializers.IntegerField()
    closed = serializers.IntegerField()
    patients = serializers.IntegerField()
    over_capacity = serializers.IntegerField()
    on_leave = serializers.IntegerField()
    occupancy = serializers.FloatField(source="count.occupancy", allow_null=True)
    leave_counted = serializers.BooleanField(source="leave.counted", help_text=LEAVE_COUNTED)
    corrected = serializers.SerializerMethodField(help_text="null: as it was first counted")

    @extend_schema_field(CorrectedLine(allow_null=True))
    def get_corrected(self, morning: Morning) -> object:
        return CorrectedLine(morning).data if morning.corrected else None


class StaffedLine(serializers.Serializer[object]):
    """Beds that can be staffed, of the commissioned `beds` on those wards that told."""

    number = serializers.SerializerMethodField()
    beds = serializers.IntegerField()
    wards_told = serializers.IntegerField(source="told")
    wards = serializers.IntegerField()

    def get_number(self, staffed: Staffed) -> int | None:
        """Null where nobody told: that is not none."""
        return staffed.number if staffed.told else None


class NowLine(serializers.Serializer[object]):
    """The count at this moment: what the dashboard shows."""

    at = Moment()
    beds = serializers.IntegerField()
    surge = serializers.IntegerField()
    closed = serializers.IntegerField()
    taken = serializers.IntegerField()
    free = serializers.IntegerField()
    patients = serializers.IntegerField()
    over_capacity = serializers.IntegerField()
    on_leave = serializers.IntegerField()
    occupancy = serializers.FloatField(allow_null=True)
    leave_counted = serializers.BooleanField(help_text=LEAVE_COUNTED)
    staffed = StaffedLine()


class Occupancy(serializers.Serializer[object]):
    icb_code = serializers.CharField()
    name = serializers.CharField()
    now = NowLine()
    days = DayLine(many=True)
