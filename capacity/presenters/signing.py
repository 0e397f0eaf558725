"""How copies that are signed off are told: drafts, signed ones, and those reopened since."""

from __future__ import annotations

from dataclasses import dataclass

from accounts.models import User
from capacity.models.signing import SignedOff
from lib import london


def state_of(copy: SignedOff) -> str:
    if copy.signed_at is None:
        return f"draft, prepared {london.dated(copy.prepared_at)} by {name_of(copy.prepared_by)}"
    signed = f"signed {london.dated(copy.signed_at)} by {name_of(copy.signed_by)}"
    if copy.reopened_at is None:
        return signed
    return f"{signed}; reopened {london.dated(copy.reopened_at)} by {name_of(copy.reopened_by)}"


def name_of(user: User | None) -> str:
    return "" if user is None else user.get_full_name() or user.username


@dataclass(frozen=True, slots=True)
class VersionPresenter:
    """A version among the others of the same return, and where its own page is."""

    copy: SignedOff
    address: str

    @property
    def state(self) -> str:
        return state_of(self.copy)

    @property
    def title(self) -> str:
        return f"Version {self.copy.version}"
