"""Where a person's work stands: the entries of the top bar, and the desk that `/` leads to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from django.urls import NoReverseMatch, reverse

from accounts.policies import ADMINISTRATORS, AUDITORS, AnyUser, Reach, has_role, reach
from accounts.roles import (
    CARING,
    EXPORTING,
    FIGURES,
    RECORD_KEEPERS,
    SEEING_RETURNS,
    TREATING,
    Role,
)


class NavEntry(NamedTuple):
    label: str
    url: str
    current: bool = False


@dataclass(frozen=True, slots=True)
class Desk:
    """A page by the name of its address: of one ward, of one ICB, or of neither.

    Names, not imports: the pages belong to apps above this one.
    """

    label: str
    sentence: str
    roles: frozenset[Role]
    of_ward: str = ""
    of_icb: str = ""
    anywhere: str = ""
    # Whose day begins here.
    begins_for: frozenset[Role] = frozenset()

    def address(self, user: AnyUser, *, ward: str = "") -> str | None:
        """None where the user has no such work, or no app answers at that name.

        `ward` is the one that was looked at last, for whoever works in several.
        """
        place = reach(user, self.roles)
        if place.empty:
            return None
        return (
            _address(self.of_icb, _only(place.icbs))
            or _address(self.of_ward, _only_ward(place) or ward)
            or (_address(self.anywhere) if self.anywhere else None)
        )


def _only_ward(place: Reach) -> str:
    """The single ward in reach; a whole organisation has several, so one must be chosen."""
    return "" if place.england or place.providers or place.icbs else _only(place.wards)


def _only(codes: frozenset[str]) -> str:
    return next(iter(codes)) if len(codes) == 1 else ""


# Each page asks for the same ten.
@lru_cache(maxsize=4096)
def _address(name: str, *code: str) -> str | None:
    if not name or "" in code:
        return None
    try:
        return reverse(name, args=code)
    except NoReverseMatch:
        return None


_MANAGERS = frozenset({Role.ICB_MANAGER})
_LEADS = frozenset({Role.WARD_LEAD})
_REFERRERS = frozenset({Role.REFERRER})

DESKS = (
    Desk(
        "Board",
        "Who needs you now, what is due, and the rest.",
        CARING,
        of_ward="rounds:ward-board",
        anywhere="rounds:ward-list",
        begins_for=CARING,
    ),
    Desk(
        "Beds",
        "Free, taken, leaving today, closed and why.",
        CARING,
        "patients:bed-list",
        anywhere="patients:bed-wards",
    ),
    Desk(
        "Referrals",
        "Who was sent to you, and what became of whom you sent.",
        CARING | _REFERRERS,
        anywhere="patients:referral-list",
        begins_for=_REFERRERS,
    ),
    Desk("Visits", "Who goes where today, and what for.", CARING, "rounds:ward-visits"),
    Desk("Alerts", "Every alert and who owns it.", CARING, "observations:alert-list"),
    Desk("Kit", "Which device is with whom.", TREATING, "observations:device-list"),
    Desk(
        "Capacity",
        "Beds, patients and occupancy against what is planned.",
        FIGURES,
        of_ward="capacity:ward-detail",
        of_icb="capacity:icb-detail",
        anywhere="capacity:england-detail",
        begins_for=_MANAGERS,
    ),
    Desk("England", "All 42 boards side by side.", _MANAGERS, anywhere="capacity:england-detail"),
    Desk(
        "Pathways",
        "What your ward offers, and by which rules it watches.",
        _LEADS,
        "rounds:pathway-list",
    ),
    Desk(
        "Returns",
        "What is due to NHS England: prepared, signed, and corrected since.",
        SEEING_RETURNS,
        anywhere="capacity:return-list",
        begins_for=EXPORTING,
    ),
    Desk(
        "Data set",
        "The minimum data set, a line for each stay, day by day.",
        EXPORTING,
        anywhere="patients:dataset-list",
    ),
    Desk(
        "Records",
        "Whose record is confused, and what waits for a second person.",
        RECORD_KEEPERS,
        anywhere="patients:record-list",
    ),
    Desk(
        "People",
        "Who works here, and in which role.",
        ADMINISTRATORS,
        anywhere="accounts:people-list",
        begins_for=ADMINISTRATORS,
    ),
    Desk(
        "Gateways",
        "Who uploads readings, and with which keys.",
        ADMINISTRATORS,
        anywhere="observations:gateway-list",
    ),
    Desk(
        "Audit",
        "Who looked at and changed what.",
        AUDITORS,
        anywhere="accounts:audit-list",
        begins_for=AUDITORS,
    ),
)


def entries(user: AnyUser, *, path: str = "", ward: str = "") -> list[NavEntry]:
    """For the top bar: only what this person works with, and only where somebody answers."""
    mine = _mine(user, DESKS, ward)
    return [NavEntry(desk.label, url, path.startswith(url)) for desk, url in mine]


def home_desks(user: AnyUser) -> list[tuple[Desk, str]]:
    """Where this person's day begins; several when they hold several kinds of role."""
    return list(_mine(user, (desk for desk in DESKS if has_role(user, desk.begins_for))))


def _mine(user: AnyUser, desks: Iterable[Desk], ward: str = "") -> Iterator[tuple[Desk, str]]:
    seen: set[str] = set()
    for desk in desks:
        url = desk.address(user, ward=ward)
        if url and url not in seen:
            seen.add(url)
            yield desk, url


def find_address(user: AnyUser) -> str:
    """Where a patient is looked for by name or NHS number; empty for whoever may see none."""
    return (has_role(user, CARING) and _address("patients:patient-list")) or ""
