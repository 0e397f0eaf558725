"""What each cell says: value, band, direction, age; a gap or an old value is never calm."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rounds.board.entries import Plan, Vital
from rounds.presenters.board_cells import Cell, cells, rest
from rounds.presenters.board_markup import cell_html
from tests.rounds.factories import HIGH, NORMAL
from tests.rounds.rows import HOUR, MINUTE, NOW, due_in, make_row


def _cell(row, name):
    return next(cell for cell in cells(row) if cell.kind == name)


# RCP 2017 chart 1; the direction is where the value lies beside the band that scores 0.
CASES = [
    ("breathing", {"respiratory_rate": 25}, ("25", 3, "above")),
    ("breathing", {"respiratory_rate": 8}, ("8", 3, "below")),
    ("breathing", {"respiratory_rate": 16}, ("16", 0, "")),
    ("spo2", {"spo2": 92}, ("92", 2, "below")),
    ("oxygen", {"oxygen": 2}, ("2", 2, "")),
    ("oxygen", {"oxygen": 0.5}, ("0.5", 2, "")),
    ("oxygen", {"oxygen": 0}, ("Air", 0, "")),
    ("pressure", {"systolic": 108, "diastolic": 61}, ("108/61", 1, "below")),
    ("pressure", {"systolic": 220, "diastolic": 120}, ("220/120", 3, "above")),
    ("pulse", {"pulse": 112}, ("112", 2, "above")),
    ("acvpu", {"consciousness": "C"}, ("C", 3, "")),
    ("temperature", {"temperature": 38.4}, ("38.4", 1, "above")),
    ("temperature", {"temperature": 35.0}, ("35.0", 3, "below")),
]


@pytest.mark.parametrize(("name", "values", "expected"), CASES)
def test_a_value_has_its_band_and_direction(name, values, expected):
    cell = _cell(make_row(NORMAL | values), name)
    assert (cell.value, cell.band, cell.direction) == expected


def test_scale_2_is_said_and_its_high_side_scores_on_oxygen():
    row = make_row(NORMAL | {"spo2": 95, "oxygen": 1}, mode="news2_scale2")
    cell = _cell(row, "spo2")
    assert (cell.mark, cell.band, cell.direction) == ("S2", 2, "above")


def test_a_missing_value_says_when_it_is_due_and_is_never_zero():
    values = {kind: value for kind, value in NORMAL.items() if kind != "respiratory_rate"}
    cell = _cell(make_row(values, dues={"respiratory_rate": due_in(15 * MINUTE)}), "breathing")
    assert (cell.state, cell.due) == ("missing", "08:00")
    html = cell_html(cell)
    assert "–" in html
    assert "due 08:00" in html


def test_what_is_not_asked_for_says_so():
    values = {k: v for k, v in NORMAL.items() if k not in {"systolic", "diastolic"}}
    cell = _cell(make_row(values, unplanned=("systolic",)), "pressure")
    assert "not in plan" in cell_html(cell)


def test_an_old_value_is_hatched_without_colour_or_arrow():
    overdue = {kind: due_in(-2 * HOUR) for kind in HIGH}
    row = make_row(HIGH, measured_at=NOW - 9 * HOUR, dues=overdue)
    for cell in cells(row):
        assert (cell.state, cell.band, cell.direction) == ("stale", 0, "")
        assert "vital--stale" in cell_html(cell)
    assert "9 h</time> old" in cell_html(_cell(row, "pulse"))


def test_a_value_too_old_to_join_the_newest_score_is_hatched():
    row = make_row({k: v for k, v in NORMAL.items() if k != "spo2"})
    row = make_row(
        {k: v for k, v in NORMAL.items() if k != "spo2"},
        vitals={**row.vitals, "spo2": Vital(97.0, None, NOW - 3 * HOUR)},
    )
    assert _cell(row, "spo2").state == "stale"


def test_a_diastolic_of_another_set_does_not_stand_behind_a_systolic():
    row = make_row()
    vitals = {**row.vitals, "diastolic": Vital(61.0, None, NOW - 5 * HOUR)}
    assert _cell(make_row(vitals=vitals), "pressure").value == "124"


def test_home_oxygen_of_the_plan_is_marked_so():
    row = make_row()
    vitals = {**row.vitals, "oxygen": Vital(2.0, None, NOW - 99 * HOUR, from_plan=True)}
    cell = _cell(make_row(vitals=vitals), "oxygen")
    assert (cell.state, cell.value) == ("ok", "2")
    assert "from plan" in cell_html(cell)


@pytest.mark.parametrize(
    ("low", "high", "priority", "band"),
    [(None, 120, "urgent", 2), (None, 120, "emergency", 3), (None, 124, "urgent", 0)],
)
def test_who_is_not_scored_is_coloured_by_the_limits_that_watch(low, high, priority, band):
    row = make_row(NORMAL | {"pulse": 124}, mode="limits_only")
    plan = {**row.plan, "pulse": Plan([], 4, low, high, priority)}
    assert (
        _cell(make_row(NORMAL | {"pulse": 124}, mode="limits_only", plan=plan), "pulse").band
        == band
    )


def test_what_a_cell_shows_is_escaped():
    cell = Cell("pulse", "<i>", "ok", value="<b>", unit="<u>", at=NOW, age="<s>", time='"')
    html = cell_html(cell)
    assert not any(tag in html for tag in ("<i>", "<b>", "<u>", "<s>", 'title="""'))


def test_the_phones_line_names_what_is_in_band():
    row = make_row(NORMAL | {"pulse": 112})
    assert rest(row, cells(row)).words == "Other 6 in band"
    row = make_row(HIGH | {"temperature": 38.4})
    assert rest(row, cells(row)).words == "Oxygen, ACVPU in band"


@given(
    pulse=st.integers(15, 300),
    spo2=st.integers(30, 100),
    minutes=st.integers(0, 3000),
    late=st.booleans(),
)
def test_no_shown_value_is_without_its_age(pulse, spo2, minutes, late):
    row = make_row(
        NORMAL | {"pulse": pulse, "spo2": spo2},
        measured_at=NOW - dt.timedelta(minutes=minutes),
        dues={"pulse": due_in(-2 * HOUR)} if late else None,
    )
    for cell in cells(row):
        assert cell.age
        assert f">{cell.age}</time>" in cell_html(cell)


@given(st.integers(15, 300))
def test_a_band_above_nothing_always_has_a_direction_where_there_is_one(pulse):
    cell = _cell(make_row(NORMAL | {"pulse": pulse}), "pulse")
    assert bool(cell.band) == bool(cell.direction)


@pytest.mark.parametrize(
    ("days", "told"), [(0, "due 08:00"), (-3, "due Mon"), (-9, "due 5 Dec"), (2, "due Sat")]
)
def test_when_a_missing_value_was_due_fits_its_column(days, told):
    due = due_in(15 * MINUTE + dt.timedelta(days=days))
    cell = _cell(make_row({}, dues={"pulse": due}), "pulse")
    assert told in cell_html(cell)
