"""Where a person's work stands: the entries of the top bar, and the desk that `/` leads to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from django.urls import NoReverseMatch, reverse

from accounts.policies import ADMINISTRATORS, AUDITORS, AnyUser, Reach, has_role, reach
from accounts.roles import CARING, FIGURES, TREATING, Role


class NavEntry(NamedTuple):
    label: str
    url: str
    current: bool = False


@dataclass(frozen=True, slots=True)
class Desk:
    """A page by the name of its address; `of_one` takes the code when there is just one place.

    Names, not imports: the pages belong to apps above this one.
    """

    label: str
    sentence: str
    roles: frozenset[Role]
    any_place: str
    of_one: str = ""
    kind: str = ""
    begins_for: frozenset[Role] = frozenset()

    def address(self, user: AnyUser) -> str | None:
        """None where the user has no such work, or no app answers at that name."""
        place = reach(user, self.roles)
        if place.empty:
            return None
        return _address(self.of_one, _only_code(place, self.kind)) or _address(self.any_place)


def _only_code(place: Reach, kind: str) -> str:
    """The single ward or ICB in reach; several, or a whole organisation, need a choice first."""
    codes = {"ward": place.wards, "icb": place.icbs}.get(kind, frozenset())
    wide = place.england or (kind == "ward" and (place.providers or place.icbs))
    return next(iter(codes)) if len(codes) == 1 and not wide else ""


def _address(name: str, code: str | None = None) -> str | None:
    if not name or code == "":
        return None
    try:
        return reverse(name, args=[code] if code else [])
    except NoReverseMatch:
        return None


_MANAGERS = frozenset({Role.ICB_MANAGER})
_REFERRALS = CARING | {Role.REFERRER}

DESKS = (
    Desk(
        "Board",
        "Who needs you now, what is due, and the rest.",
        CARING,
        "rounds:ward-list",
        of_one="rounds:ward-board",
        kind="ward",
        begins_for=CARING,
    ),
    Desk(
        "Beds",
        "Free, taken, leaving today, closed and why.",
        CARING,
        "patients:bed-list",
        of_one="patients:ward-beds",
        kind="ward",
    ),
    Desk(
        "Referrals",
        "Who was sent to you, and what became of whom you sent.",
        _REFERRALS,
        "patients:referral-list",
        begins_for=frozenset({Role.REFERRER}),
    ),
    Desk("Alerts", "Every alert and who owns it.", CARING, "observations:alert-list"),
    Desk("Kit", "Which device is with whom.", TREATING, "observations:device-list"),
    Desk(
        "Capacity",
        "Beds, patients and occupancy against what is planned.",
        FIGURES,
        "capacity:icb-list",
        of_one="capacity:icb-dashboard",
        kind="icb",
        begins_for=_MANAGERS,
    ),
    Desk("England", "All 42 boards side by side.", _MANAGERS, "capacity:england"),
    Desk(
        "People",
        "Who works here, and in which role.",
        ADMINISTRATORS,
        "accounts:people-list",
        begins_for=ADMINISTRATORS,
    ),
    Desk(
        "Audit",
        "Who looked at and changed what.",
        AUDITORS,
        "accounts:audit-list",
        begins_for=AUDITORS,
    ),
)


def entries(user: AnyUser, *, path: str = "") -> list[NavEntry]:
    """For the top bar: only what this person works with, and only where somebody answers."""
    return [NavEntry(desk.label, url, path.startswith(url)) for desk, url in _mine(user, DESKS)]


def home_desks(user: AnyUser) -> list[tuple[Desk, str]]:
    """Where this person's day begins; several when they hold several kinds of role."""
    return list(_mine(user, (desk for desk in DESKS if has_role(user, desk.begins_for))))


def _mine(user: AnyUser, desks: Iterable[Desk]) -> Iterator[tuple[Desk, str]]:
    for desk in desks:
        url = desk.address(user)
        if url:
            yield desk, url


def find_address(user: AnyUser) -> str:
    """Where a patient is looked for by name or NHS number; empty for whoever may see none."""
    return (has_role(user, CARING) and _address("patients:patient-find")) or ""
