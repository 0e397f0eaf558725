"""Whether people on leave count in occupancy on a day."""

from __future__ import annotations

import datetime as dt

from capacity.leave import LeaveRule, LeaveRules
from capacity.models import LeaveSetting
from lib import london


def leave_rules() -> LeaveRules:
    """Every setting, in one statement."""
    return LeaveRules.of(LeaveSetting.objects.values_list("starts", "counted"))


def leave_rule(at: dt.datetime) -> LeaveRule:
    """What holds at that moment."""
    return leave_rules().on(london.day_of(at))
