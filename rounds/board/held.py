"""Who holds a ward's patients now, and how far the readings' processing lags behind."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any, Final
from uuid import UUID

from django.db.models import Count, QuerySet
from django.db.models.functions import Coalesce

from capacity.models import Ward
from lib.prepared import Statement
from observations.models import Alert
from observations.watch import standing
from rounds.board.making import moment, name_of
from rounds.holding import Declined, Held, Offered, Watch

# Parts of other statements: `{ward}` is the ward's id, `%(at)s` the instant.
HELD: Final = """(
SELECT json_build_array(o.id, o.accepted_at, o.until, o.accepted_by_id, u.first_name, u.last_name,
    u.username, o.receiver_name, o.receiver_organisation, o.receiver_phone)
FROM rounds_handover o LEFT JOIN accounts_user u ON u.id = o.accepted_by_id
WHERE o.ward_id = {ward} AND o.accepted_at <= %(at)s
ORDER BY o.accepted_at DESC, o.id DESC LIMIT 1)::text"""
# What waits for its answer, or was declined and nobody has accepted since.
OFFERED: Final = """(
SELECT json_build_array(o.id, o.offered_at, o.offered_by_id, o.offered_to_id,
    (SELECT count(*) FROM rounds_handoverline l WHERE l.handover_id = o.id),
    g.first_name, g.last_name, g.username, t.first_name, t.last_name, t.username,
    o.declined_at, d.first_name, d.last_name, d.username, o.decline_reason)
FROM rounds_handover o JOIN accounts_user g ON g.id = o.offered_by_id
LEFT JOIN accounts_user t ON t.id = o.offered_to_id
LEFT JOIN accounts_user d ON d.id = o.declined_by_id
WHERE o.ward_id = {ward} AND o.accepted_at IS NULL AND o.withdrawn_at IS NULL
  AND o.offered_at <= %(at)s
  AND NOT EXISTS (SELECT FROM rounds_handover a
                  WHERE a.ward_id = o.ward_id AND a.accepted_at > o.offered_at)
ORDER BY o.offered_at DESC LIMIT 1)::text"""
_OF_WARD: Final = Statement(
    "watch_of_ward",
    f"SELECT {HELD.format(ward='%(ward)s')}, {OFFERED.format(ward='%(ward)s')}",
    ward="bigint",
    at="timestamptz",
)


def watch_of(ward: Ward, at: dt.datetime) -> Watch:
    (row,) = _OF_WARD.rows({"ward": ward.pk, "at": at})
    held, offered = row
    return watch_read(held, offered, at)


def by(ward: Ward, at: dt.datetime) -> Held | None:
    """None: nobody accepted, or their time has run out; the ward is unwatched, and says so."""
    return watch_of(ward, at).holder


def watch_read(held: str | None, offered: str | None, at: dt.datetime) -> Watch:
    """What HELD and OFFERED told."""
    return Watch(
        at,
        _held(*json.loads(held)) if held else None,
        _offered(*json.loads(offered)) if offered else None,
    )


def lag(at: dt.datetime) -> dt.timedelta:
    """How long the oldest unprocessed reading has waited."""
    return standing.lag(at)


def unowned_alerts(wards: QuerySet[Ward]) -> dict[int, int]:
    """How many open alerts nobody owns, by the ward that answers them."""
    placed = Alert.objects.unowned().annotate(place=Coalesce("admission__ward", "ward"))
    counted = placed.filter(place__in=wards).values_list("place")
    return dict(counted.annotate(many=Count("pk")).order_by())


def _held(pk: str, since: str, until: str, user_id: int | None, *told: Any) -> Held:
    *who, name, team, phone = told
    return Held(name_of(*who) or name, team, phone, moment(until), moment(since), UUID(pk), user_id)


def _offered(pk: str, at: str, by_id: int, to_id: int | None, patients: int, *told: Any) -> Offered:
    giver, taker = name_of(*told[:3]), name_of(*told[3:6])
    declined_at, *who, reason = told[6:]
    declined = Declined(moment(declined_at), name_of(*who), reason) if declined_at else None
    return Offered(UUID(pk), moment(at), giver, by_id, taker, to_id, patients, declined)
