"""A ward's alert about readings without a patient: consolidated, never swallowed."""

import datetime as dt

import pytest

from capacity.models import Ward
from observations.actions import alerts as actions
from observations.actions.tray import dismiss
from observations.alerting import repeats
from observations.draining import drain
from observations.intake import inbox
from observations.models import Alert, Bell, UnclaimedReading
from tests.capacity.factories import make_provider, make_ward
from tests.observations.conftest import NOW
from tests.observations.factories import body_of, make_gateway, make_hub, make_key, reading
from tests.races import one_waits

MINUTE = dt.timedelta(minutes=1)
HOUR = dt.timedelta(hours=1)


def test_another_parameter_of_the_same_sender_rings_again(send, hub, ward_nurse):
    send([reading("NOBODY-1", "spo2", 84, NOW)])
    actions.acknowledge(alert=Alert.objects.get(), by=ward_nurse, at=NOW + MINUTE)
    send([reading("NOBODY-1", "pulse", 140, NOW + 2 * MINUTE)], at=NOW + 2 * MINUTE)
    alert = Alert.objects.get()
    assert (alert.owner, alert.triggers.count()) == (None, 2)
    assert [bell.why for bell in alert.bells.order_by("rang_at")] == ["opened", "new_parameter"]


@pytest.mark.parametrize("turned", [False, True])
def test_what_came_together_rings_in_the_same_words_whatever_came_first(send, hub, turned):
    """Of a batch only its number is kept: what it rang must follow from that."""
    values = [("consciousness", "V"), ("spo2", 84)]
    sent = [reading("NOBODY-1", kind, value, NOW) for kind, value in values]
    send(sent[::-1] if turned else sent)
    bell = Bell.objects.get()
    assert bell.rule == "news2:consciousness"
    assert bell.text.index("ACVPU V") < bell.text.index("SpO2 84")


def test_the_same_that_goes_on_for_an_hour_rings_again(send, hub):
    send([reading("NOBODY-1", "spo2", 84, NOW)])
    send([reading("NOBODY-1", "spo2", 83, NOW + 59 * MINUTE)], at=NOW + 59 * MINUTE)
    assert Bell.objects.count() == 1
    send([reading("NOBODY-1", "spo2", 83, NOW + HOUR)], at=NOW + HOUR)
    assert Bell.objects.filter(why="still").count() == 1


def test_an_owner_who_leaves_it_is_called_again(send, hub, ward_nurse):
    send([reading("NOBODY-1", "spo2", 84, NOW)])
    actions.acknowledge(alert=Alert.objects.get(), by=ward_nurse, at=NOW)
    assert repeats.ring_due(at=NOW + HOUR) == 1


def test_two_people_whom_nobody_knows_are_two_alerts(send, hub, ward_nurse):
    named = ["9990009999", "9990009980"]
    send([reading(None, "spo2", 84, NOW, patient=one) for one in named])
    assert {alert.subject for alert in Alert.objects.all()} == {f"named {one}" for one in named}
    first = UnclaimedReading.objects.get(named=named[0])
    dismiss(readings=[first], reason="not ours", by=ward_nurse, at=NOW + MINUTE)
    assert Alert.objects.open().get().subject == f"named {named[1]}"


def test_kit_of_an_organisation_without_a_ward_has_a_tray_all_the_same(send, hub, admission):
    elsewhere = make_provider("RX9")
    other = make_hub(provider=elsewhere)
    key = make_key(make_gateway(elsewhere, hub.provider))

    inbox.accept(key=key, body=body_of([reading(other, "spo2", 84, NOW)]), at=NOW)
    drain.drain_all(at=NOW)
    assert UnclaimedReading.objects.get().ward == admission.ward
    assert Alert.objects.get().ward == admission.ward


def test_a_closed_ward_has_no_tray(send, hub, admission):
    today = NOW.date()
    Ward.objects.filter(pk=admission.ward.pk).update(closes=today)
    open_one = make_ward(f"{hub.provider.code}-later", name="Later", provider=hub.provider)
    send([reading("NOBODY-1", "spo2", 84, NOW)])
    assert UnclaimedReading.objects.get().ward == open_one


@pytest.mark.django_db(transaction=True)
def test_who_owns_it_is_seen_by_whoever_waited_to_own_it(send, hub, ward_nurse, ward_doctor):
    send([reading("NOBODY-1", "spo2", 84, NOW)])
    alert = Alert.objects.get()
    answers = one_waits(
        lambda: actions.acknowledge(alert=alert, by=ward_nurse),
        lambda: actions.acknowledge(alert=alert, by=ward_doctor),
    )
    assert [str(one) for one in answers if isinstance(one, Exception)] == [
        f"{ward_nurse.signature} owns this alert."
    ]
    assert Alert.objects.get().owner == ward_nurse
