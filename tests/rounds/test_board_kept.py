"""A board that keeps what it has drawn shows what a board drawn anew would show, always."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import count
from typing import Any, NamedTuple

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection, transaction
from django.template.loader import render_to_string
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import User
from capacity.models import Leave, Ward
from capacity.presence import count_of, ward_counts
from observations.actions.alerts import acknowledge, close
from observations.actions.concerns import raise_carer_concern
from observations.actions.devices import return_device
from observations.models import Alert, DeviceStatus, Holding, Trigger
from observations.storage.versions import touch_standing
from patients.actions.admissions import return_from_leave, start_leave, transfer
from patients.actions.care import (
    end_pause,
    prescribe_oxygen,
    set_expected_discharge,
    set_pause,
    stop_oxygen,
)
from patients.actions.limits import set_limit
from patients.actions.modes import set_mode
from patients.actions.people import change_nhs_number, change_patient
from patients.actions.touch import touch_patient
from patients.models import Admission, Identifier, LeaveDetail
from rounds.actions.reviews import review
from rounds.actions.tasks import add_task, complete_task
from rounds.board import board, board_version, kept
from rounds.models import Task
from rounds.presenters import board_drawn
from rounds.presenters.board import BoardPresenter
from rounds.presenters.board_row_markup import HOLE
from tests.capacity.factories import make_beds, make_ward
from tests.cast import OTHER_WARD, PROVIDER, person, with_role
from tests.observations.factories import make_gateway, make_held_hub
from tests.patients.factories import make_admission, make_nhs_number, make_patient
from tests.rounds.factories import (
    HIGH,
    MEDIUM,
    NORMAL,
    SINGLE,
    make_alert,
    make_handover,
    make_set,
    make_vital,
)

MINUTE, HOUR = dt.timedelta(minutes=1), dt.timedelta(hours=1)
BEGIN = dt.datetime(2026, 11, 20, 21, 7, tzinfo=dt.UTC)
SETS = (NORMAL, SINGLE, MEDIUM, HIGH, {"spo2": 84}, {"pulse": 80, "temperature": 38.4})


@dataclass
class House:
    """Three patients of a ward; `at` is what the clock says there."""

    ward: Ward
    other: Ward
    by: User
    admissions: list[Admission]
    at: dt.datetime = BEGIN
    numbers: Iterator[int] = field(default_factory=count)


def _set(house: House, admission: Admission) -> None:
    number = next(house.numbers)
    at = house.at - 2 * MINUTE + number * dt.timedelta(microseconds=1)
    make_set(admission, SETS[number % len(SETS)], at=at)


def _late_vital(house: House, admission: Admission) -> None:
    make_vital(admission, "weight", 70 + next(house.numbers) % 9, at=house.at - HOUR)
    touch_standing(admission.pk)


def _alert(house: House, admission: Admission) -> None:
    if not Alert.objects.open().filter(admission=admission).exists():
        priority = ("emergency", "urgent", "prompt")[next(house.numbers) % 3]
        make_alert(admission, at=house.at, priority=priority)
        touch_standing(admission.pk)


def _concern(house: House, admission: Admission) -> None:
    raise_carer_concern(admission=admission, text="Not herself <today>", by=house.by, at=house.at)


def _acknowledge(house: House, admission: Admission) -> None:
    for alert in Alert.objects.unowned().filter(admission=admission):
        acknowledge(alert=alert, by=house.by, at=house.at)


def _close(house: House, admission: Admission) -> None:
    for alert in Alert.objects.open().filter(admission=admission):
        acknowledge(alert=alert, by=house.by, at=house.at)
        close(alert=alert, outcome="advice", note="", by=house.by, at=house.at)


def _wrong_patient(house: House, admission: Admission) -> None:
    Trigger.objects.filter(alert__admission=admission).update(wrong_patient_at=house.at)


def _review(house: House, admission: Admission) -> None:
    review(admission=admission, kind="nurse", seen="phone", by=house.by, at=house.at)


def _task(house: House, admission: Admission) -> None:
    due = house.at + (next(house.numbers) % 3) * 11 * HOUR
    add_task(
        admission=admission, kind="phone", text="Ring & ask", due_at=due, by=house.by, at=house.at
    )


def _task_done(house: House, admission: Admission) -> None:
    for task in Task.objects.open().filter(admission=admission)[:1]:
        complete_task(task=task, outcome="Done", by=house.by, at=house.at)


def _pause(house: House, admission: Admission) -> None:
    set_pause(
        admission=admission,
        until=house.at + (1 + next(house.numbers) % 22) * HOUR,
        reason="Asleep",
        by=house.by,
        at=house.at,
    )


def _pause_ends(house: House, admission: Admission) -> None:
    if admission.pauses.at(house.at).exists():
        end_pause(admission=admission, by=house.by, at=house.at)


def _mode(house: House, admission: Admission) -> None:
    modes = ("news2_scale2", "limits_only", "comfort", "news2_scale1")
    wanted = modes[next(house.numbers) % len(modes)]
    set_mode(admission=admission, mode=wanted, reason="Decided", by=house.by, at=house.at)


def _limit(house: House, admission: Admission) -> None:
    high = 100.0 + next(house.numbers) % 20
    set_limit(
        admission=admission,
        kind="pulse",
        low=50,
        high=high,
        reason="Usual",
        by=house.by,
        at=house.at,
    )


def _oxygen(house: House, admission: Admission) -> None:
    prescribe_oxygen(admission=admission, litres_per_minute=2, by=house.by, at=house.at)


def _oxygen_stops(house: House, admission: Admission) -> None:
    if admission.oxygen.at(house.at).exists():
        stop_oxygen(admission=admission, by=house.by, at=house.at)


def _leave(house: House, admission: Admission) -> None:
    if Leave.objects.filter(spell=admission.spell_id, ends__isnull=True).exists():
        return
    start_leave(
        admission=admission,
        kind="hospital",
        place="Ward 3",
        held_by="Ward 3",
        expected_back=house.at + (2 + next(house.numbers) % 30) * HOUR,
        bed_held=True,
        by=house.by,
        at=house.at,
    )


def _back(house: House, admission: Admission) -> None:
    for detail in LeaveDetail.objects.filter(admission=admission, leave__ends__isnull=True):
        return_from_leave(detail=detail, by=house.by, at=house.at)


def _name(house: House, admission: Admission) -> None:
    admission.patient.family_name = f"O'Sample-{next(house.numbers)}"
    admission.patient.save(update_fields=["family_name"])
    touch_patient(admission.patient)


def _phone(house: House, admission: Admission) -> None:
    phone = f"07700 900 {100 + next(house.numbers) % 800}"
    change_patient(patient=admission.patient, phone=phone, by=house.by, at=house.at)


def _number(house: House, admission: Admission) -> None:
    change_nhs_number(
        patient=admission.patient,
        nhs_number=make_nhs_number(),
        old_was=Identifier.Status.SUPERSEDED,
        by=house.by,
        at=house.at,
    )


def _kit(house: House, admission: Admission) -> None:
    held = Holding.objects.open().filter(admission=admission).first()
    if held:
        return_device(holding=held, by=house.by, at=house.at)
    else:
        make_held_hub(admission, by=house.by, at=house.at)


def _flat(house: House, admission: Admission) -> None:
    """Told once its kinds are silent."""
    for held in Holding.objects.open().filter(admission=admission):
        told = {"battery": (3, 80)[next(house.numbers) % 2], "measured_at": house.at}
        DeviceStatus.objects.update_or_create(device=held.device, defaults=told)


def _gateway(house: House, admission: Admission) -> None:
    """Goes down, or is heard again."""
    for held in Holding.objects.open().filter(admission=admission):
        device = held.device
        if device.last_gateway is None:
            device.last_gateway = make_gateway()
            device.last_heard_at = house.at - HOUR
            device.save(update_fields=["last_gateway", "last_heard_at"])
        gateway = device.last_gateway
        gateway.down_since = None if gateway.down_since else house.at - HOUR
        gateway.last_heard_at = gateway.down_since or house.at
        gateway.save(update_fields=["down_since", "last_heard_at"])


def _leaves_sooner(house: House, admission: Admission) -> None:
    day = (house.at + (next(house.numbers) % 3) * 24 * HOUR).date()
    if day != admission.expected_discharge:
        set_expected_discharge(
            admission=admission, day=day, reason="Well", by=house.by, at=house.at
        )
        admission.refresh_from_db()


def _transfer(house: House, admission: Admission) -> None:
    admission.refresh_from_db()
    away = house.other if admission.ward_id == house.ward.pk else house.ward
    transfer(admission=admission, ward=away, bed=make_beds(away)[0], by=house.by, at=house.at)
    admission.refresh_from_db()


def _handover(house: House, admission: Admission) -> None:
    make_handover(admission, by=house.by, at=house.at, until=house.at + 5 * HOUR)


def _nothing(house: House, admission: Admission) -> None:
    """Time alone."""


STEPS: tuple[Callable[[House, Admission], None], ...] = (
    *(_set, _late_vital, _alert, _concern, _acknowledge, _close, _wrong_patient, _review),
    *(_task, _task_done, _pause, _pause_ends, _mode, _limit, _oxygen, _oxygen_stops, _leave),
    *(_back, _name, _phone, _number, _kit, _flat, _gateway, _leaves_sooner, _transfer),
    *(_handover, _nothing),
)
_FOLLOWING = {_acknowledge, _close, _wrong_patient, _pause_ends, _oxygen_stops, _back, _task_done}
WAITS = (0, 1, 7, 15, 29, 61, 119, 241, 12 * 60, 20 * 60 + 1, 24 * 60)
course = st.lists(
    st.tuples(st.sampled_from(STEPS), st.integers(0, 2), st.sampled_from(WAITS)),
    min_size=1,
    max_size=12,
)


@pytest.fixture
def house(ward) -> House:
    """Who acts may do so on both wards, and is a senior."""
    other = make_ward(OTHER_WARD)
    lead = with_role(person("lead", "matron"), "ward_lead", "provider", PROVIDER, senior=True)
    admissions = [
        make_admission(
            ward=ward,
            patient=make_patient(family_name=name, at=BEGIN - 49 * HOUR, phone="07700 900 107"),
            at=BEGIN - 48 * HOUR,
        )
        for name in ("Sample", "Nguyễn", "d'Arcy")
    ]
    make_set(admissions[0], MEDIUM, at=BEGIN - 6 * HOUR)
    make_set(admissions[0], HIGH, at=BEGIN - HOUR)
    return House(ward, other, lead, admissions)


@contextmanager
def _undone(house: House) -> Iterator[None]:
    """Each course begins with the same house, and with nothing kept."""
    house.at, house.numbers = BEGIN, count()
    for admission in house.admissions:
        admission.refresh_from_db()
        admission.patient.refresh_from_db()
    kept.forget()
    board_drawn.forget()
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def _page(house: House, at: dt.datetime) -> str:
    found = board(house.ward, user=house.by, at=at)
    shown = BoardPresenter(found, url="/board/", user_id=0, token="secret")  # of no form
    return render_to_string("rounds/_board.html", {"board": shown})


def _anew(house: House, at: dt.datetime) -> str:
    """What a process that has just begun would show, without making this one forget."""
    rows, drawn = kept._kept, board_drawn._drawn
    kept._kept, board_drawn._drawn = type(rows)(rows.most), type(drawn)(drawn.most)
    try:
        return _page(house, at)
    finally:
        kept._kept, board_drawn._drawn = rows, drawn


class Seen(NamedTuple):
    """`rows` is how they stand and what each says of itself, without the words of its times."""

    page: str
    rows: list[tuple[str, str]]
    version: str


def _seen(house: House) -> Seen:
    page = _page(house, house.at)
    rows = re.findall(r'id="board-row-([^"]+)" data-version="([^"]+)"', page)
    return Seen(page, rows, board_version(house.ward, house.by, house.at))


def _try(step: Callable[[House, Admission], None], house: House, which: int) -> None:
    """What is refused changes nothing."""
    with suppress(ValidationError, PermissionDenied), transaction.atomic():
        step(house, house.admissions[which])


def _examples(long_form: Any) -> settings:
    return settings(
        max_examples=200 if long_form else 6,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )


def test_what_is_kept_is_what_would_be_drawn_anew(house, long_form):
    @_examples(long_form)
    @given(course)
    def always(steps):
        with _undone(house):
            for step, which, minutes in steps:
                _page(house, house.at)
                house.at += minutes * MINUTE
                assert _page(house, house.at) == _anew(house, house.at)
                _try(step, house, which)
                assert _page(house, house.at) == _anew(house, house.at)
                counted = ward_counts(Ward.objects.filter(pk=house.ward.pk), house.at)
                assert count_of(house.ward, house.at) == counted[house.ward.pk]

    always()


def test_no_change_of_the_page_leaves_its_version(house, long_form):
    @_examples(long_form)
    @given(course)
    def always(steps):
        with _undone(house):
            for step, which, minutes in steps:
                before = _seen(house)
                house.at += minutes * MINUTE
                later = _seen(house)
                assert later.rows == before.rows or later.version != before.version
                _try(step, house, which)
                after = _seen(house)
                assert after.page == later.page or after.version != later.version, step

    always()


def test_each_of_these_steps_is_one(house):
    """So that the courses above walk through changes, not through refusals."""
    idle = [step.__name__ for step in STEPS if not _shows(house, step)]
    assert idle == ["_flat", "_nothing"]


def _shows(house: House, step: Callable[[House, Admission], None]) -> bool:
    before = (_set, _alert, _pause, _oxygen, _leave, _task) if step in _FOLLOWING else ()
    with _undone(house):
        for one in (_kit, _set) if step is _gateway else before:
            _try(one, house, 0)
        house.at += MINUTE
        page = _page(house, house.at)
        step(house, house.admissions[0])
        return _page(house, house.at) != page


# Whose the page is


@pytest.fixture
def url(ward):
    return reverse("rounds:ward-board", args=[ward.code])


@pytest.fixture
def alarm(ward, now):
    """Somebody whose alert nobody owns: the row has buttons for whoever may press them."""
    patient = make_patient(family_name="Alarm", at=now - 49 * HOUR)
    admission = make_admission(ward=ward, patient=patient, at=now - 48 * HOUR)
    make_set(admission, HIGH, at=now - HOUR)
    make_alert(admission, at=now - HOUR)
    return admission


def test_a_row_drawn_for_who_treats_gives_nothing_to_press_to_who_only_reads(
    alarm, ward_nurse, read_only, signed_in, url
):
    for user, buttons in ((ward_nurse, True), (read_only, False), (ward_nurse, True)):
        text = signed_in(user).get(url).content.decode()
        assert ("Acknowledge" in text) is buttons


def test_each_answer_carries_its_own_secret(alarm, ward_nurse, signed_in, url):
    def secrets(text):
        return re.findall(r'name="csrfmiddlewaretoken" value="([^"]*)"', text)

    pages = [signed_in(ward_nurse).get(url).content.decode() for _ in range(2)]
    rows = [page[page.index('id="board"') :] for page in pages]
    assert all(len(set(secrets(row))) == 1 and len(secrets(row)[0]) == 64 for row in rows)
    assert secrets(rows[0])[0] != secrets(rows[1])[0]
    assert HOLE not in pages[0]


# What it costs


def _statements(browser, url, **headers):
    with CaptureQueriesContext(connection) as asked:
        answer = browser.get(url, headers={"HX-Request": "true", "X-Poll": "1", **headers})
    return answer, [query["sql"] for query in asked]


def test_an_unchanged_poll_asks_who_asks_and_one_thing_more(alarm, ward_nurse, signed_in, url):
    browser = signed_in(ward_nurse)
    tag = browser.get(url, headers={"HX-Request": "true"})["ETag"]
    answer, asked = _statements(browser, url, **{"If-None-Match": tag})
    assert answer.status_code == 304
    who = ("session_data", "user_with_memberships")
    rest = [sql for sql in asked if not any(name in sql for name in who)]
    assert len(rest) == 1, asked
    assert len(asked) == 3, asked


def test_a_board_little_changed_reads_the_scores_of_whom_it_concerns(
    alarm, ward, ward_nurse, signed_in, url, now
):
    calm = make_admission(ward=ward, at=now - 48 * HOUR)
    make_set(calm, NORMAL, at=now - HOUR)
    browser = signed_in(ward_nurse)
    browser.get(url)
    make_set(calm, MEDIUM, at=now)
    _, asked = _statements(browser, url)
    (scores,) = [sql for sql in asked if "observations_score" in sql]
    assert str(calm.pk) in scores
    assert str(alarm.pk) not in scores
    _, asked = _statements(browser, url)
    assert not [sql for sql in asked if "observations_score" in sql]
