"""How a batch's findings become one alert: the worst speaks, and what was another's hides none."""

import datetime as dt

from observations.actions.alerts import acknowledge
from observations.alerting import ladders, mistaken
from observations.models import Alert, Bell, Trigger
from patients.models import MonitoringMode, PlanLine
from tests.observations.conftest import ADMITTED, NOW
from tests.observations.factories import make_held_hub, make_set, reading
from tests.patients.factories import make_admission

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
    Trigger.objects.update(wrong_patient_at=NOW)
    send(make_set(hub, NOW + MINUTE, spo2=91), at=NOW + MINUTE)
    alert = Alert.objects.get()
    assert (alert.priority, alert.rang_at) == ("emergency", NOW + MINUTE)


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


def test_what_was_another_patients_hides_nothing_of_this_one(send, hub):
    send(make_set(hub, NOW, **ILL))
    Trigger.objects.update(wrong_patient_at=NOW + MINUTE)
    send(make_set(hub, NOW + 2 * MINUTE, **ILL), at=NOW + 2 * MINUTE)
    assert Bell.objects.filter(rang_at=NOW + 2 * MINUTE, priority="emergency").exists()
    own = Trigger.objects.get(rule="news2")
    assert (own.wrong_patient_at, own.first_at) == (None, NOW + 2 * MINUTE)


def test_who_acknowledged_another_patients_has_not_acknowledged_this_ones(send, hub, ward_nurse):
    send(make_set(hub, NOW, **ILL))
    alert = Alert.objects.get()
    acknowledge(alert=alert, by=ward_nurse, at=NOW + MINUTE)
    Trigger.objects.update(wrong_patient_at=NOW + MINUTE)
    send(make_set(hub, NOW + 2 * MINUTE, **ILL), at=NOW + 2 * MINUTE)
    alert.refresh_from_db()
    assert alert.owner is None
    assert not Trigger.objects.get(rule="news2").is_acknowledged


def test_an_acknowledged_limit_covers_no_value_that_scores_a_three(send, hub, ward_nurse):
    PlanLine.objects.filter(kind="spo2").update(low=93, priority="urgent")
    send(make_set(hub, NOW, spo2=92))
    acknowledge(alert=Alert.objects.get(), by=ward_nurse, at=NOW + MINUTE)
    for minutes, spo2 in ((5, 91), (10, 92), (15, 90)):
        at = NOW + minutes * MINUTE
        send([reading(hub, "spo2", spo2, at)], at=at)
    told = Bell.objects.order_by("rang_at").values_list("why", "text")
    assert list(told) == [("opened", "SpO2 92 % below 93 %"), ("worse", "SpO2 91 % below 93 %")]


def test_an_acknowledged_low_glucose_covers_no_dangerous_one(send, ward_nurse):
    diabetic = make_admission(by=ward_nurse, at=ADMITTED, pathway="diabetes")
    meter = make_held_hub(diabetic, by=ward_nurse, at=ADMITTED, kinds=["glucose"])
    send([reading(meter, "glucose", 3.8, NOW)])
    acknowledge(alert=Alert.objects.get(), by=ward_nurse, at=NOW + MINUTE)
    at = NOW + 5 * MINUTE
    send([reading(meter, "glucose", 2.2, at)], at=at)
    told = Bell.objects.order_by("rang_at").values_list("priority", "text")
    assert list(told) == [
        ("urgent", "Glucose 3.8 mmol/L below 4 mmol/L"),
        ("emergency", "Glucose 2.2 mmol/L below 3 mmol/L"),
    ]


def test_the_ladder_does_not_name_what_was_another_patients(send, hub):
    send(make_set(hub, NOW, **ILL))
    Trigger.objects.update(wrong_patient_at=NOW + MINUTE)
    ladders.climb(Alert.objects.get(), at=NOW + 5 * MINUTE)
    assert Bell.objects.get(why="step").text == f"Nobody owns it: {mistaken.WRONG_PATIENT}"


def test_where_nothing_is_scored_an_acknowledged_value_covers_no_worse_one(
    send, hub, admission, ward_nurse
):
    MonitoringMode.objects.filter(admission=admission).update(mode="limits_only")
    PlanLine.objects.filter(admission=admission, kind="spo2").update(low=91)
    send([reading(hub, "spo2", 90, NOW)])
    acknowledge(alert=Alert.objects.get(), by=ward_nurse, at=NOW + MINUTE)
    send([reading(hub, "spo2", 89, NOW + 2 * MINUTE)], at=NOW + 2 * MINUTE)
    assert Bell.objects.count() == 1
    send([reading(hub, "spo2", 80, NOW + 3 * MINUTE)], at=NOW + 3 * MINUTE)
    again = Bell.objects.order_by("rang_at").last()
    assert again is not None
    assert (again.rang_at, again.why) == (NOW + 3 * MINUTE, "worse")
    assert Alert.objects.get().owner is None
