"""Signing off and reopening, the same for each thing that is sent. Who may, the caller checks."""

from __future__ import annotations

import datetime as dt
from typing import TypeVar

from accounts import audit
from accounts.models import User
from capacity.models.signing import SignedOff
from capacity.refusals import ReturnRefused

Copy = TypeVar("Copy", bound=SignedOff)


def sign(draft: Copy, *, seen: dt.datetime, by: User, at: dt.datetime) -> Copy:
    """`seen` is when the draft that the person looked at was prepared: no other one is signed."""
    if not draft.is_draft:
        raise ReturnRefused("This is signed already.")
    if draft.prepared_at != seen:
        raise ReturnRefused("It was prepared again since you looked. Look at it, and then sign.")
    draft.signed_at, draft.signed_by = at, by
    draft.save(update_fields=["signed_at", "signed_by"])
    audit.record(by=by, verb="return-signed", subject=draft, detail=told(draft), at=at)
    return draft


def reopen(signed: Copy, *, reason: str, by: User, at: dt.datetime) -> Copy:
    """The signed copy stays as it is; that it no longer stands, who says so and why, is noted."""
    if not signed.is_in_force:
        raise ReturnRefused("Only what is signed, and not reopened since, can be reopened.")
    if not reason.strip():
        raise ReturnRefused("Say why it is reopened.")
    signed.reopened_at, signed.reopened_by, signed.reopened_reason = at, by, reason.strip()
    signed.save(update_fields=["reopened_at", "reopened_by", "reopened_reason"])
    detail = {**told(signed), "reason": signed.reopened_reason}
    audit.record(by=by, verb="return-reopened", subject=signed, detail=detail, at=at)
    return signed


def told(copy: SignedOff) -> dict[str, object]:
    """What the audit says of a copy, whatever it is a copy of."""
    return {"what": str(copy), "version": copy.version}
