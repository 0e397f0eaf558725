"""The demo's staff: who signs in, and who else does what the wards' history tells."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from random import Random
from typing import Final

from accounts.actions import create_user, grant_membership
from accounts.models import User
from rounds.demo.world import WardPlan, names

FIRST_WARD: Final = "RT5-soar-valley"
SECOND_WARD: Final = "RWE-heart-failure"


@dataclass(frozen=True, slots=True)
class Post:
    """A person and the one role they have. Those who sign in get a password."""

    username: str
    given: str
    family: str
    profession: str
    role: str
    scope: str
    code: str
    senior: bool = False
    signs_in: bool = False
    registration: str = ""


@dataclass(frozen=True, slots=True)
class Account:
    """A line of demo.json."""

    role: str
    username: str
    password: str


@dataclass(slots=True)
class Staff:
    """Users by their username, and the accounts that can be signed in to, in their order."""

    users: dict[str, User] = field(default_factory=dict)
    accounts: list[Account] = field(default_factory=list)

    def lead(self, ward: str) -> User:
        return self.users[f"lead.{ward.lower()}"]

    def nurses(self, ward: str) -> list[User]:
        return [self.users[f"{name}.{ward.lower()}"] for name in ("nurse1", "nurse2")]

    def referrer(self, icb: str) -> User:
        return self.users[f"referrer.{icb.lower()}"]


_SIGNING_IN: Final = (
    Post("okafor", "Adaeze", "Okafor", "nurse in charge", "ward_clinician", "ward", FIRST_WARD,
         registration="NMC 12A3456C"),
    Post("hill", "Sam", "Hill", "heart failure nurse", "ward_clinician", "ward", SECOND_WARD),
    Post("ilic", "Mirjana", "Ilić", "consultant", "ward_lead", "ward", FIRST_WARD, senior=True,
         registration="GMC 7000001"),
    Post("referrer.qk1", "Tom", "Reid", "acute medicine registrar", "referrer", "icb", "QK1"),
    Post("hale", "Ruth", "Hale", "virtual ward programme manager", "icb_manager", "icb", "QK1"),
    Post("lowe", "Peter", "Lowe", "transformation manager", "icb_manager", "icb", "QH8"),
    Post("shah", "Dev", "Shah", "service administrator", "organisation_administrator",
         "provider", "RT5"),
    Post("lindqvist", "Elin", "Lindqvist", "out-of-hours GP", "out_of_hours_clinician", "icb",
         "QK1", senior=True),
    Post("rees", "Mair", "Rees", "information governance lead", "auditor", "provider", "RT5"),
    Post("cole", "Nia", "Cole", "information analyst", "returns_officer", "provider", "RT5"),
    Post("adair", "Grace", "Adair", "national programme lead", "icb_manager", "england", ""),
    Post("chan", "Lee", "Chan", "student nurse", "read_only", "ward", FIRST_WARD),
)  # fmt: skip
_OTHERS: Final = (
    Post("rahman", "Shireen", "Rahman", "nurse", "ward_clinician", "ward", FIRST_WARD),
    Post("mensah", "Kofi", "Mensah", "heart failure nurse", "ward_clinician", "ward", FIRST_WARD),
    Post("farouk", "Nadia", "Farouk", "nurse", "ward_clinician", "ward", FIRST_WARD),
    Post("ode", "James", "Ode", "nurse", "ward_clinician", "ward", FIRST_WARD),
    Post("referrer.qh8", "Anna", "Doyle", "GP", "referrer", "icb", "QH8"),
    Post("referrer.qpm", "Hugh", "Barton", "emergency physician", "referrer", "icb", "QPM"),
)
_GIVEN: Final = ("Amina", "Claire", "Daniel", "Esther", "Farah", "Gareth", "Helen", "Imran",
                 "Joanna", "Kwame", "Lucy", "Martin", "Nisha", "Owen", "Priya", "Rachel", "Sean",
                 "Thandi", "Vikram", "Zoe")  # fmt: skip
_FAMILY: Final = ("Abbott", "Bhatt", "Carter", "Dube", "Edwards", "Fernandes", "Griffiths",
                  "Hollis", "Iqbal", "Jarvis", "Kelly", "Lam", "Mistry", "Nolan", "Oyelaran",
                  "Price", "Quinn", "Rawat", "Sutton", "Tanner")  # fmt: skip


def appoint(wards: Iterable[WardPlan], *, seed: int, since: dt.datetime) -> Staff:
    """Everybody's role began at `since`, so that the history may be theirs."""
    staff = Staff()
    for post in (*_SIGNING_IN, *_OTHERS):
        _add(staff, post, signs_in=post in _SIGNING_IN, since=since)
    for plan in wards:
        for post in _team(plan, Random(f"{seed}-{plan.code}")):  # noqa: S311 - a story, no secret
            _add(staff, post, signs_in=False, since=since)
    return staff


def _team(plan: WardPlan, chance: Random) -> Iterable[Post]:
    people = zip(chance.sample(_GIVEN, 3), chance.sample(_FAMILY, 3), strict=True)
    roles = (
        ("lead", "consultant practitioner", "ward_lead", True),
        ("nurse1", "nurse", "ward_clinician", False),
        ("nurse2", "nurse", "ward_clinician", False),
    )
    for (given, family), (name, profession, role, senior) in zip(people, roles, strict=True):
        username = f"{name}.{plan.code.lower()}"
        yield Post(username, given, family, profession, role, "ward", plan.code, senior=senior)


def _add(staff: Staff, post: Post, *, signs_in: bool, since: dt.datetime) -> None:
    password = _password() if signs_in else None
    user = create_user(
        username=post.username,
        email=f"{post.username}@demo.invalid",
        first_name=post.given,
        last_name=post.family,
        profession=post.profession,
        registration_number=post.registration,
        password=password,
        by=None,
        at=since,
    )
    grant_membership(
        user=user,
        role=post.role,
        scope=post.scope,
        code=post.code,
        senior_decision_maker=post.senior,
        starts=since.date(),
        by=None,
        at=since,
    )
    staff.users[post.username] = user
    if password is not None:
        staff.accounts.append(Account(post.role, post.username, password))


def _password() -> str:
    """Words a tired person types once: three of them and a number, anew for every database."""
    words = "-".join(secrets.choice(names()["words"]) for _ in range(3))
    return f"{words}-{secrets.randbelow(90) + 10}"
