"""Two statements, one count: of an instant, and of many mornings at once."""

import dataclasses
import datetime as dt
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import given, settings

from capacity import counting as one_count
from capacity import runs
from capacity.models import Ward
from lib import london
from tests.capacity import slow_count
from tests.capacity.random_systems import make, systems

pytestmark = pytest.mark.django_db


def rows(sql, given):
    with connection.cursor() as cursor:
        cursor.execute(sql, given)
        return cursor.fetchall()


def keyed(found, size):
    """No key twice."""
    counted = {row[:size]: row[size:] for row in found}
    assert len(counted) == len(found)
    return counted


@settings(max_examples=60, deadline=None)
@given(system=systems())
def test_every_way_of_counting_tells_what_a_person_would_count(system):
    with transaction.atomic():
        moments = make(system)
        try:
            agree_on_mornings(moments)
            agree_on_instants(moments)
        finally:
            transaction.set_rollback(True)


def agree_on_mornings(moments):
    beds: dict[Any, Any] = {}
    patients: dict[Any, Any] = {}
    for day, at in moments:
        beds |= slow_count.beds(day, at)
        patients |= slow_count.patients(day, at)
    question = one_count.mornings([day for day, _ in moments])
    given = runs.parameters(question)
    at_once = keyed(rows(runs.BEDS, given), 4)
    assert {key: told[1:] for key, told in at_once.items()} == {
        key: told[:3] for key, told in beds.items()
    }
    at_once = keyed(rows(runs.PATIENTS, given), 6)
    assert at_once == {
        key: (everybody, over, away) for key, (everybody, _, over, away) in patients.items()
    }
    assert keyed(rows(one_count.BEDS, one_count.parameters(question)), 4) == beds
    assert keyed(rows(one_count.PATIENTS, one_count.parameters(question)), 6) == patients


def agree_on_instants(moments):
    """What a ward's own board counts, excluded or not, and what counts for England."""
    for _, morning in moments:
        for at in (morning, morning + dt.timedelta(hours=5)):
            agree_on(at, counting=False)
            agree_on(at, counting=True)


def agree_on(at, *, counting):
    day = london.day_of(at)
    beds = slow_count.beds(day, at, counting=counting)
    patients = slow_count.patients(day, at, counting=counting)
    question = one_count.now(at, counting=counting)
    assert told(one_count.beds(question), 4) == beds
    assert told(one_count.patients(question), 6) == patients
    if not counting:
        for ward in Ward.objects.all():
            own_beds, own_patients = one_count.of_ward(ward.pk, at)
            assert told(own_beds, 4) == of(ward, beds)
            assert told(own_patients, 6) == of(ward, patients)


def told(lines, size):
    return keyed([dataclasses.astuple(line) for line in lines], size)


def of(ward, counted):
    return {key: count for key, count in counted.items() if key[1] == ward.pk}
