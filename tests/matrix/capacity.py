"""Who may open the pages and answers of capacity: figures, never a patient."""

import datetime as dt

import pytest
from django.utils import timezone

from accounts.models import User
from capacity.actions.reference import load_reference_data
from capacity.actions.sitreps import prepare_sitrep
from capacity.actions.stated_changes import state_change
from capacity.actions.thursdays import freeze
from capacity.models import Bed, PlannedBeds, Ward
from lib import london
from tests.capacity.factories import make_beds, make_ward
from tests.cast import EVERYBODY, WARD
from tests.matrix.rows import SENT, UNAUTHORISED, Row

FAR = dt.date(2100, 1, 1)
SEE_FIGURES = EVERYBODY - {"referrer"}
# A nurse of another ward of the same ICB sees the ICB's figures, and no ward's but their own.
OF_THE_WARD = SEE_FIGURES - {"other_nurse"}


def of_places(name: str) -> list[Row]:
    """The same page of an ICB, a provider and a ward."""
    return [
        Row(f"capacity:{name}", allowed=SEE_FIGURES, kwargs="flows_of_the_icb"),
        Row(f"capacity:{name}", allowed=SEE_FIGURES, kwargs="flows_of_the_provider"),
        Row(
            f"capacity:{name}",
            allowed=OF_THE_WARD,
            kwargs="flows_of_the_ward",
            refusals={"other_nurse": 404},
        ),
    ]


def changed_at_places(name: str, method: str) -> list[Row]:
    """Stated by who answers for the place."""
    return [
        Row(
            f"capacity:{name}",
            allowed={"ward_lead", "org_admin", "icb_manager"},
            refusals={"other_nurse": 404},
            kwargs="flows_of_the_ward",
            method=method,
            through=(200, 302, 422),
        ),
        Row(
            f"capacity:{name}",
            allowed={"icb_manager"},
            kwargs="flows_of_the_icb",
            method=method,
            through=(200, 302, 422),
        ),
    ]


COUNTED = dt.date(2023, 12, 21)
NINE = london.count_instant(COUNTED) + dt.timedelta(hours=1)
# Who prepares and signs what the provider returns, and who else sees it.
ANSWER = {"returns_officer", "org_admin"}
SEE_RETURNS = ANSWER | {"icb_manager", "auditor"}

ROWS = [
    Row("capacity:icb-list", allowed=SEE_FIGURES),
    Row("capacity:icb-detail", allowed=SEE_FIGURES, kwargs="icb_of_the_cast"),
    Row("capacity:icb-table", allowed=SEE_FIGURES, kwargs="icb_of_the_cast"),
    Row("capacity:icb-page", allowed=SEE_FIGURES, kwargs="icb_of_the_cast"),
    Row("capacity:icb-paper", allowed=SEE_FIGURES, kwargs="icb_of_the_cast"),
    Row("capacity:icb-days", allowed=SEE_FIGURES, kwargs="icb_of_the_cast"),
    Row(
        "capacity:ward-detail",
        allowed=OF_THE_WARD,
        kwargs="ward_of_the_cast",
        refusals={"other_nurse": 404},
    ),
    Row(
        "capacity:ward-days",
        allowed=OF_THE_WARD,
        kwargs="ward_of_the_cast",
        refusals={"other_nurse": 404},
    ),
    Row(
        "capacity:ward-page",
        allowed=OF_THE_WARD,
        kwargs="ward_of_the_cast",
        refusals={"other_nurse": 404},
    ),
    Row(
        "capacity:ward-hours",
        allowed=OF_THE_WARD,
        kwargs="ward_of_the_cast",
        refusals={"other_nurse": 404},
    ),
    Row(
        "capacity:ward-hours",
        allowed={"ward_lead"},
        kwargs="ward_of_the_cast",
        refusals={"other_nurse": 404},
        method="post",
        through=(200, 302, 422),
    ),
    Row(
        "capacity:ward-staffed",
        allowed=OF_THE_WARD,
        kwargs="ward_of_the_cast",
        refusals={"other_nurse": 404},
    ),
    Row(
        "capacity:ward-staffed",
        allowed={"ward_lead"},
        kwargs="ward_of_the_cast",
        refusals={"other_nurse": 404},
        method="post",
        through=(200, 302, 422),
    ),
    *of_places("hindrance-list"),
    *of_places("hindrance-table"),
    *of_places("flow-list"),
    *of_places("flow-table"),
    *of_places("length-list"),
    *of_places("length-table"),
    *of_places("control-detail"),
    *of_places("control-table"),
    *of_places("change-detail"),
    *of_places("change-table"),
    *changed_at_places("stated-change-create", "get"),
    *changed_at_places("stated-change-create", "post"),
    Row(
        "capacity:stated-change-withdraw",
        allowed={"ward_lead", "org_admin", "icb_manager"},
        refusals={"other_nurse": 404},
        kwargs="stated_change_of_the_cast",
        method="post",
    ),
    Row("capacity:england-detail", allowed=SEE_FIGURES),
    Row("capacity:england-table", allowed=SEE_FIGURES, kwargs="published_months"),
    Row("capacity:icb-border", allowed=SEE_FIGURES, kwargs="icb_of_the_cast"),
    Row("capacity:icb-border-table", allowed=SEE_FIGURES, kwargs="icb_of_the_cast"),
    Row("capacity:icb-plan", allowed=SEE_FIGURES, kwargs="icb_of_the_cast"),
    Row("capacity:icb-plan-table", allowed=SEE_FIGURES, kwargs="icb_of_the_cast"),
    Row(
        "capacity:plan-create",
        method="post",
        allowed=frozenset({"icb_manager"}),
        kwargs="icb_of_the_cast",
        through=SENT,
    ),
    Row(
        "capacity:target-create",
        method="post",
        allowed=frozenset({"icb_manager"}),
        kwargs="icb_of_the_cast",
        through=SENT,
    ),
    Row(
        "capacity:plan-withdraw",
        method="post",
        allowed=frozenset({"icb_manager"}),
        kwargs="planned_beds",
    ),
    Row("capacity:provider-detail", allowed=SEE_FIGURES, kwargs="provider_of_the_cast"),
    Row("capacity:provider-table", allowed=SEE_FIGURES, kwargs="provider_of_the_cast"),
    Row("capacity:together-detail", allowed=SEE_FIGURES, kwargs="nothing_but_beds"),
    Row("capacity:together-paper", allowed=SEE_FIGURES, kwargs="nothing_but_beds"),
    Row("capacity:together-table", allowed=SEE_FIGURES, kwargs="nothing_but_beds"),
    Row("capacity:published-icb", allowed=SEE_FIGURES, kwargs="published_icb"),
    Row("capacity:published-icb-table", allowed=SEE_FIGURES, kwargs="published_icb"),
    # Of all of England, which nobody of the cast plans for.
    Row("capacity:published-upload", allowed=frozenset()),
    *(
        Row(f"capacity:{name}", allowed=SEE_FIGURES, kwargs=of)
        for name, of in (
            ("thursday-list", "icb_of_the_cast"),
            ("thursday-detail", "thursday_of_the_cast"),
            ("publication-csv", "thursday_of_the_cast"),
            ("publication-xlsx", "thursday_of_the_cast"),
        )
    ),
    Row("capacity:return-list", allowed=SEE_RETURNS),
    *(
        Row(f"capacity:return-{name}", allowed=SEE_RETURNS, kwargs="return_of_the_cast")
        for name in ("detail", "csv", "xlsx")
    ),
    *(
        Row(
            f"capacity:return-{name}",
            allowed=ANSWER,
            kwargs=of,
            method="post",
            through=SENT,
            wrong_verb="get",
        )
        for name, of in (
            ("prepare", "due_of_the_cast"),
            ("sign", "return_of_the_cast"),
            ("reopen", "return_of_the_cast"),
        )
    ),
    Row("capacity:definition-list", allowed=SEE_FIGURES),
    Row("capacity:leave-setting", allowed=SEE_FIGURES),
    # Of all of England, which nobody of the cast plans for.
    Row("capacity:leave-setting", allowed=frozenset(), method="post"),
    Row("api:capacity_api:published-list", allowed=SEE_FIGURES, stranger=UNAUTHORISED),
    Row(
        "api:capacity_api:icb-occupancy",
        allowed=SEE_FIGURES,
        kwargs="icb_of_the_cast",
        stranger=UNAUTHORISED,
    ),
]


@pytest.fixture
def beds_of_the_cast(db: None) -> list[Bed]:
    make_beds(make_ward("RT5-elsewhere", name="Elsewhere"), 1)
    return make_beds(make_ward(WARD), 2)


@pytest.fixture
def icb_of_the_cast(beds_of_the_cast: list[Bed]) -> dict[str, str]:
    return {"code": Ward.objects.get(code=WARD).icb.code}


@pytest.fixture
def nothing_but_beds(beds_of_the_cast: list[Bed]) -> dict[str, str]:
    return {}


@pytest.fixture
def provider_of_the_cast(beds_of_the_cast: list[Bed]) -> dict[str, str]:
    return {"code": "RT5"}


@pytest.fixture
def ward_of_the_cast(beds_of_the_cast: list[Bed]) -> dict[str, str]:
    return {"code": WARD}


@pytest.fixture
def flows_of_the_icb(beds_of_the_cast: list[Bed]) -> dict[str, str]:
    return {"kind": "icbs", "code": Ward.objects.get(code=WARD).icb.code}


@pytest.fixture
def flows_of_the_provider(beds_of_the_cast: list[Bed]) -> dict[str, str]:
    return {"kind": "providers", "code": Ward.objects.get(code=WARD).lead_provider.code}


@pytest.fixture
def flows_of_the_ward(beds_of_the_cast: list[Bed]) -> dict[str, str]:
    return {"kind": "wards", "code": WARD}


@pytest.fixture
def stated_change_of_the_cast(flows_of_the_ward: dict[str, str]) -> dict[str, object]:
    change = state_change(
        place_kind="ward",
        place_code=WARD,
        measure="nights",
        on=dt.date(2026, 3, 2),
        reason="a pharmacist joined",
        by=None,
    )
    return flows_of_the_ward | {"pk": change.pk}


@pytest.fixture
def published_months(db: None) -> dict[str, str]:
    load_reference_data()
    return {}


@pytest.fixture
def published_icb(published_months: dict[str, str]) -> dict[str, str]:
    return {"code": "QK1"}


@pytest.fixture
def planned_beds(beds_of_the_cast: list[Bed]) -> dict[str, int]:
    ward = Ward.objects.get(code=WARD)
    planned = PlannedBeds.objects.create(
        icb=ward.icb, where="somewhere", on=FAR, beds=5, planned_at=timezone.now()
    )
    return {"pk": planned.pk}


@pytest.fixture
def thursday_of_the_cast(icb_of_the_cast: dict[str, str]) -> dict[str, object]:
    freeze(at=NINE)
    return {**icb_of_the_cast, "day": COUNTED}


@pytest.fixture
def due_of_the_cast(beds_of_the_cast: list[Bed]) -> dict[str, object]:
    return {"code": "RT5", "day": COUNTED}


@pytest.fixture
def return_of_the_cast(beds_of_the_cast: list[Bed], returns_officer: User) -> dict[str, int]:
    provider = Ward.objects.get(code=WARD).lead_provider
    sitrep = prepare_sitrep(provider=provider, counted_on=COUNTED, by=returns_officer, at=NINE)
    return {"pk": sitrep.pk}
