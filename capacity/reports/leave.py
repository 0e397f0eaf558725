"""Whether people on leave count in occupancy on a day."""

from __future__ import annotations

import datetime as dt

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Max, OuterRef, Subquery
from django.db.models.functions import JSONObject

from capacity.leave import LeaveRule, LeaveRules
from capacity.models import DailySums, IntegratedCareBoard, LeaveSetting
from lib import london


def leave_rules() -> LeaveRules:
    """Every setting, in one statement."""
    return LeaveRules.of(LeaveSetting.objects.values_list("starts", "counted"))


def leave_rule(at: dt.datetime) -> LeaveRule:
    """What holds at that moment."""
    return leave_rules().on(london.day_of(at))


def counted_and_rules(icb: IntegratedCareBoard) -> tuple[dt.datetime | None, LeaveRules]:
    """When its days were last counted, and every setting: in one statement, since a dashboard
    asks both every five seconds."""
    sums = DailySums.objects.filter(icb=OuterRef("pk")).values("icb")
    settings = LeaveSetting.objects.values(told=JSONObject(starts="starts", counted="counted"))
    asked = IntegratedCareBoard.objects.filter(pk=icb.pk).annotate(
        last=Subquery(sums.annotate(last=Max("computed_at")).values("last")),
        rules=ArraySubquery(settings),
    )
    last, rules = asked.values_list("last", "rules").get()
    told = ((dt.date.fromisoformat(one["starts"]), one["counted"]) for one in rules)
    return last, LeaveRules.of(told)
