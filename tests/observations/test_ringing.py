"""How a batch's findings become one alert: the worst speaks, and what was another's hides none."""

import datetime as dt

from observations.models import Alert, Bell
from patients.models import PlanLine
from tests.observations.conftest import ADMITTED, NOW
from tests.observations.factories import make_set, reading

MINUTE = dt.timedelta(minutes=1)
HOUR = dt.timedelta(hours=1)
ILL = {"respiratory_rate": 26, "spo2": 90, "pulse": 135, "systolic": 95}


def test_an_alert_opens_at_its_worst_finding_not_at_its_first(send, hub):
    glucose = reading(hub, "glucose", 3.5, NOW - 5 * MINUTE)
    send([glucose, *make_set(hub, NOW, **ILL)])
    alert, bell = Alert.objects.get(), Bell.objects.get()
    assert (alert.priority, bell.priority) == ("emergency", "emergency")
    assert alert.next_step_at == NOW + 5 * MINUTE


def test_an_open_alert_rings_again_no_lower_than_it_is(send, hub):
    send(make_set(hub, NOW, **ILL))
    Alert.objects.get().triggers.all().delete()
    send(make_set(hub, NOW + MINUTE, spo2=91), at=NOW + MINUTE)
    assert Alert.objects.get().priority == "emergency"


def test_a_score_rings_until_its_own_next_set_is_overdue_not_until_the_next_glucose(
    send, hub, admission, ward_doctor
):
    PlanLine.objects.create(
        admission=admission,
        kind="glucose",
        every_hours=1,
        starts=ADMITTED,
        set_by=ward_doctor,
    )
    send(make_set(hub, NOW - 3 * HOUR, **ILL))
    assert Bell.objects.get().priority == "emergency"
