"""The loaded demo, in its small size: what it holds, what it tells, and that a seed repeats it."""

import datetime as dt
import json
import time
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from accounts.models import User
from accounts.roles import Role
from capacity.models import Bed, DailyBeds, IntegratedCareBoard, ReferralFact, Spell, Ward
from capacity.presence import ward_counts
from capacity.reports.by_age import by_age
from observations.intake.inbox import check_key
from observations.models import Device, Gateway, Holding, Inbox, Reading, Score
from patients.boards import boards_of
from patients.models import Admission, Identifier, Patient, Referral
from rounds.board.now import board
from rounds.demo import cases, kit, world
from rounds.demo.players import read_plan
from rounds.presenters.visits import VisitsPresenter
from rounds.visits.day import day_of_tasks

NOW = dt.datetime(2026, 11, 20, 7, 45, tzinfo=dt.UTC)
SINCE = NOW - dt.timedelta(days=3)
SECONDS = 60
pytestmark = pytest.mark.django_db


def load(folder, *, seed: int = 1) -> tuple[dict[str, Any], str]:
    files = {"json": str(folder / "demo.json"), "plan": str(folder / "simulate.json")}
    call_command("load_demo", size="small", processes=1, seed=seed, now=NOW.isoformat(), **files)
    return json.loads((folder / "demo.json").read_text()), (folder / "simulate.json").read_text()


@pytest.fixture
def demonstration(settings):
    settings.ONLY_ON_THIS_MACHINE = True


@pytest.fixture
def loaded(demonstration, tmp_path):
    return load(tmp_path)


def readings() -> set[tuple[Any, ...]]:
    found = Reading.objects.filter(measured_at__gte=SINCE, measured_at__lte=NOW)
    return set(found.values_list("sender_id", "measured_at", "number", "received_at", "late"))


def people() -> set[tuple[Any, ...]]:
    return set(
        Patient.objects.values_list(
            "identifiers__value", "family_name", "given_name", "born", "admissions__admitted_at"
        )
    )


def spells() -> set[tuple[Any, ...]]:
    return set(Spell.objects.values_list("admitted_at", "discharged_at", "person_key", "sex"))


def test_it_is_refused_where_it_is_no_demonstration(tmp_path):
    with pytest.raises(CommandError, match="DEMO=1"):
        load(tmp_path)


def test_it_is_refused_where_there_are_wards(demonstration, ward, tmp_path):
    with pytest.raises(CommandError, match="empty"):
        load(tmp_path)


def test_a_time_that_is_none_is_refused(demonstration, tmp_path):
    with pytest.raises(CommandError, match="no time"):
        call_command("load_demo", now="noon", json=str(tmp_path / "x"), plan=str(tmp_path / "y"))


def test_it_holds_together(loaded):
    """One load, many questions: it takes seconds."""
    demo, plan = loaded
    _check_accounts(demo)
    _check_devices(demo)
    _check_plan(demo, plan)
    _check_stores()
    _check_board(demo)
    _check_visits(demo)
    _check_residents()


def _check_residents() -> None:
    """Each board's people by age and sex add up, are told as made up; a mistake was put right."""
    for icb in IntegratedCareBoard.objects.all():
        found = by_age(icb)
        assert found is not None
        assert found.whole == icb.populations.get(base="all").value
        assert "synthetic" in found.source
    first = Admission.objects.current().filter(ward__code="RT5-soar-valley").earliest("admitted_at")
    assert str(boards_of(first.patient).earlier[0].board) == "Northamptonshire"
    assert {*Spell.objects.values_list("ethnicity_group", flat=True)} >= {"", "White"}


def _check_visits(demo: dict[str, Any]) -> None:
    """Somebody's, nobody's and another's; and a couple at one address."""
    ward = Ward.objects.get(code=demo["devices"][0]["ward"])
    clinician = User.objects.get(username=demo["accounts"][0]["username"])
    day = day_of_tasks(ward, NOW.date(), user=clinician, at=NOW)
    shown = VisitsPresenter(day, user=clinician)
    stops = [stop for part in shown.parts for stop in part.stops]
    assert len(shown.parts) >= 2
    assert any(len(stop.patients) == 2 for stop in stops)
    assert day.video_url.startswith("https://")


def _check_accounts(demo: dict[str, Any]) -> None:
    assert set(demo) == {"base_url", "accounts", "gateway_key", "devices"}
    roles = {account["role"] for account in demo["accounts"]}
    assert roles == {role.value for role in Role}
    for account in demo["accounts"]:
        assert set(account) == {"role", "username", "password"}
        assert User.objects.get(username=account["username"]).check_password(account["password"])
    first, second = [a for a in demo["accounts"] if a["role"] == "ward_clinician"][:2]
    wards = [Ward.objects.caring(User.objects.get(username=a["username"])) for a in (first, second)]
    assert [ward.get().icb.code for ward in wards] == ["QK1", "QK1"]
    assert wards[0].get() != wards[1].get()
    manager = next(a for a in demo["accounts"] if a["role"] == "icb_manager")
    own = User.objects.get(username=manager["username"]).memberships.get()
    assert (own.scope, own.code) == ("icb", "QK1")


def _check_devices(demo: dict[str, Any]) -> None:
    seven = {"respiratory_rate", "spo2", "oxygen", "systolic", "pulse", "consciousness"}
    for row in demo["devices"]:
        assert set(row) == {"serial", "kinds", "nhs_number", "ward"}
    first = demo["devices"][0]
    assert seven | {"temperature"} <= set(first["kinds"])
    holding = Holding.objects.at(NOW).get(device__serial=first["serial"])
    assert holding.starts <= NOW - dt.timedelta(hours=24)
    patient = Identifier.objects.get(value=first["nhs_number"]).patient
    assert holding.admission.patient == patient
    assert patient.age_on(NOW.date()) >= 18
    assert holding.admission.modes.at(NOW).get().mode == "news2_scale1"
    clinician = User.objects.get(username=demo["accounts"][0]["username"])
    seen = Admission.objects.caring(clinician).current()
    assert seen.filter(pk=holding.admission_id, ward__code=first["ward"]).exists()


def _check_plan(demo: dict[str, Any], text: str) -> None:
    plans = read_plan(text)
    check_key(demo["gateway_key"], at=NOW)
    for plan in plans:
        check_key(plan.key, at=NOW)
    assert demo["gateway_key"] not in {plan.key for plan in plans}
    given = {row["serial"] for row in demo["devices"]}
    played = {wearer.serial for plan in plans for wearer in plan.wearers}
    assert played
    assert not given & played
    assert Device.objects.filter(serial__in=played).count() == len(played)
    assert Gateway.objects.count() == 7


def _check_stores() -> None:
    assert not Inbox.objects.exists()
    assert readings()
    assert Score.objects.filter(measured_at__gte=SINCE, measured_at__lte=NOW).exists()
    assert DailyBeds.objects.filter(day=NOW.date() - dt.timedelta(days=1)).exists()
    assert ReferralFact.objects.filter(outcome="declined").exists()
    assert not Identifier.objects.exclude(value__startswith="999").exists()
    held = Referral.objects.filter(held_bed__isnull=False)
    assert held.exists()
    free = Bed.objects.free_at(NOW)
    assert all(referral.held_bed in free for referral in held)
    for admission in Admission.objects.current():
        assert admission.expected_discharge >= admission.admitted_at.date()


def _check_board(demo: dict[str, Any]) -> None:
    ward = Ward.objects.get(code=demo["devices"][0]["ward"])
    clinician = User.objects.get(username=demo["accounts"][0]["username"])
    shown = board(ward, user=clinician, at=NOW)
    counted = ward_counts(Ward.objects.filter(pk=ward.pk), NOW)[ward.pk]
    assert len(shown.rows) == counted.patients > 0
    assert shown.watch.holder is not None
    assert shown.rows[0].standing is not None
    assert shown.rows[0].standing.response == "high"
    assert shown.rows[0].alert is not None
    assert shown.rows[0].alert.owner == ""


@pytest.mark.django_db(transaction=True)
def test_the_same_seed_gives_the_same_data_in_bounded_time(
    demonstration, tmp_path, django_db_blocker
):
    started = time.process_time()
    load(tmp_path)
    assert time.process_time() - started < SECONDS
    first = (people(), spells(), readings())
    _empty()
    load(tmp_path)
    assert (people(), spells(), readings()) == first


def _empty() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        names = [name for (name,) in cursor.fetchall() if not name.startswith("django_")]
        cursor.execute(f"TRUNCATE {', '.join(names)} CASCADE")


def test_who_is_silent_at_leicester_reports_through_the_gateway_that_is_down():
    drawn = cases.draw(world.SIZES["full"], seed=1, now=NOW)
    cut_off = [case for case in drawn if case.story == "silent" and case.ward.provider == "RWE"]
    assert cut_off
    assert {kit.gateway_of(case).name for case in cut_off} == {world.down().name}
    assert {kit.gateway_of(case).name for case in drawn if case not in cut_off}.isdisjoint(
        {world.down().name}
    )
