"""A patient's readings on the NEWS2 chart."""

from datetime import UTC, datetime, timedelta

import pytest

from lib.charts.vitals import Panel, Row, Vitals, vitals
from observations import news2
from observations.charting import Charted, vitals_chart

NOW = datetime(2023, 12, 14, 7, 45, tzinfo=UTC)
HOUR = timedelta(hours=1)
SET = {
    "respiratory_rate": 25.0,
    "spo2": 92.0,
    "systolic": 108.0,
    "pulse": 112.0,
    "temperature": 38.4,
}


def chart(*readings: Charted, scored: bool = True, scale: int = 1) -> Vitals:
    score = news2.score(**SET, oxygen=None, consciousness="A", spo2_scale=scale)
    return vitals_chart(
        readings,
        [(NOW - HOUR, score)] if scored else [],
        start=NOW - 24 * HOUR,
        end=NOW,
        now=NOW,
        spo2_scale=scale,
    )


def panel(data: Vitals, label: str) -> Panel:
    return next(t for t in data.tracks if isinstance(t, Panel) and t.label.startswith(label))


def row(data: Vitals, label: str) -> Row:
    return next(t for t in data.tracks if isinstance(t, Row) and t.label.startswith(label))


def test_readings_go_to_their_panels_in_order_of_time_whatever_order_they_came_in():
    late, early = Charted("pulse", NOW - HOUR, 112), Charted("pulse", NOW - 5 * HOUR, 90)
    data = chart(late, Charted("weight", NOW - HOUR, 70), early, Charted("pulse", NOW + HOUR, 80))
    assert [point.value for point in panel(data, "Pulse").points] == [90, 112]
    assert panel(data, "Pulse").part == 2


def test_an_incomplete_score_is_told_as_at_least():
    (score,) = chart().scores
    assert (score.told, score.risk) == ("≥9", 3)


def test_bands_are_drawn_only_where_a_score_is():
    assert [band.points for band in panel(chart(), "Pulse").bands] == [3, 1, 0, 1, 2, 3]
    assert panel(chart(scored=False), "Pulse").bands == []


@pytest.mark.parametrize(("litres", "points"), [(0.0, [3, 2, 1, 0]), (2.0, [3, 2, 1, 0, 1, 2, 3])])
def test_scale_2_has_the_bands_of_air_or_of_oxygen(litres, points):
    data = chart(Charted("oxygen", NOW - HOUR, litres, None if litres else "air"), scale=2)
    assert [band.points for band in panel(data, "SpO2, scale 2").bands] == points


def test_words_stand_in_rows_and_struck_ones_do_not():
    data = chart(
        Charted("oxygen", NOW - 3 * HOUR, 0.0, "air"),
        Charted("oxygen", NOW - 2 * HOUR, 2.0),
        Charted("consciousness", NOW - 2 * HOUR, 1.0, "C", struck=True),
        Charted("consciousness", NOW - HOUR, 0.0, "A"),
        Charted("diastolic", NOW - HOUR, 61),
    )
    assert [words for _, words in row(data, "Air").cells] == ["Air", "2 L"]
    assert (row(data, "ACVPU").latest, row(data, "Diastolic").latest) == ("A +0", "61")
    assert "<svg" in vitals(data)
