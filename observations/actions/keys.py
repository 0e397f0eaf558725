"""A gateway's keys: issued and shown once, replaced with a time in which both hold, revoked."""

from __future__ import annotations

import datetime as dt
import secrets
from hashlib import sha256
from typing import Final

from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.models import User
from observations.actions.refusals import ActionRefusedError
from observations.models import DeviceKey, Gateway
from observations.policies import check_can_manage_keys

BOTH_HOLD_FOR: Final = dt.timedelta(days=7)


def digest_of(key: str) -> bytes:
    """What is kept of a key. The secret has 256 bits, so one plain hash is enough, and fast."""
    return sha256(key.encode()).digest()


class KeyRefusedError(ActionRefusedError):
    """What cannot be done to this key now."""


@transaction.atomic
def issue_key(
    *,
    gateway: Gateway,
    by: User | None,
    expires_at: dt.datetime | None = None,
    at: dt.datetime | None = None,
) -> str:
    """The key itself, `vw_<prefix>_<secret>`, which nobody can read again afterwards."""
    check_can_manage_keys(by, gateway)
    moment = at or timezone.now()
    prefix, secret = secrets.token_hex(4), secrets.token_urlsafe(32)
    key = f"vw_{prefix}_{secret}"
    row = DeviceKey.objects.create(
        gateway=gateway,
        prefix=prefix,
        digest=digest_of(key),
        issued_at=moment,
        issued_by=by,
        expires_at=expires_at,
    )
    audit.record(by=by, verb="key-issued", subject=row, detail={"prefix": prefix}, at=moment)
    return key


@transaction.atomic
def rotate_key(
    *,
    key: DeviceKey,
    by: User | None,
    both_hold_for: dt.timedelta = BOTH_HOLD_FOR,
    at: dt.datetime | None = None,
) -> str:
    """A new key; the old one goes on for a while, so that the gateway can change over. Raises
    KeyRefusedError for one that holds no more or has been replaced already."""
    moment = at or timezone.now()
    old = DeviceKey.objects.select_for_update().get(pk=key.pk)
    _check_can_be_replaced(old, moment)
    fresh = issue_key(gateway=key.gateway, by=by, expires_at=old.expires_at, at=moment)
    ends = moment + both_hold_for
    old.expires_at = min(old.expires_at or ends, ends)
    old.replaced_at = moment
    old.save(update_fields=["expires_at", "replaced_at"])
    audit.record(by=by, verb="key-rotated", subject=old, detail={"prefix": old.prefix}, at=moment)
    return fresh


def _check_can_be_replaced(key: DeviceKey, at: dt.datetime) -> None:
    """The second of two hands on the button gets no second key, and none that ends with the old."""
    if key.replaced_at is not None:
        raise KeyRefusedError("This key has been replaced already: its successor is listed here.")
    if key.revoked_at is not None or (key.expires_at is not None and key.expires_at <= at):
        raise KeyRefusedError("This key is no longer valid. Issue another one instead.")


@transaction.atomic
def revoke_key(*, key: DeviceKey, by: User | None, at: dt.datetime | None = None) -> DeviceKey:
    """From the next upload on, nothing is accepted with it."""
    check_can_manage_keys(by, key.gateway)
    if key.revoked_at is None:
        key.revoked_at = at or timezone.now()
        key.save(update_fields=["revoked_at"])
        audit.record(
            by=by,
            verb="key-revoked",
            subject=key,
            detail={"prefix": key.prefix},
            at=key.revoked_at,
        )
    return key
