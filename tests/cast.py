"""The fixed cast of every test: who they are, and where they may do what.

Two wards of one provider, RT5, in one ICB, QK1. Roles hold since 2020, so that tests may set
the clock back. Nobody has a password: `signed_in(user)` gives a browser that is signed in.
"""

import datetime as dt
from collections.abc import Callable

import pytest
from django.test import Client

from accounts.actions import grant_membership
from accounts.models import User

ICB = "QK1"
PROVIDER = "RT5"
WARD = "RT5-soar-valley"
OTHER_WARD = "RT5-elsewhere"
SINCE = dt.date(2020, 1, 1)

EVERYBODY = frozenset(
    {
        "ward_nurse",
        "ward_lead",
        "ward_doctor",
        "other_nurse",
        "out_of_hours",
        "read_only",
        "referrer",
        "icb_manager",
        "org_admin",
        "auditor",
        "returns_officer",
    }
)


def person(username: str, profession: str, *, given: str = "", family: str = "") -> User:
    """A user who may do nothing yet."""
    return User.objects.create(
        username=username,
        email=f"{username}@example.nhs.uk",
        first_name=given,
        last_name=family,
        profession=profession,
        password="!",
    )


def with_role(user: User, role: str, scope: str, code: str, *, senior: bool = False) -> User:
    grant_membership(
        user=user,
        role=role,
        scope=scope,
        code=code,
        senior_decision_maker=senior,
        starts=SINCE,
        by=None,
    )
    return user


@pytest.fixture
def ward_nurse(db: None) -> User:
    """May treat on the ward, and only there."""
    user = person("nurse", "nurse in charge", given="Adaeze", family="Okafor")
    return with_role(user, "ward_clinician", "ward", WARD)


@pytest.fixture
def ward_lead(db: None) -> User:
    user = person("lead", "ward lead", given="Jo", family="Marsh")
    return with_role(user, "ward_lead", "ward", WARD)


@pytest.fixture
def ward_doctor(db: None) -> User:
    """A senior decision-maker of the ward."""
    user = person("doctor", "consultant", given="Priya", family="Nair")
    return with_role(user, "ward_clinician", "ward", WARD, senior=True)


@pytest.fixture
def other_nurse(db: None) -> User:
    """Of another ward of the same provider: sees nothing of the first."""
    user = person("othernurse", "nurse", given="Sam", family="Hill")
    return with_role(user, "ward_clinician", "ward", OTHER_WARD)


@pytest.fixture
def out_of_hours(db: None) -> User:
    """Covers all wards of the provider at night."""
    user = person("nights", "night practitioner", given="Ewa", family="Nowak")
    return with_role(user, "out_of_hours_clinician", "provider", PROVIDER)


@pytest.fixture
def read_only(db: None) -> User:
    """Clinical staff of the ward who look but do not change."""
    user = person("student", "student nurse", given="Lee", family="Chan")
    return with_role(user, "read_only", "ward", WARD)


@pytest.fixture
def referrer(db: None) -> User:
    user = person("referrer", "acute medicine registrar", given="Tom", family="Reid")
    return with_role(user, "referrer", "provider", PROVIDER)


@pytest.fixture
def icb_manager(db: None) -> User:
    user = person("manager", "programme manager", given="Ruth", family="Bell")
    return with_role(user, "icb_manager", "icb", ICB)


@pytest.fixture
def org_admin(db: None) -> User:
    user = person("admin", "service administrator", given="Dev", family="Shah")
    return with_role(user, "organisation_administrator", "provider", PROVIDER)


@pytest.fixture
def auditor(db: None) -> User:
    user = person("auditor", "information governance lead", given="Mair", family="Rees")
    return with_role(user, "auditor", "provider", PROVIDER)


@pytest.fixture
def returns_officer(db: None) -> User:
    """Answers for what the provider sends: the SitRep and the minimum data set."""
    user = person("returns", "information analyst", given="Nia", family="Cole")
    return with_role(user, "returns_officer", "provider", PROVIDER)


@pytest.fixture
def stranger(db: None) -> User:
    """Has an account and no role."""
    return person("stranger", "", given="No", family="Body")


@pytest.fixture
def signed_in() -> Callable[[User], Client]:
    """`signed_in(ward_nurse).get("/")`: a browser of their own for each."""

    def browser(user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return browser
