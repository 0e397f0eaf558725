"""Whether people on leave count in occupancy on a day."""

from __future__ import annotations

import datetime as dt
from typing import Final

from capacity.leave import LeaveRule, LeaveRules
from capacity.models import IntegratedCareBoard, LeaveSetting
from lib import london
from lib.prepared import Statement

_COUNTED_AND_RULES: Final = Statement(
    "counted_and_rules",
    """
SELECT (SELECT max(computed_at) FROM capacity_dailysums WHERE icb_id = %(icb)s),
       ARRAY(SELECT starts FROM capacity_leavesetting ORDER BY starts),
       ARRAY(SELECT counted FROM capacity_leavesetting ORDER BY starts)
""",
    icb="bigint",
)


def leave_rules() -> LeaveRules:
    """Every setting, in one statement."""
    return LeaveRules.of(LeaveSetting.objects.values_list("starts", "counted"))


def leave_rule(at: dt.datetime) -> LeaveRule:
    """What holds at that moment."""
    return leave_rules().on(london.day_of(at))


def counted_and_rules(icb: IntegratedCareBoard) -> tuple[dt.datetime | None, LeaveRules]:
    """When its days were last counted, and every setting: in one statement, since a dashboard
    asks both every five seconds."""
    [(last, days, counted)] = _COUNTED_AND_RULES.rows({"icb": icb.pk})
    return last, LeaveRules.of(zip(days, counted, strict=True))
