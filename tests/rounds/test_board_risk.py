"""The order of the board, tried on every case: who stands above whom, and why."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rounds.board.risk import LEVELS, Facts, level, place, urgency

RESPONSES = ("high", "medium", "low_medium", "low", "incomplete")
PRIORITIES = ("", "prompt", "urgent", "emergency")

# clinical.md "Nobody moves down the board because readings stopped"; ui/notes.md, table of states.
LEVEL_CASES = [
    (Facts(response="high", score=9), "emergency"),
    (Facts(response="medium", score=5), "urgent"),
    (Facts(response="low_medium", score=3), "single"),
    (Facts(response="low", score=2), "low"),
    (Facts(response="incomplete", score=4), "incomplete"),
    (Facts(), "incomplete"),
    (Facts(response="low", stale=True), "stale"),
    (Facts(response="incomplete", stale=True), "stale"),
    (Facts(response="high", stale=True), "emergency"),
    (Facts(response="high", stale=True, reviewed=True), "stale"),
    (Facts(response="incomplete", before="medium"), "urgent"),
    (Facts(response="incomplete", before="medium", reviewed=True), "incomplete"),
    (Facts(response="low", complete=True, before="high", score=1), "low"),
    (Facts(response="low", alert="urgent", score=2), "urgent"),
    (Facts(response="low", alert="prompt", score=2), "single"),
    (Facts(scored=False), "unscored"),
    (Facts(scored=False, alert="emergency"), "unscored"),
    (Facts(scored=False, response="high"), "unscored"),
]


@pytest.mark.parametrize(("facts", "expected"), LEVEL_CASES)
def test_level_of(facts: Facts, expected: str):
    assert level(facts) == expected


def test_board_reads_from_who_needs_me_to_low():
    in_order = [
        Facts(response="high", score=9),
        Facts(scored=False, alert="urgent", unowned=True),
        Facts(response="medium", score=6, alert="urgent"),
        Facts(response="medium", score=5, alert="urgent"),
        Facts(response="low_medium", score=4),
        Facts(response="low_medium", score=3),
        Facts(response="incomplete", score=4, overdue=True),
        Facts(response="low", stale=True, overdue=True),
        Facts(response="incomplete", score=0),
        Facts(response="low", stale=True, reviewed=True),
        Facts(scored=False),
        Facts(response="low", score=4),
        Facts(response="low", score=0),
    ]
    shuffled = [*in_order[7:], *in_order[:7]]
    assert sorted(shuffled, key=place) == in_order


def test_among_equals_an_unowned_alert_stands_first():
    owned = Facts(response="high", score=12, alert="emergency")
    unowned = Facts(response="high", score=7, alert="emergency", unowned=True)
    assert sorted([owned, unowned], key=place) == [unowned, owned]


facts = st.builds(
    Facts,
    scored=st.booleans(),
    response=st.sampled_from(("", *RESPONSES)),
    complete=st.booleans(),
    stale=st.booleans(),
    reviewed=st.booleans(),
    before=st.sampled_from(("", *RESPONSES)),
    alert=st.sampled_from(PRIORITIES),
    unowned=st.booleans(),
    overdue=st.booleans(),
    score=st.none() | st.integers(0, 20),
)


@given(facts, st.booleans())
def test_nobody_sinks_because_readings_stopped(was: Facts, overdue: bool):
    """Readings stop, nobody has looked since: the score goes stale and things become overdue."""
    was = replace(was, reviewed=False, stale=False)
    stopped = replace(was, stale=True, overdue=overdue or was.overdue)
    assert place(stopped)[0] <= place(was)[0]


@given(facts, st.sampled_from(("high", "medium", "low_medium", "low")))
def test_nobody_sinks_because_a_later_set_has_gaps(was: Facts, response: str):
    was = replace(was, response=response, complete=True, reviewed=False, stale=False)
    gaps = replace(was, response="incomplete", complete=False, before=response, score=0)
    assert place(gaps)[0] <= place(was)[0]


@given(facts)
def test_only_a_person_lets_a_stale_patient_sink(known: Facts):
    unreviewed = replace(known, stale=True, reviewed=False)
    reviewed = replace(known, stale=True, reviewed=True)
    assert urgency(reviewed) <= urgency(unreviewed)


@given(facts, st.sampled_from(PRIORITIES))
def test_an_alert_never_moves_anybody_down(known: Facts, priority: str):
    quiet = replace(known, alert="")
    assert place(replace(known, alert=priority))[0] <= place(quiet)[0]


@given(facts)
def test_unknown_always_stands_above_low(known: Facts):
    low = Facts(response="low", score=20)
    if level(known) in {"incomplete", "stale", "unscored"}:
        assert place(known) < place(low)


@given(facts)
def test_every_case_has_a_level_with_a_letter(known: Facts):
    assert level(known) in LEVELS
