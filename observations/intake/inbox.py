"""The way in: an upload is understood, and is one row, committed before it is answered."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import NamedTuple
from uuid import UUID

from django.utils import timezone

from lib.ids import uuid7_at
from observations import limits
from observations.actions.keys import digest_of
from observations.intake import keeping, payload, pressure
from observations.intake.keeping import Upload


class RefusedError(Exception):
    """Nothing was kept; `status` and the message go to the sender."""

    def __init__(self, status: int, message: str, *, retry_after: int | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.retry_after = retry_after


class Accepted(NamedTuple):
    receipt: UUID
    received: int
    gateway_id: int


def accept(*, key: str, body: bytes, at: dt.datetime | None = None) -> Accepted:
    """Keep an upload, and neither count it nor wake a worker. Raises RefusedError; a key that does
    not hold comes before anything else."""
    moment = at or timezone.now()
    try:
        upload = understood(key, body, at=moment)
    except RefusedError:
        check_key(key, at=moment)
        raise
    (gateway_id,) = keeping.keep([upload])
    if gateway_id is None:
        raise no_such_key()
    return Accepted(upload.receipt, upload.readings, gateway_id)


def understood(key: str, body: bytes, *, at: dt.datetime | None = None) -> Upload:
    """What a body says as a whole; raises RefusedError, before the key is known to hold."""
    moment = at or timezone.now()
    if len(body) > limits.MAX_BODY:
        raise RefusedError(413, "The body is larger than 1 MiB.")
    try:
        told = payload.decode(body)
    except payload.MalformedError as error:
        raise RefusedError(400, str(error)) from None
    if len(told.readings) > limits.MAX_READINGS:
        raise RefusedError(413, "There are more than 1,000 readings; send them in parts.")
    newest = payload.newest_at(told.readings, otherwise=moment)
    receipt, count = uuid7_at(moment), len(told.readings)
    return Upload(receipt, digest_of(key), moment, told.sent_at, newest, count, body)


def take(uploads: Sequence[Upload]) -> list[RefusedError | None]:
    """Keep what may be kept, in one commit, and wake a worker: for each, None or why not."""
    full = pressure.is_full()
    told: list[RefusedError | None] = [_too_much(upload, full=full) for upload in uploads]
    wanted = [number for number, refused in enumerate(told) if refused is None]
    if wanted:
        gateways = keeping.keep([uploads[number] for number in wanted])
        for number, gateway_id in zip(wanted, gateways, strict=True):
            told[number] = None if gateway_id else no_such_key()
        _count((uploads[n], found) for n, found in zip(wanted, gateways, strict=True) if found)
    return _keys_first(uploads, told) if len(wanted) < len(uploads) else told


def check_key(key: str, *, at: dt.datetime | None = None) -> int:
    """The id of the key's gateway; raises RefusedError when the key does not hold."""
    digest = digest_of(key)
    gateway_id = keeping.holding([digest], at or timezone.now()).get(digest)
    if gateway_id is None:
        raise no_such_key()
    return gateway_id


def no_such_key() -> RefusedError:
    return RefusedError(401, "The key is missing, unknown, expired or revoked.")


def _too_much(upload: Upload, *, full: bool) -> RefusedError | None:
    if full:
        return RefusedError(503, "Too much is waiting to be stored.", retry_after=30)
    if pressure.sends_too_much(upload.digest):
        return RefusedError(429, "Too many readings in this minute.", retry_after=60)
    return None


def _keys_first(
    uploads: Sequence[Upload], told: Sequence[RefusedError | None]
) -> list[RefusedError | None]:
    """Nobody without a key learns how full the house is."""
    hold = keeping.holding({upload.digest for upload in uploads}, uploads[-1].received_at)
    return [
        no_such_key() if refused and upload.digest not in hold else refused
        for upload, refused in zip(uploads, told, strict=True)
    ]


def _count(kept: Iterable[tuple[Upload, int]]) -> None:
    pressure.kept((upload.digest, gateway_id, upload.readings) for upload, gateway_id in kept)
