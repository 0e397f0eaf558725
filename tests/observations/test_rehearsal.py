"""A ruleset tried on past readings: how often it would have called, writing nothing."""

import datetime as dt
from dataclasses import replace

import pytest

from observations.judgement import rehearsal
from observations.judgement.plans import pathway_rules
from observations.judgement.rehearsal import Rehearsed, rehearse
from observations.models import Alert, Finding
from observations.rulesets import Change, Limit, Rise
from patients.actions.limits import set_limit
from tests.observations.conftest import ADMITTED, NOW
from tests.observations.factories import make_set, reading

HOUR = dt.timedelta(hours=1)
WEEK = dt.timedelta(days=7)


@pytest.fixture
def rules(admission):
    return pathway_rules(admission.pathway_version_id)


def limited(rules, limit):
    kept = tuple(one for one in rules.limits if one.kind != limit.kind)
    return replace(rules, limits=(*kept, limit))


def tried(admission, *rulesets, until=NOW + HOUR):
    return rehearse(
        ward=admission.ward_id,
        pathway="frailty",
        rulesets=rulesets,
        since=until - WEEK,
        until=until,
    )


def test_a_tighter_limit_would_have_called_and_nothing_is_written(send, hub, admission, rules):
    for hours in (40, 20, 19, 0):
        send(make_set(hub, NOW - hours * HOUR, pulse=80), at=NOW - hours * HOUR)
    tighter = limited(rules, Limit("pulse", "prompt", low=41, high=75))
    assert tried(admission, rules, tighter) == [Rehearsed(0, 0, 1), Rehearsed(3, 1, 1)]
    assert not Alert.objects.exists()
    assert not Finding.objects.exists()


def test_what_rang_is_found_again_by_the_rules_in_force(send, hub, admission, rules):
    send(make_set(hub, NOW, spo2=84))
    assert Alert.objects.count() == 1
    assert tried(admission, rules) == [Rehearsed(1, 1, 1)]


def test_what_was_agreed_for_the_patient_counts(send, hub, admission, rules, ward_doctor):
    set_limit(
        admission=admission,
        kind="pulse",
        low=41,
        high=150,
        reason="Fast atrial fibrillation",
        by=ward_doctor,
        at=ADMITTED + HOUR,
    )
    send(make_set(hub, NOW, pulse=90))
    tighter = limited(rules, Limit("pulse", "prompt", low=41, high=75))
    assert tried(admission, tighter) == [Rehearsed(0, 0, 1)]


def test_changes_and_rises_look_back(send, hub, admission, rules):
    send([reading(hub, "weight", 70, NOW - 30 * HOUR)], at=NOW - 30 * HOUR)
    send(make_set(hub, NOW - 20 * HOUR), at=NOW - 20 * HOUR)
    send([*make_set(hub, NOW, pulse=115), reading(hub, "weight", 73, NOW)])
    gain = replace(rules, changes=(Change("weight", 2, 48, "prompt"),))
    rise = replace(rules, rise=Rise(by=2, within_hours=24))
    assert [one.alerts for one in tried(admission, rules, gain, rise)] == [0, 1, 1]


def test_only_this_wards_patients_on_this_pathway_of_that_week(send, hub, admission, rules):
    send(make_set(hub, NOW, spo2=84))
    later = NOW + 8 * 24 * HOUR
    assert tried(admission, rules, until=later) == [Rehearsed(0, 0, 1)]
    assert tried(admission, rules, until=ADMITTED) == [Rehearsed(0, 0, 0)]
    other = rehearse(
        ward=admission.ward_id, pathway="copd", rulesets=[rules], since=NOW - WEEK, until=NOW
    )
    assert other == [Rehearsed(0, 0, 0)]


def test_a_ward_with_more_readings_than_a_page_may_wait_for_is_not_tried(
    send, hub, admission, rules, monkeypatch
):
    monkeypatch.setattr(rehearsal, "MOST_POINTS", 3)
    send(make_set(hub, NOW))
    assert tried(admission, rules) is None
