"""The words of a row: the risk, how it moved, what is owed, who owns, who reviewed."""

import datetime as dt
from uuid import uuid4

import pytest
from django.utils.html import strip_tags

from observations import silence
from observations.worn import Piece
from rounds.board.entries import AlertNow, LeaveNow, PastScore, PauseNow, ReviewNow, TaskNow
from rounds.presenters import board_words as words
from tests.rounds.factories import HIGH, MEDIUM, NORMAL, SINGLE
from tests.rounds.rows import HOUR, MINUTE, NOW, due_in, make_row

OVERDUE = {kind: due_in(-2 * HOUR) for kind in NORMAL}
GAPS = {k: v for k, v in NORMAL.items() if k not in {"respiratory_rate", "consciousness"}}


def _stale(values, **more):
    return make_row(values, measured_at=NOW - 9 * HOUR, dues=OVERDUE, **more)


def _alert(priority="urgent", owner="", title="Weight +1.9 kg in 48 h", more=0):
    at = NOW - 14 * MINUTE
    return AlertNow(uuid4(), priority, title, more, owner, at, at)


RISKS = [
    (make_row(HIGH), ("E", "8", "Emergency")),
    (make_row(MEDIUM), ("U", "5", "Urgent")),
    (make_row(SINGLE), ("3", "3", "Single 3")),
    (make_row(NORMAL), ("L", "0", "Low")),
    (make_row(GAPS), ("?", "≥0", "Incomplete")),
    (make_row({"spo2": 84}), ("3", "≥3", "Single 3")),
    (make_row({}), ("?", "–", "Incomplete")),
    (_stale(NORMAL), ("S", "–", "Stale")),
    (_stale(HIGH), ("E", "–", "Was 8, old")),
    (make_row(NORMAL, alert=_alert()), ("U", "0", "Urgent")),
    (make_row(NORMAL, alert=_alert("prompt")), ("3", "0", "Prompt")),
    (make_row(NORMAL, mode="limits_only"), ("N", "–", "Not scored")),
    (make_row(HIGH, mode="limits_only", alert=_alert("emergency")), ("N", "–", "Not scored")),
    (make_row(NORMAL, mode="comfort"), ("N", "–", "Not scored")),
]


@pytest.mark.parametrize(("row", "expected"), RISKS)
def test_risk_has_a_letter_a_score_and_a_word(row, expected):
    assert words.risk(row) == expected


def test_who_stands_in_a_row():
    row = make_row()
    assert words.age_and_sex(row) == "79 F"
    assert words.line(row) == ["999 000 0107", "ARI", "day 6 of 10"]


@pytest.mark.parametrize(
    ("total_before", "arrow"), [(0, "↑ was 0"), (8, "= was 8"), (9, "↓ was 9")]
)
def test_trend_compares_with_the_score_before(total_before, arrow):
    now = make_row(HIGH).standing
    assert now
    now = now._replace(previous_total=total_before, previous_at=NOW - 95 * MINUTE)
    assert words.trend(make_row(HIGH, standing=now)) == f"{arrow} at 06:10"


def test_trend_of_a_gap_or_a_stale_score_is_the_last_full_one():
    past = (PastScore(NOW - 10 * HOUR, 3, 3), PastScore(NOW - HOUR, None, 1))
    assert words.trend(make_row(GAPS, scores=past)) == "last: 3 at 21:45"
    assert words.trend(_stale(NORMAL)) == "no full set in 24 h"


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (
            make_row(mode="limits_only", born=dt.date(2017, 1, 1)),
            "Under 16: no NEWS2, limits watch",
        ),
        (make_row(mode="limits_only"), "Limits watch: the team’s choice"),
        (make_row(mode="comfort"), "Comfort: symptoms and carer’s concern"),
    ],
)
def test_who_is_not_scored_is_told_why_and_what_watches(row, expected):
    assert words.trend(row) == expected


OXIMETER = Piece(("spo2", "pulse"))
HUB = Piece(("respiratory_rate", "systolic", "temperature", "consciousness"))
KIT = (OXIMETER, HUB)
FLAT = (OXIMETER._replace(known=silence.Device(battery=4)), HUB)
MUTE = (OXIMETER._replace(known=silence.Device(tells=True, mute=True)), HUB)
CUT_OFF = tuple(
    piece._replace(known=silence.Device(gateway_down=True), gateway_down_since=NOW - HOUR)
    for piece in KIT
)
SPO2_OVERDUE = {"spo2": due_in(-5 * HOUR), "systolic": due_in(HOUR)}
READINGS = [
    (make_row(dues={"pulse": due_in(48 * MINUTE)}), ("Next 08:33", "4-hourly", False)),
    (make_row(dues={"pulse": due_in(-5 * MINUTE)}), ("Due now", "4-hourly, 07:40", False)),
    (make_row(dues={"pulse": due_in(-35 * MINUTE)}), ("Late 35 min", "4-hourly, 07:10", True)),
    (make_row(GAPS), ("2 missing", "due 11:45", True)),
    (_stale(NORMAL), ("Silent 9 h", "no kit", True)),
    (_stale(NORMAL, kit=KIT), ("Silent 9 h", "oximeter, 2 devices", True)),
    (
        make_row(
            dues={"spo2": due_in(-3 * HOUR), "systolic": due_in(HOUR)},
            kit=KIT,
        ),
        ("Silent 12 min", "oximeter only", True),
    ),
    (make_row(dues=SPO2_OVERDUE, kit=FLAT), ("Device dead", "oximeter flat", True)),
    (make_row(dues=SPO2_OVERDUE, kit=MUTE), ("Device dead", "oximeter, 12 min", True)),
    (_stale(NORMAL, kit=CUT_OFF), ("Gateway down", "silent 9 h", True)),
    # What still works is silent for another reason, and that is told first.
    (_stale(NORMAL, kit=FLAT), ("Silent 9 h", "hub only", True)),
    (make_row(dues={"pulse": due_in(HOUR)}, kit=CUT_OFF), ("Next 08:45", "gateway down", True)),
    (make_row(dues={"pulse": due_in(-HOUR)}, kit=CUT_OFF), ("Late 60 min", "gateway down", True)),
    (
        _stale(NORMAL, pause=PauseNow("asleep", NOW + 2 * HOUR)),
        ("Paused", "asleep, until 09:45", True),
    ),
    (
        _stale(NORMAL, leave=LeaveNow("hospital", "CT", "Dr Shah", NOW + HOUR, NOW - HOUR)),
        ("On leave", "back 08:45", False),
    ),
    (
        _stale(NORMAL, leave=LeaveNow("hospital", "CT", "Dr Shah", NOW - HOUR, NOW - 2 * HOUR)),
        ("Not back", "was due 06:45", True),
    ),
    (
        _stale(NORMAL, leave=LeaveNow("hospital", "CT", "Dr Shah", NOW + HOUR, NOW - 26 * HOUR)),
        ("Return or discharge", "on leave 26 h", True),
    ),
    (_stale(NORMAL, mode="comfort"), ("As needed", "", False)),
    (make_row(dues={}), ("None planned", "", False)),
    (make_row({}, dues={}), ("First set awaited", "", False)),
]


@pytest.mark.parametrize(("row", "expected"), READINGS)
def test_readings_say_what_is_owed(row, expected):
    assert _told(words.readings(row)) == expected


def test_what_is_late_goes_on_ticking():
    late = words.readings(make_row(dues={"pulse": due_in(-35 * MINUTE)}))
    assert 'data-age datetime="2023-12-14T07:10:00+00:00"' in late.first


def _told(line):
    return strip_tags(line.first), strip_tags(line.second), line.strong


def test_a_day_without_a_review_is_told_in_hours():
    row = make_row(review=ReviewNow(NOW - 24 * HOUR - 25 * MINUTE, "A. Ilić", "senior"))
    assert _told(words.review(row)) == ("24 h ago", "07:20 Wed Ilić", True)
    row = make_row(review=ReviewNow(NOW - 265 * MINUTE, "E. Lindqvist", "senior"))
    assert words.review(row) == ("03:20 today", "E. Lindqvist", False)
    assert words.review(make_row()) == ("Not yet", "admitted Sat", True)


def test_tasks_are_due_or_overdue():
    soon = make_row(task=TaskNow(uuid4(), "Phone patient", NOW + 10 * MINUTE))
    late = make_row(task=TaskNow(uuid4(), "Home visit", NOW - HOUR))
    assert words.task(soon) == ("Phone patient", "due 07:55", False)
    assert words.task(late) == ("Home visit", "overdue, 06:45", True)


def test_an_alert_says_that_it_has_more_triggers():
    assert words.alert_title(make_row(alert=_alert(more=2))) == "Weight +1.9 kg in 48 h +2 more"


def test_marks_say_what_must_not_be_missed():
    row = make_row(mode="news2_scale2", no_bed="over_capacity")
    assert words.marks(row) == ["Scale 2", "Over capacity"]


def test_a_long_alert_is_cut_between_words_so_that_its_row_stays_low():
    told = "Carer worried: Breathing looks harder than this morning; he will not drink."
    row = make_row(alert=_alert(title=told, more=1))
    assert words.alert_title(row) == "Carer worried: Breathing looks… +1 more"


def test_last_nights_score_needs_no_weekday():
    at = NOW.replace(hour=0, minute=20)
    assert words.lately(at - 2 * HOUR, at) == "22:20"
    assert words.lately(at - 30 * HOUR, at) == "Tue 18:20"


@pytest.mark.parametrize(("days", "told"), [(0, "today"), (1, "yesterday"), (2, "2 days ago")])
def test_a_nurses_review_says_when_a_senior_last_reviewed(days, told):
    last = ReviewNow(NOW - HOUR, "K. Mensah", "nurse", NOW - 2 * HOUR - days * 24 * HOUR)
    assert words.review(make_row(review=last)) == (
        "06:45 today, K. Mensah",
        f"senior review: {told}",
        False,
    )


def test_a_day_without_a_review_hides_no_seniors_review():
    last = ReviewNow(NOW - 26 * HOUR, "K. Mensah", "nurse", NOW - 50 * HOUR)
    assert _told(words.review(make_row(review=last))) == (
        "26 h ago",
        "Mensah; senior review: 2 days ago",
        True,
    )


def test_a_seniors_own_review_is_told_once():
    last = ReviewNow(NOW - HOUR, "P. Nair", "senior", NOW - HOUR)
    assert words.review(make_row(review=last)).second == "P. Nair"
