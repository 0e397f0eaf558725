"""What goes on without an action rings again, though no reading comes to say so."""

import datetime as dt

import pytest

from observations.actions import alerts as actions
from observations.actions.concerns import raise_carer_concern
from observations.alerting import ladders, repeats
from observations.models import Alert, Bell, Trigger
from patients.models import Admission
from tests.observations.conftest import NOW
from tests.observations.factories import make_set

MINUTE = dt.timedelta(minutes=1)
HOUR = dt.timedelta(hours=1)
ILL = {"respiratory_rate": 26, "spo2": 90, "pulse": 135, "systolic": 95}
OWNED = NOW + 2 * MINUTE


@pytest.fixture
def owned(send, hub, ward_nurse) -> Alert:
    send(make_set(hub, NOW, **ILL))
    return actions.acknowledge(alert=Alert.objects.get(), by=ward_nurse, at=OWNED)


def again(at: dt.datetime) -> int:
    repeats.ring_due(at=at)
    return Bell.objects.filter(why="still").count()


def test_an_owned_emergency_without_an_action_rings_again_after_15_minutes(owned):
    assert again(OWNED + 14 * MINUTE) == 0
    assert again(OWNED + 15 * MINUTE) == 1
    assert again(OWNED + 15 * MINUTE) == 1
    alert = Alert.objects.get()
    assert (alert.owner, alert.priority, alert.step) == (None, "emergency", 0)
    assert alert.next_step_at == OWNED + 20 * MINUTE


def test_an_action_gives_it_its_time_anew(owned, ward_nurse):
    actions.act(alert=owned, text="On my way", by=ward_nurse, at=OWNED + 10 * MINUTE)
    assert again(OWNED + 24 * MINUTE) == 0
    assert again(OWNED + 25 * MINUTE) == 1


def test_what_newer_readings_say_is_over_rings_no_more(owned, send, hub):
    send(make_set(hub, OWNED + MINUTE), at=OWNED + MINUTE)
    assert again(OWNED + HOUR) == 0
    assert Alert.objects.get().repeat_at == OWNED + HOUR + 15 * MINUTE


def test_what_came_back_covered_is_still_looked_at(owned, send, hub):
    send(make_set(hub, OWNED + MINUTE), at=OWNED + MINUTE)
    assert again(OWNED + 15 * MINUTE) == 0
    Trigger.objects.update(acknowledged_at=OWNED + 14 * MINUTE)
    send(make_set(hub, OWNED + 16 * MINUTE, **ILL), at=OWNED + 16 * MINUTE)
    assert again(OWNED + 30 * MINUTE) == 1


def test_a_milder_one_has_its_own_longer_time(send, hub, ward_nurse):
    send(make_set(hub, NOW, spo2=91))
    actions.acknowledge(alert=Alert.objects.get(), by=ward_nurse, at=OWNED)
    assert again(OWNED + 59 * MINUTE) == 0
    assert again(OWNED + HOUR) == 1


def test_a_carers_concern_without_an_action_rings_again(admission, ward_nurse):
    raise_carer_concern(admission=admission, text="Grey", by=ward_nurse, at=NOW)
    actions.acknowledge(alert=Alert.objects.get(), by=ward_nurse, at=OWNED)
    assert again(OWNED + HOUR) == 1


def test_what_began_together_is_told_again_in_the_order_in_which_it_was_told(send, hub, ward_nurse):
    send(make_set("HUB-NOBODYS", NOW, **ILL))
    first = Trigger.objects.order_by("pk")[0]
    Trigger.objects.filter(pk=first.pk).delete()
    first.save(force_insert=True)  # told first, and now the last that the table has
    actions.acknowledge(alert=Alert.objects.get(), by=ward_nurse, at=OWNED)
    assert again(OWNED + HOUR) == 1
    opened, still = Bell.objects.order_by("pk").values_list("text", flat=True)
    assert still == opened


def test_what_nobody_owns_climbs_its_whole_ladder_before_it_starts_anew(send, hub):
    send(make_set(hub, NOW, **ILL))
    for minute in range(1, 45):
        ladders.climb_due(at=NOW + minute * MINUTE)
        assert again(NOW + minute * MINUTE) == 0
    assert Bell.objects.filter(why="step").count() == 3
    assert again(NOW + 45 * MINUTE) == 1


@pytest.mark.parametrize("ended", ["closed", "discharged", "marked"])
def test_what_has_ended_rings_no_more(owned, ward_nurse, admission, ended):
    if ended == "closed":
        actions.close(alert=owned, outcome="visit", by=ward_nurse, at=OWNED + MINUTE)
    elif ended == "discharged":
        Admission.objects.filter(pk=admission.pk).update(
            discharged_at=OWNED, destination="home", discharged_by=ward_nurse
        )
    else:
        Trigger.objects.update(wrong_patient_at=OWNED)
    assert again(OWNED + HOUR) == 0
