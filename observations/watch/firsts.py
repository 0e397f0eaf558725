"""Kit works once a reading of its holder has come: the first one is looked for until then.

From the sweep and not from the drain, which holds shared locks on devices and pays for each write.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from django.db.models import F

from observations import limits
from observations.models import Holding
from observations.storage.queries import rows

_AT_ONCE: Final = 500
_FIRST: Final = """
    SELECT min(measured_at) FROM observations_reading
    WHERE admission_id = %s AND device_id = %s AND measured_at >= %s AND measured_at <= %s
"""


def note(*, at: datetime) -> int:
    """How many began to work. Only kit that was heard since it was handed out is looked for."""
    waiting = Holding.objects.open().filter(first_reading_at__isnull=True)
    found = waiting.filter(device__last_heard_at__gte=F("starts"), starts__lte=at).order_by("pk")
    return sum(_note(holding, at) for holding in found[:_AT_ONCE])


def _note(holding: Holding, at: datetime) -> bool:
    since = max(holding.starts, at - limits.ACCEPT_WINDOW)
    given = [str(holding.admission_id), holding.device_id, since, at + limits.AHEAD]
    ((first,),) = rows(_FIRST, given)
    return first is not None and _keep(holding, first)


def _keep(holding: Holding, first: datetime) -> bool:
    """Once, whoever came first; a reading shows that the kit was delivered."""
    told: dict[str, Any] = {"first_reading_at": first, "state": Holding.State.WORKING}
    if holding.delivered_at is None:
        told["delivered_at"] = max(first, holding.ordered_at or first)
    fresh = Holding.objects.open().filter(pk=holding.pk, first_reading_at__isnull=True)
    return bool(fresh.update(**told))
