"""What people do about an alert, and what an answer covers."""

import datetime as dt
from functools import partial

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction

from accounts.models import AuditEvent
from observations.actions import alerts as actions
from observations.actions.alerts import AlertRefusedError
from observations.actions.concerns import MOST_LETTERS, raise_carer_concern
from observations.actions.departures import reopen_alert
from observations.actions.readings import strike_readings
from observations.alerting import deliveries, ringing
from observations.alerting.ladders import climb_due
from observations.amends.corrections import Key
from observations.models import Alert, AlertEvent, Bell, BellDelivery, Reading, Standing, Trigger
from observations.rules import Finding
from patients.actions.admissions import transfer
from tests.capacity.factories import make_beds, make_ward
from tests.observations.conftest import NOW
from tests.observations.factories import reading
from tests.races import at_once

MINUTE = dt.timedelta(minutes=1)
HOUR = dt.timedelta(hours=1)


def found(priority="urgent", *, key="news2", severity=5, parameters=("spo2",), at=NOW):
    text = f"NEWS2 {severity}"
    return Finding(key, priority, frozenset(parameters), text, (), at, severity)


def rung(admission, *findings, at=NOW):
    with transaction.atomic():
        ringing.ring_findings(admission.pk, admission.ward_id, findings or [found()], at=at)
    return Alert.objects.open().get(admission=admission)


@pytest.fixture
def alert(admission):
    return rung(admission)


def test_an_acknowledged_alert_has_its_owner_and_its_ladder_stops(alert, ward_nurse):
    actions.acknowledge(alert=alert, by=ward_nurse, at=NOW + MINUTE)
    alert.refresh_from_db()
    assert (alert.owner, alert.owned_at, alert.next_step_at) == (ward_nurse, NOW + MINUTE, None)
    assert alert.triggers.get().acknowledged_by == ward_nurse
    assert climb_due(at=NOW + dt.timedelta(hours=3)) == 0
    assert AlertEvent.objects.get(alert=alert).what == "acknowledged"
    assert AuditEvent.objects.get(verb="alert-acknowledged").by == ward_nurse


def test_the_second_to_acknowledge_is_told_who_was_first(alert, ward_nurse, ward_doctor):
    actions.acknowledge(alert=alert, by=ward_nurse)
    with pytest.raises(AlertRefusedError, match="Okafor, nurse in charge owns this alert"):
        actions.acknowledge(alert=alert, by=ward_doctor)
    alert.refresh_from_db()
    assert alert.owner == ward_nurse


def test_acknowledging_twice_is_acknowledging_once(alert, ward_nurse):
    actions.acknowledge(alert=alert, by=ward_nurse, at=NOW)
    actions.acknowledge(alert=alert, by=ward_nurse, at=NOW + MINUTE)
    alert.refresh_from_db()
    assert alert.owned_at == NOW
    assert AlertEvent.objects.count() == 1


def test_an_older_look_never_covers_what_rang_since(admission, alert, ward_nurse):
    shown = alert.rang_at
    rung(admission, found("emergency", severity=9), at=NOW + MINUTE)
    with pytest.raises(AlertRefusedError, match="rang again"):
        actions.acknowledge(alert=alert, shown_at=shown, by=ward_nurse, at=NOW + 2 * MINUTE)
    with pytest.raises(AlertRefusedError, match="rang again"):
        actions.close(alert=alert, outcome="advice", shown_at=shown, by=ward_nurse)
    alert.refresh_from_db()
    assert (alert.owner, alert.priority, alert.closed_at) == (None, "emergency", None)


def test_something_worse_takes_the_owner_away_and_starts_the_ladder_anew(
    admission, alert, ward_nurse
):
    actions.acknowledge(alert=alert, by=ward_nurse, at=NOW)
    again = rung(admission, found("emergency", severity=9), at=NOW + MINUTE)
    assert (again.pk, again.owner, again.step) == (alert.pk, None, 0)
    assert again.next_step_at > NOW + MINUTE
    assert not again.triggers.get().is_acknowledged


def test_acting_on_an_alert_makes_it_the_actors(alert, ward_nurse):
    actions.act(alert=alert, text="Phoned her", shown_at=alert.rang_at, by=ward_nurse, at=NOW)
    alert.refresh_from_db()
    assert (alert.owner, alert.acted_at) == (ward_nurse, NOW)
    assert alert.triggers.get().is_acknowledged


def test_an_act_is_kept_when_it_rang_again_meanwhile_and_owns_nothing(admission, alert, ward_nurse):
    shown = alert.rang_at
    rung(admission, found("emergency", severity=9), at=NOW + MINUTE)
    actions.act(alert=alert, text="Phoned", shown_at=shown, by=ward_nurse, at=NOW + 2 * MINUTE)
    alert.refresh_from_db()
    assert alert.owner is None
    assert alert.next_step_at is not None
    assert AlertEvent.objects.get().text == "Phoned"


def test_acting_on_anothers_alert_leaves_it_theirs(alert, ward_nurse, ward_doctor):
    actions.acknowledge(alert=alert, by=ward_nurse)
    actions.escalate(alert=alert, to="999", text="on the way", by=ward_doctor)
    alert.refresh_from_db()
    assert alert.owner == ward_nurse
    assert AlertEvent.objects.get(what="escalated").text == "999: on the way"


def test_what_goes_on_without_an_action_rings_again_and_an_action_resets_the_clock(
    admission, alert, ward_nurse
):
    actions.acknowledge(alert=alert, by=ward_nurse, at=NOW)
    actions.act(alert=alert, text="Phoned", by=ward_nurse, at=NOW + 30 * MINUTE)
    still = found(at=NOW + 65 * MINUTE)
    assert rung(admission, still, at=NOW + 65 * MINUTE).owner == ward_nurse
    assert rung(admission, still, at=NOW + 90 * MINUTE).owner is None


def test_handing_on_names_the_new_owner(alert, ward_nurse, ward_doctor):
    actions.acknowledge(alert=alert, by=ward_nurse)
    actions.hand_on(alert=alert, to=ward_doctor, text="Needs a visit", by=ward_nurse)
    alert.refresh_from_db()
    assert alert.owner == ward_doctor
    assert "P. Nair" in AlertEvent.objects.get(what="handed_on").text


@pytest.mark.parametrize("who", ["other_nurse", "read_only", "icb_manager", "org_admin"])
def test_nobody_else_answers_an_alert_or_gets_it(alert, ward_nurse, who, request):
    somebody = request.getfixturevalue(who)
    for act in (
        lambda: actions.acknowledge(alert=alert, by=somebody),
        lambda: actions.act(alert=alert, text="x", by=somebody),
        lambda: actions.escalate(alert=alert, to="999", text="x", by=somebody),
        lambda: actions.hand_on(alert=alert, to=somebody, by=ward_nurse),
        lambda: actions.hand_on(alert=alert, to=ward_nurse, by=somebody),
        lambda: actions.close(alert=alert, outcome="advice", by=somebody),
    ):
        with pytest.raises(PermissionDenied):
            act()
    assert not AlertEvent.objects.exists()


def test_closing_rearms_at_once(admission, alert, ward_nurse):
    actions.close(alert=alert, outcome="advice", note="Inhaler", by=ward_nurse, at=NOW + MINUTE)
    again = rung(admission, found(at=NOW + MINUTE), at=NOW + 2 * MINUTE)
    assert again.pk != alert.pk
    assert Bell.objects.filter(alert=again).get().why == "opened"


def test_a_closed_alert_takes_no_answer(alert, ward_nurse):
    actions.close(alert=alert, outcome="advice", by=ward_nurse)
    for act in (
        lambda: actions.acknowledge(alert=alert, by=ward_nurse),
        lambda: actions.act(alert=alert, text="x", by=ward_nurse),
        lambda: actions.close(alert=alert, outcome="no_change", by=ward_nurse),
    ):
        with pytest.raises(AlertRefusedError, match="closed meanwhile"):
            act()
    alert.refresh_from_db()
    assert alert.outcome == "advice"


def test_a_departure_closes_what_was_open_with_one_outcome(admission, alert, ward_nurse):
    actions.close_for_departure(admission=admission, note="Died at home", by=ward_nurse)
    alert.refresh_from_db()
    assert (alert.outcome, alert.outcome_note) == ("patient_left", "Died at home")
    assert actions.close_for_departure(admission=admission, by=ward_nurse) is None


def test_what_is_open_again_goes_on_where_its_ladder_was(admission, alert, ward_nurse):
    for hours in (1, 2):
        climb_due(at=NOW + hours * HOUR)
    actions.close_for_departure(admission=admission, by=ward_nurse, at=NOW + 3 * HOUR)
    reopen_alert(alert_id=alert.pk, by=ward_nurse, at=NOW + 4 * HOUR)
    again = Alert.objects.open().get()
    assert (again.step, again.next_step_at) == (2, NOW + 4 * HOUR)


def test_what_is_open_again_has_no_step_beyond_the_end_of_its_ladder(admission, alert, ward_nurse):
    for hours in (1, 2, 3):
        climb_due(at=NOW + hours * HOUR)
    actions.close_for_departure(admission=admission, by=ward_nurse, at=NOW + 4 * HOUR)
    reopen_alert(alert_id=alert.pk, by=ward_nurse, at=NOW + 5 * HOUR)
    again = Alert.objects.open().get()
    assert (again.step, again.next_step_at) == (3, None)
    assert list(Alert.objects.repeat_due(NOW + 5 * HOUR)) == [again]


def test_every_answer_moves_the_boards_version(admission, alert, ward_nurse):
    versions = [Standing.objects.filter(pk=admission.pk).values_list("version", flat=True).first()]
    for act in (
        lambda: actions.acknowledge(alert=alert, by=ward_nurse),
        lambda: actions.act(alert=alert, text="x", by=ward_nurse),
        lambda: actions.close(alert=alert, outcome="advice", by=ward_nurse),
    ):
        act()
        versions.append(Standing.objects.get(pk=admission.pk).version)
    assert len(set(versions)) == 4


def test_an_alert_goes_with_its_patient_to_the_next_ward(
    admission, alert, ward_lead, ward_nurse, other_nurse
):
    elsewhere = make_ward("RT5-elsewhere", name="Elsewhere")
    bed = make_beds(elsewhere, 1)[0]
    transfer(admission=admission, ward=elsewhere, bed=bed, agreed_with="S. Hill", by=ward_nurse)
    moved = Alert.objects.get(pk=alert.pk)
    assert list(Alert.objects.caring(other_nurse)) == [moved]
    assert not Alert.objects.caring(ward_nurse).exists()
    actions.acknowledge(alert=moved, by=other_nurse)
    with pytest.raises(PermissionDenied):
        actions.act(alert=Alert.objects.get(pk=alert.pk), text="x", by=ward_nurse)


def test_its_bells_go_where_the_patient_is(admission, alert, ward_nurse):
    deliveries.send_waiting(at=NOW)
    elsewhere = make_ward("RT5-elsewhere", name="Elsewhere")
    bed = make_beds(elsewhere, 1)[0]
    transfer(admission=admission, ward=elsewhere, bed=bed, agreed_with="S. Hill", by=ward_nurse)
    climb_due(at=NOW + 20 * MINUTE)
    deliveries.send_waiting(at=NOW + 20 * MINUTE)
    told = BellDelivery.objects.order_by("bell__rang_at").values_list("told", flat=True)
    assert list(told) == [f"ward board of {alert.ward}, step 0", "ward board of Elsewhere, step 1"]


def test_what_rang_since_it_was_shown_is_handed_on_by_nobody(
    admission, alert, ward_nurse, ward_doctor
):
    rung(admission, found("emergency", severity=9), at=NOW + MINUTE)
    with pytest.raises(AlertRefusedError, match="rang again"):
        actions.hand_on(alert=alert, to=ward_doctor, by=ward_nurse, shown_at=NOW)
    alert.refresh_from_db()
    assert alert.owner is None


# A carer's concern


def test_a_carers_concern_rings_urgent_in_the_carers_words(admission, ward_nurse):
    bell = raise_carer_concern(
        admission=admission, text=" He is not himself ", by=ward_nurse, at=NOW
    )
    assert bell is not None
    assert (bell.priority, bell.text) == ("urgent", "Carer worried: He is not himself")
    assert Alert.objects.get().owner is None


def test_a_concern_rings_beside_an_owned_alert(admission, alert, ward_nurse):
    actions.acknowledge(alert=alert, by=ward_nurse, at=NOW)
    raise_carer_concern(admission=admission, text="Worse", by=ward_nurse, at=NOW + MINUTE)
    alert.refresh_from_db()
    assert (alert.owner, alert.triggers.count()) == (None, 2)


def test_each_concern_rings_and_the_same_call_sent_twice_does_not(admission, ward_nurse):
    said = [("Not himself", 0), ("Not himself", 1), ("Not himself", 10), ("Fell", 11)]
    bells = [
        raise_carer_concern(admission=admission, text=text, by=ward_nurse, at=NOW + after * MINUTE)
        for text, after in said
    ]
    assert [bell is not None for bell in bells] == [True, False, True, True]
    assert Trigger.objects.get().text == "Carer worried: Fell"


def test_a_concern_outlives_the_readings_that_come_after(send, hub, admission, ward_nurse):
    raise_carer_concern(admission=admission, text="Grey", by=ward_nurse, at=NOW - MINUTE)
    send([reading(hub, "pulse", 70, NOW - 2 * MINUTE)])
    assert admission.findings.get(rule="concern").withdrawn_at is None
    assert Alert.objects.open().get().triggers.get().wrong_patient_at is None


def test_a_corrected_reading_takes_no_concern_back(send, hub, admission, ward_nurse):
    send([reading(hub, "pulse", 70, NOW - 2 * MINUTE)])
    raise_carer_concern(admission=admission, text="Grey", by=ward_nurse, at=NOW - MINUTE)
    stored = Reading.objects.get()
    key = Key(stored.device_id, stored.sender_id, stored.measured_at, admission.pk)
    strike_readings(admission=admission, keys=[key], reason="Wrong arm", by=ward_nurse, at=NOW)
    assert admission.findings.get(rule="concern").withdrawn_at is None


def test_a_concern_is_kept_whole_or_refused(admission, ward_nurse):
    words = "She is drowsy. " * 14 + "She sweats!!!!!"
    assert len(words) == MOST_LETTERS
    raise_carer_concern(admission=admission, text=words, by=ward_nurse, at=NOW)
    assert Trigger.objects.get().text == f"Carer worried: {words}"
    assert Bell.objects.get().text == f"Carer worried: {words}"
    with pytest.raises(ValidationError):
        raise_carer_concern(admission=admission, text=f"{words}!", by=ward_nurse, at=NOW + HOUR)


def test_an_empty_concern_is_refused(admission, ward_nurse):
    with pytest.raises(ValidationError):
        raise_carer_concern(admission=admission, text="  ", by=ward_nurse)


@pytest.mark.parametrize("who", ["other_nurse", "read_only", "referrer"])
def test_a_concern_is_written_down_by_those_who_treat(admission, who, request):
    with pytest.raises(PermissionDenied):
        raise_carer_concern(admission=admission, text="x", by=request.getfixturevalue(who))


# What the database refuses


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ({"owned_at": NOW}, "an_owner_has_its_time"),
        ({"closed_at": NOW}, "a_closed_alert_has_its_person_and_outcome"),
        ({"outcome": "advice"}, "a_closed_alert_has_its_person_and_outcome"),
    ],
)
def test_half_an_answer_cannot_be_stored(alert, change, constraint):
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Alert.objects.filter(pk=alert.pk).update(**change)


def test_an_acknowledgement_has_its_person(alert):
    with pytest.raises(IntegrityError, match="an_acknowledgement_has_its_person"):
        Trigger.objects.filter(alert=alert).update(acknowledged_at=NOW)


def test_a_patient_has_one_open_alert(alert):
    with pytest.raises(IntegrityError, match="one_open_alert_a_patient"):
        Alert.objects.create(
            ward=alert.ward,
            admission=alert.admission,
            priority="urgent",
            opened_at=NOW,
            rang_at=NOW,
        )


@pytest.mark.django_db(transaction=True)
def test_of_two_who_acknowledge_at_once_one_owns_and_the_other_is_told(
    admission, ward_nurse, ward_doctor
):
    alert = rung(admission)
    both = (ward_nurse, ward_doctor)
    answers = at_once(*(partial(actions.acknowledge, alert=alert, by=user) for user in both))
    told = [one for one in answers if isinstance(one, AlertRefusedError)]
    assert len(answers) == 2
    assert len(told) == 1
    assert "owns this alert" in told[0].message
    assert AlertEvent.objects.count() == 1
