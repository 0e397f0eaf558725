"""Why who is ready stays on: one cause at a time, each with its own days, ended with the spell."""

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError

from accounts.models import AuditEvent
from capacity.actions.delays import end_delay, note_delay
from capacity.actions.stated_changes import state_change, withdraw_change
from capacity.actions.stays import end_spell, reopen_spell
from capacity.models import Delay, StatedChange
from tests.capacity.factories import make_stay

AT = dt.datetime(2026, 3, 2, 10, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)


@pytest.fixture
def spell(ward, beds):
    return make_stay(ward, beds[0], at=AT).spell


def note(spell, *, since=1, cause=None, at=1):
    return note_delay(spell=spell, since=AT + since * DAY, cause=cause, by=None, at=AT + at * DAY)


def told(spell):
    return [
        (one.cause, (one.starts - AT).days, one.ends and (one.ends - AT).days)
        for one in spell.delays.order_by("starts", "pk")
    ]


def test_a_new_cause_ends_the_one_before(spell):
    note(spell, cause="housing")
    note(spell, cause="kit", at=3)
    assert told(spell) == [("housing", 1, 3), ("kit", 3, None)]


def test_a_cause_said_later_has_been_the_cause_all_along(spell):
    note(spell)
    note(spell, cause="medicines", at=3)
    note(spell, at=4)
    assert told(spell) == [("medicines", 1, None)]


def test_another_day_of_being_ready_corrects_the_first(spell):
    note(spell, since=2, at=2)
    note(spell, since=1, at=2)
    assert told(spell) == [("", 1, None)]


def test_care_needed_again_ends_it_and_a_later_delay_never_overlaps(spell):
    note(spell, cause="housing")
    end_delay(spell=spell, by=None, at=AT + 3 * DAY)
    end_delay(spell=spell, by=None, at=AT + 4 * DAY)
    note(spell, since=2, cause="kit", at=5)
    assert told(spell) == [("housing", 1, 3), ("kit", 3, None)]
    verbs = AuditEvent.objects.filter(verb__startswith="delay-").order_by("pk")
    assert [one.verb for one in verbs] == ["delay-noted", "delay-ended", "delay-noted"]


def test_it_ends_with_the_spell_and_goes_on_when_that_is_taken_back(spell):
    note(spell, cause="housing")
    end_spell(spell=spell, destination="home", by=None, at=AT + 4 * DAY)
    assert told(spell) == [("housing", 1, 4)]
    reopen_spell(spell=spell, by=None, at=AT + 5 * DAY)
    assert told(spell) == [("housing", 1, None)]


def test_two_delays_at_a_time_are_refused_by_the_database(spell):
    note(spell)
    with pytest.raises(IntegrityError, match="one_delay_per_spell_at_a_time"):
        Delay.objects.create(spell=spell, starts=AT + 2 * DAY)


def test_a_delay_that_ends_before_it_begins_is_refused_by_the_database(spell):
    with pytest.raises(IntegrityError):
        Delay.objects.create(spell=spell, starts=AT + 2 * DAY, ends=AT)


def state(**more):
    said: dict[str, Any] = {
        "place_kind": "icb",
        "place_code": "QK1",
        "measure": "nights",
        "by": None,
    }
    return state_change(**said | {"on": AT.date(), "reason": "A pharmacist joined"} | more)


def test_a_stated_change_is_written_with_its_reason_and_kept_when_withdrawn(db):
    change = state()
    withdraw_change(change=change, by=None, at=AT)
    withdraw_change(change=change, by=None, at=AT + DAY)
    change.refresh_from_db()
    assert change.withdrawn_at == AT
    assert not StatedChange.objects.standing().exists()
    verbs = AuditEvent.objects.filter(verb__startswith="change-").order_by("pk")
    assert [one.verb for one in verbs] == ["change-stated", "change-withdrawn"]
    assert state().pk != change.pk


def test_a_change_needs_a_reason_and_is_stated_once(db):
    with pytest.raises(ValidationError, match="what changed"):
        state(reason="  ")
    state()
    with pytest.raises(ValidationError, match="already"):
        state()
    assert state(pathway="copd").pathway == "copd"
