"""How gateways' clocks are wrong, when each was last heard of, and by when it must be again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from capacity.models import Ward
from lib import london
from lib.london import day_of
from observations import clocks, limits, silence
from observations.draining.uploads import Upload
from observations.models import Gateway, GatewayProvider, Prompt

REMEMBERED: Final = 20
# One upload that waited in a queue looks like a slow clock; several in a row do not.
_SURE: Final = 3
_TEXT: Final = 240
# While nothing else changes, what was heard is noted once in so many.
_SECONDS: Final = 5
_MINUTE: Final = timedelta(minutes=1)
_SAVED: Final = (*("recent_offsets", "clock_offset", "last_heard_at", "beat_at", "down_at"),)


def heard(uploads: Sequence[Upload], *, at: datetime) -> None:
    """Remember (sent - received) of each upload; the largest is the clock's error, because a slow
    line only ever makes it smaller. A gateway that another worker writes just now is left to it.
    """
    by_gateway: dict[int, list[Upload]] = defaultdict(list)
    for upload in uploads:
        by_gateway[upload.gateway_id].append(upload)
    rows = Gateway.objects.select_for_update(no_key=True, skip_locked=True, of=("self",))
    for gateway in rows.filter(pk__in=sorted(by_gateway)).order_by("pk"):
        _remember(gateway, by_gateway[gateway.pk])
        wrong = _wrong(gateway, by_gateway[gateway.pk])
        if wrong:
            _ask(gateway, wrong, at)


def _remember(gateway: Gateway, uploads: Sequence[Upload]) -> None:
    known = _known(gateway)
    in_order = sorted(uploads, key=lambda upload: upload.received_at)
    for upload in in_order:
        told = clocks.error(upload.sent_at, upload.received_at)
        if told is not None:
            gateway.recent_offsets = clocks.follow(gateway.recent_offsets, told)[-REMEMBERED:]
    gateway.clock_offset = max(gateway.recent_offsets, default=0.0)
    newest = in_order[-1].received_at
    gateway.last_heard_at = max(gateway.last_heard_at or newest, newest)
    beats = [upload.received_at for upload in in_order if not upload.readings]
    gateway.beat_at = max(filter(None, [gateway.beat_at, *beats]), default=None)
    _put_off(gateway)
    if _known(gateway) != known:
        gateway.save(update_fields=_SAVED)


def _known(gateway: Gateway) -> tuple[object, ...]:
    """What is worth a new version of the row. Every upload's key check reads this row, and an old
    snapshot keeps all its versions: some an hour may be read past, one a batch may not."""
    heard = (gateway.last_heard_at, gateway.beat_at, gateway.down_at)
    seconds = (at and int(at.timestamp() // _SECONDS) for at in heard)
    return (gateway.clock_offset, len(gateway.recent_offsets), *seconds)


def _put_off(gateway: Gateway) -> None:
    """The deadline by which it must be heard again; it moves by whole minutes, because each move
    of an indexed column costs."""
    assert gateway.last_heard_at is not None
    beats = gateway.beat_at is not None
    due = silence.down_at(gateway.last_heard_at, quiet_minutes=gateway.quiet_minutes, beats=beats)
    known = gateway.down_at
    if due is None or known is None or due - known >= _MINUTE:
        gateway.down_at = due


def _wrong(gateway: Gateway, uploads: Sequence[Upload]) -> str:
    """In words, when somebody should look at the clock."""
    if any(clocks.is_absurd(upload.sent_at, upload.received_at) for upload in uploads):
        return "is wrong by days"
    wrong = timedelta(seconds=abs(gateway.clock_offset))
    if wrong <= limits.AHEAD:
        return ""
    if gateway.clock_offset > 0:
        return f"is {london.duration(wrong)} ahead"
    sure = len(gateway.recent_offsets) >= _SURE
    return f"is {london.duration(wrong)} behind" if sure else ""


def _ask(gateway: Gateway, wrong: str, at: datetime) -> None:
    """One open prompt a gateway, on the first ward of those that it serves."""
    served = GatewayProvider.objects.on(day_of(at)).filter(gateway=gateway)
    wards = Ward.objects.filter(lead_provider__in=served.values("provider")).order_by("pk")
    ward = wards.first()
    if ward is None:
        return
    text = f"The clock of {gateway.name} {wrong}. Have its supplier set it."
    prompt = Prompt(
        kind=Prompt.Kind.CLOCK, ward=ward, gateway=gateway, text=text[:_TEXT], raised_at=at
    )
    Prompt.objects.bulk_create([prompt], ignore_conflicts=True)
