"""Consolidated, never swallowed: when an open alert rings again."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from observations import bells
from observations.bells import OpenAlert, Ring, Trigger, should_ring
from observations.rules import Finding
from observations.rulesets import PRIORITIES, rank

RUNG = datetime(2023, 12, 14, 7, 33, tzinfo=UTC)
SPO2 = frozenset({"spo2"})


def finding(priority="urgent", *, key="news2", parameters=SPO2, severity=5) -> Finding:
    return Finding(key, priority, frozenset(parameters), "", (), RUNG, severity)


def trigger(priority="urgent", **known) -> Trigger:
    return Trigger(
        **{"priority": priority, "parameters": SPO2, "rung_at": RUNG, "severity": 5} | known
    )


def minutes(number: float) -> timedelta:
    return timedelta(minutes=number)


OPEN = OpenAlert({"news2": trigger()})
ACKNOWLEDGED = OpenAlert({"news2": trigger(acknowledged_at=RUNG + minutes(5))})

# Urgent for another reason: what was told of SpO2 was prompt.
WORRIED = OpenAlert(
    {
        "concern": trigger(parameters=frozenset({"concern"}), severity=0),
        "limit:spo2:below": trigger("prompt", severity=0),
    }
)

# finding, open alert, minutes since it rang, reason, source
CASES = [
    (finding(), OpenAlert(), 0, "new", "closing re-arms at once"),
    (finding(), OPEN, 1, None, "one alert a patient"),
    (finding("emergency"), OPEN, 1, "priority_rose", "its priority rises"),
    (finding("prompt"), OPEN, 1, None, "acknowledging covers what was shown"),
    (finding("emergency"), ACKNOWLEDGED, 6, "priority_rose", "never something worse"),
    (finding(parameters={"spo2", "pulse"}), ACKNOWLEDGED, 6, "new_parameter", "a new parameter"),
    (finding(severity=6), ACKNOWLEDGED, 6, None, "acknowledging covers what was shown"),
    (finding(severity=7), ACKNOWLEDGED, 6, "worse", "never something worse"),
    (finding(), OPEN, 59, None, "urgent: 60 min"),
    (finding(), OPEN, 60, "unattended", "urgent: 60 min"),
    (finding(), ACKNOWLEDGED, 64, None, "an acknowledgement is an action"),
    (finding(), ACKNOWLEDGED, 65, "unattended", "the same trigger goes on without an action"),
    (finding(key="limit:spo2:below"), OPEN, 1, None, "the parameter was shown"),
    (finding(key="limit:spo2:below"), OPEN, 60, "unattended", "never swallowed"),
    (finding(), WORRIED, 1, "priority_rose", "covers what was shown, never something worse"),
    (finding("prompt"), WORRIED, 1, None, "this much was shown"),
    (finding(key="limit:pulse:above", parameters={"pulse"}), OPEN, 1, "new_parameter", "clinical"),
]


@pytest.mark.parametrize(("found", "alert", "after", "reason", "source"), CASES)
def test_an_open_alert_rings_again_only_for_a_reason(found, alert, after, reason, source):
    ring = should_ring(found, alert, RUNG + minutes(after))
    assert (ring and ring.reason) == reason, source


@pytest.mark.parametrize(("priority", "wait"), [("emergency", 15), ("urgent", 60), ("prompt", 60)])
@pytest.mark.parametrize("last", ["rung_at", "acknowledged_at", "acted_at"])
def test_the_same_trigger_rings_again_when_nobody_acted_for_its_time(priority, wait, last):
    done = trigger(priority, **{last: RUNG + minutes(3)})
    alert = OpenAlert({"news2": done})
    due = RUNG + minutes(3 + wait)
    assert bells.repeat_at(done) == due
    assert should_ring(finding(priority), alert, due - minutes(1)) is None
    assert should_ring(finding(priority), alert, due) == Ring("unattended", priority)


def test_an_alert_keeps_the_priority_of_its_worst_trigger():
    alert = OpenAlert({"news2": trigger("emergency")})
    ring = should_ring(
        finding("prompt", key="limit:pulse:above", parameters={"pulse"}), alert, RUNG
    )
    assert ring == Ring("new_parameter", "emergency")


priorities = st.sampled_from(PRIORITIES)
parameters = st.frozensets(st.sampled_from(["spo2", "pulse", "weight"]), min_size=1)


@given(
    priority=priorities,
    shown=priorities,
    crossed=parameters,
    covered=parameters,
    key=st.sampled_from(["news2", "limit:spo2:below"]),
)
def test_nothing_that_goes_on_is_silent_for_more_than_an_hour(
    priority, shown, crossed, covered, key
):
    alert = OpenAlert({"news2": trigger(shown, parameters=covered)})
    found = finding(priority, key=key, parameters=crossed)
    ring = should_ring(found, alert, RUNG + minutes(60))
    assert ring is not None
    assert rank(ring.priority) >= rank(priority)


@pytest.mark.parametrize(("minutes_after", "late"), [(15, False), (16, True)])
def test_late_is_a_label_after_fifteen_minutes(minutes_after, late):
    assert bells.is_late(RUNG, RUNG + minutes(minutes_after)) is late


@pytest.mark.parametrize(
    ("newest_after", "stale_after", "rings"),
    [(0, 120, True), (0, None, True), (1, 120, False), (0, 90, False)],
)
def test_what_arrives_late_rings_while_it_is_about_now(newest_after, stale_after, rings):
    assert (
        bells.is_about_now(
            finding(),
            newest_at=RUNG + minutes(newest_after),
            stale_at=None if stale_after is None else RUNG + minutes(stale_after),
            now=RUNG + minutes(90),
        )
        is rings
    )
