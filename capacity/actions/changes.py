"""What follows from every change of who lies where: boards move, and counted days are redone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from capacity.actions.locks import move_rosters
from capacity.actions.stale import mark_stale
from capacity.models import Ward


def changed(
    wards: Iterable[Ward], *, since: dt.datetime, why: str, until: dt.datetime | None = None
) -> None:
    """With the wards locked by the caller; in id order, like the locks."""
    once = {ward.pk: ward for ward in wards}
    move_rosters(once)
    for pk in sorted(once):
        mark_stale(ward=once[pk], since=since, until=until, why=why)
