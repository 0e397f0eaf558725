"""Charts: well-formed, without a style of their own, told in words, and with their table."""

import re
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.charts import (
    bars,
    control,
    flows,
    funnel,
    occupancy,
    pairs,
    plan,
    sparkline,
    staying,
    trend,
    vitals,
)
from lib.charts.spreading import spread
from lib.charts.svg import Scale, Table, round_step

NOW = datetime(2023, 12, 14, 7, 45, tzinfo=UTC)
DAY = timedelta(hours=24)
SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = '<script>"&'


def spark(*scores: tuple[float, int], **known) -> sparkline.Sparkline:
    return sparkline.Sparkline(
        NOW - DAY, NOW, [(NOW - timedelta(hours=ago), score) for ago, score in scores], **known
    )


def paper(*points: vitals.Point, **known) -> vitals.Vitals:
    panel = vitals.Panel(HOSTILE, "/min", 100, 40, 130, (50, 90), points=points)
    row = vitals.Row(HOSTILE, [(point.at, HOSTILE) for point in points], "A")
    return vitals.Vitals(NOW - 5 * DAY, NOW + DAY / 24, NOW, [panel, row], **known)


def counted(*days: tuple[int, int]) -> list[occupancy.Day]:
    first = date(2023, 12, 1)
    return [
        occupancy.Day(first + timedelta(days=number), beds, patients)
        for number, (beds, patients) in enumerate(days)
    ]


CHARTED = control.Control(
    HOSTILE,
    [
        control.Point("2 Mar", 9),
        control.Point("9 Mar", None),
        control.Point("16 Mar", 30, "high", HOSTILE),
        control.Point("23 Mar", 1, "low", "beyond a limit"),
        control.Point("30 Mar", 7.25, "changed", "six in a row"),
    ],
    [control.Part(0, 2, 9, -3, 21), control.Part(3, 4, 4, 1, 7, HOSTILE)],
)
POINT = vitals.Point(NOW - DAY, 88)
BAR = bars.Bar(HOSTILE, 15.6, own=True)
PLAN = plan.Plan(
    HOSTILE,
    [
        plan.Step(date(2026, 11, 26), 155, "15.6"),
        plan.Step(date(2027, 3, 1), 287, "29.0", HOSTILE),
        plan.Step(date(2027, 3, 2), 0, "0.0"),
    ],
    [plan.Band(date(2026, 11, 26), 397, 496, HOSTILE)],
    until=date(2027, 11, 26),
)
FUNNEL = funnel.Funnel(
    HOSTILE,
    [
        funnel.Point(HOSTILE, 161, 231.1, HOSTILE, named=True),
        funnel.Point("B", 900, 70, "within", hollow=True),
    ],
    [
        funnel.Limits(10, (40, 96), (30, 300)),
        funnel.Limits(500, (60, 76), (55, 80)),
        funnel.Limits(900, (62, 74), (58, 77)),
    ],
    middle=68,
    whole=HOSTILE,
    of="Beds",
)
ALL = {
    "spark": sparkline.sparkline(spark((20, 3), (1, 9), risk=3)),
    "spark, not known": sparkline.sparkline(spark((20, 3), known=False)),
    "spark, empty": sparkline.sparkline(spark()),
    "vitals": vitals.vitals(
        paper(
            POINT,
            vitals.Point(NOW - DAY / 2, 30, hollow=True, note=HOSTILE),
            vitals.Point(NOW - DAY / 3, 44, struck=True, note=HOSTILE),
            scores=[vitals.ScoreCell(NOW - DAY, "≥4", 3)],
        )
    ),
    "vitals, empty": vitals.vitals(paper()),
    "occupancy": occupancy.occupancy(
        occupancy.Occupancy(counted((24, 20), (0, 1), (24, 60)), counted((24, 20)))
    ),
    "occupancy, one day": occupancy.occupancy(occupancy.Occupancy(counted((24, 20)))),
    "occupancy, empty": occupancy.occupancy(occupancy.Occupancy([])),
    "per 100k": bars.per_100k(bars.Per100k([BAR], HOSTILE, HOSTILE)),
    "share": bars.share(150),
    "share, not known": bars.share(None, told=HOSTILE),
    "rate": bars.rate(51.1, top=55, average=23),
    "dot": bars.dot_strip(78.7, average=72.7, own=True),
    "dot, beyond": bars.dot_strip(231.1, average=72.7),
    "dot, not returned": bars.dot_strip(None, average=72.7),
    "bars": bars.bars(HOSTILE, [BAR]),
    "bars, empty": bars.bars(HOSTILE, []),
    "histogram": bars.histogram(HOSTILE, [BAR, BAR], split_after=1, split_label=HOSTILE),
    "histogram, empty": bars.histogram(HOSTILE, []),
    "flows": flows.flows([flows.Week(HOSTILE, 38, 58, 95), flows.Week("none", 0, 0, 0)]),
    "flows, empty": flows.flows([]),
    "trend": trend.trend(
        trend.Trend(
            HOSTILE,
            [
                trend.Month(date(2023, 12, 1), 23.0, HOSTILE),
                trend.Month(date(2024, 1, 1), None, HOSTILE),
                trend.Month(date(2024, 4, 1), 19.1, "all"),
            ],
            zone=(40, 50),
        )
    ),
    "funnel": funnel.funnel(FUNNEL),
    "funnel, one of no size": funnel.funnel(
        funnel.Funnel(HOSTILE, [funnel.Point("A", 0, 0, HOSTILE)], [], 50, HOSTILE, HOSTILE)
    ),
    "plan": plan.plan(PLAN),
    "plan, nothing": plan.plan(plan.Plan(HOSTILE, PLAN.steps[:1], [], PLAN.until)),
    "pairs": pairs.pairs(HOSTILE, [pairs.Pair(HOSTILE, 12, None), pairs.Pair("b", 0, 7)]),
    "pairs, empty": pairs.pairs(HOSTILE, []),
    "staying": staying.staying(
        HOSTILE,
        [
            staying.Staying(HOSTILE, [(2, 0.6), (9, 0.4), (44, 0.1)]),
            staying.Staying("after", []),
        ],
    ),
    "control": control.control(CHARTED),
    "control, empty": control.control(control.Control(HOSTILE, [], [])),
    "trend, empty": trend.trend(trend.Trend(HOSTILE, [])),
}


@pytest.mark.parametrize("picture", ALL.values(), ids=ALL)
def test_a_chart_is_an_image_with_a_title_and_no_style_of_its_own(picture):
    root = ElementTree.fromstring(picture)
    assert root.tag == f"{SVG}svg"
    assert root.get("role") == "img"
    assert root[0].tag == f"{SVG}title"
    assert root[0].text
    names = {name for element in root.iter() for name in element.attrib}
    assert not names & {"style", "id", "fill", "stroke", "onload"}
    assert not {element.tag for element in root.iter()} & {f"{SVG}style", f"{SVG}script"}


@pytest.mark.parametrize("picture", ALL.values(), ids=ALL)
def test_every_number_of_a_chart_is_finite_and_inside_a_sensible_box(picture):
    assert "nan" not in picture
    assert "inf" not in picture
    root = ElementTree.fromstring(picture)
    for element in root.iter():
        for name in ("x", "y", "width", "height", "cx", "cy", "r"):
            assert -60 <= float(element.get(name, 0)) <= 1000
        for number in re.findall(r"-?\d+\.?\d*", element.get("d", "")):
            assert -60 <= float(number) <= 1000


def classes(picture: str) -> list[str]:
    return [element.get("class", "") for element in ElementTree.fromstring(picture).iter()]


def test_every_class_of_a_chart_has_its_style():
    sheet = Path("static/src/_charts.scss").read_text()
    styled = set(re.findall(r"\.(chart[\w-]*)", sheet))
    used = {name for picture in ALL.values() for css in classes(picture) for name in css.split()}
    boxes = {"chart-share", "chart-rate", "chart-dot-strip", "chart-bars", "chart-histogram"}
    plain = boxes | {"chart-per-100k", "chart-flows", "chart-trend", "chart-point--own"}
    plain |= {"chart-pairs", "chart-staying"}
    assert used - styled <= plain


def test_an_unknown_tail_is_dotted_from_a_hollow_dot_and_has_no_colour():
    known, unknown = classes(ALL["spark"]), classes(ALL["spark, not known"])
    assert "chart-dot chart-risk-3" in known
    assert "chart-line--dotted" in unknown
    assert "chart-point--hollow" in unknown
    assert not any("risk" in css for css in unknown)


@pytest.mark.parametrize(("hours", "anchor"), [(0, "end"), (60, "start")])
def test_a_struck_value_at_the_right_edge_stands_clear_of_the_newest_value(hours, anchor):
    struck = vitals.Point(NOW - hours * DAY / 24, 37.3, struck=True)
    picture = vitals.vitals(paper(POINT, struck))
    [told] = [one for one in picture.split("<text")[1:] if "chart-text--struck" in one]
    assert ('text-anchor="end"' in told) == (anchor == "end")


def test_a_struck_reading_is_crossed_out_and_not_joined():
    struck = vitals.Point(NOW - DAY, 200, struck=True)
    picture = vitals.vitals(paper(POINT, struck, vitals.Point(NOW, 90)))
    assert classes(picture).count("chart-point") == 2
    assert "chart-point--struck" in classes(picture)
    (line,) = (e for e in ElementTree.fromstring(picture).iter() if e.get("class") == "chart-line")
    assert line.get("d", "").count("L") == 1


def test_a_reading_beyond_the_paper_stretches_it():
    def top_of(value: float) -> float:
        picture = ElementTree.fromstring(vitals.vitals(paper(vitals.Point(NOW, value))))
        return next(
            float(e.get("cy", 0)) for e in picture.iter() if e.get("class") == "chart-point"
        )

    assert top_of(180) > 24  # inside the panel, not on its edge
    assert top_of(180) < top_of(120)


def test_a_day_without_beds_breaks_the_line():
    picture = occupancy.occupancy(
        occupancy.Occupancy(counted((24, 20), (24, 20), (0, 0), (24, 20), (24, 20)))
    )
    assert classes(picture).count("chart-line") == 2


def test_occupancy_above_the_axis_is_shown_as_it_is():
    days = counted((24, 20), (161, 372))
    picture = occupancy.occupancy(occupancy.Occupancy(days))
    assert "231.1%" in picture
    assert ">200%<" in picture


def test_each_chart_has_its_rows():
    assert sparkline.rows(spark((1, 9))).rows == [("06:45", "9")]
    assert vitals.rows(paper(POINT)).rows[0] == ("Wed 07:45", HOSTILE, "88 /min", "")
    days = occupancy.Occupancy(counted((24, 20), (0, 1)), counted((24, 20)))
    assert occupancy.rows(days).rows == [
        ("2 Dec 2023", "0", "1", "0", "–", "counted", "", ""),
        ("1 Dec 2023", "24", "20", "0", "83.3%", "counted", "", "yes"),
    ]
    assert bars.per_100k_rows(bars.Per100k([BAR], "16+")).rows == [(HOSTILE, "15.6")]
    assert bars.bars_rows("Pathway", [bars.Bar("ARI", 24)]).rows == [("ARI", "24")]
    assert plan.rows(PLAN).rows[1] == ("1 Mar 2027", "287", "29.0", HOSTILE)
    assert flows.rows([flows.Week("7 Dec", 46, 64, 113)]).rows == [
        ("7 Dec", "46", "64", "113", "−3")
    ]


def test_a_tables_lines_hold_its_rows_escaped_each_named_by_its_first_cell():
    table = Table(("Where", "Beds", "Note"), [(HOSTILE, "2", HOSTILE), ("Sum", "1,234", "")])
    lines = ElementTree.fromstring(f"<tbody>{table.lines}</tbody>")
    assert [tuple(cell.text or "" for cell in line) for line in lines] == table.rows
    assert [cell.tag for cell in lines[0]] == ["th", "td", "td"]


def test_a_funnel_names_who_lies_outside_and_has_all_of_them_in_its_table():
    picture = ALL["funnel"]
    assert (
        classes(picture).count("chart-point")
        == classes(picture).count("chart-text--strong chart-halo")
        == 1
    )
    assert funnel.rows(FUNNEL).rows == [
        (HOSTILE, "161", "231.1%", HOSTILE),
        ("B", "900", "70.0%", "within"),
    ]


def test_a_limit_above_the_picture_is_not_drawn_along_its_edge():
    upper = ElementTree.fromstring(ALL["funnel"]).findall(
        f"{SVG}path[@class='chart-line--dotted']"
    )[1]
    assert len(re.findall("[ML]", upper.get("d", ""))) == 2


@given(
    places=st.lists(st.floats(0, 500), max_size=60).map(sorted),
    least=st.floats(5, 40),
)
def test_words_on_a_line_never_cover_each_other_and_the_newest_stay(places, least):
    moved = spread(places, least=least, left=0, right=500)
    kept = [place for place in moved if place is not None]
    assert all(b - a >= least - 1e-6 for a, b in pairwise(kept))
    assert all(-1e-6 <= place <= 500 + 1e-6 for place in kept)
    assert moved[len(moved) - len(kept) :] == kept
    if len(places) * least <= 500:
        assert len(kept) == len(places)


@given(value=st.floats(-1e6, 1e6))
def test_a_scale_never_leaves_its_box(value):
    assert 10 <= Scale(0, 100, 10, 90)(value) <= 90


def months(*values: tuple[int, float | None, str]) -> trend.Trend:
    return trend.Trend(
        "Beds per 100,000",
        [
            trend.Month(date(2023 + n // 12, n % 12 + 1, 1), value, base)
            for n, value, base in values
        ],
    )


def test_two_bases_are_never_joined_and_the_chart_says_so():
    picture = trend.trend(
        months((10, 22.0, "16+"), (11, 23.0, "16+"), (15, 19.1, "all ages"), (16, 19.3, "all ages"))
    )
    assert "base changed" in picture
    assert "The base changed: 16+, then all ages." in picture
    assert classes(picture).count("chart-line") == 2
    assert classes(picture).count("chart-point--hollow") == 2


def test_a_trend_says_its_years_its_nought_and_what_is_grey():
    data = months((10, 62.0, ""), (11, 63.0, ""), (12, 64.0, ""), (13, 60.0, ""))
    picture = trend.trend(trend.Trend("Occupancy", data.months, unit="%", zone=(80, 92)))
    words = [element.text for element in ElementTree.fromstring(picture).iter(f"{SVG}text")]
    assert words[-6:] == ["Nov", "2023", "Dec", "Jan", "2024", "Feb"]
    assert {"0", "grey: 80–92% good"} <= {*words}


@pytest.mark.parametrize(
    ("largest", "ticks"),
    [(1.05, ["0", "0.5", "1"]), (16, ["0", "5", "10", "15"]), (128, ["0", "50", "100"])],
)
def test_an_axis_has_round_figures(largest, ticks):
    data = control.Control("x", [control.Point("2 Mar", largest / 1.05)], [])
    words = [
        element.text for element in ElementTree.fromstring(control.control(data)).iter(f"{SVG}text")
    ]
    assert words == [*ticks, "2 Mar"]


@given(largest=st.floats(0.1, 1e6))
def test_round_figures_are_few(largest):
    step = round_step(largest, 4)
    assert largest <= 4 * step * 1.001
    assert step == 0.1 or 4 * step <= largest * 10.01


@pytest.mark.parametrize("beds", [0, 155, 400, 440, 450, 496, 700])
def test_the_names_beside_a_plan_never_cover_each_other(beds):
    first = date(2026, 11, 26)
    band = plan.Band(first, 397, 496, "40 to 50")
    picture = plan.plan(plan.Plan("x", [plan.Step(first, beds, "–")], [band], date(2027, 11, 26)))
    texts = ElementTree.fromstring(picture).findall(f"{SVG}text")
    found = {one.text: float(one.get("y", "")) for one in texts if float(one.get("x", "")) > 800}
    assert [*found] == [f"{beds} beds", "40 to 50", "per 100,000"]
    heights = sorted(found.values())
    assert all(below - above >= 12 for above, below in pairwise(heights))


@pytest.mark.parametrize(("down", "up"), [(0, 0), (0, 9), (1, 1), (1, 160), (160, 1), (59, 35)])
def test_the_figures_beside_a_week_never_cover_each_other(down, up):
    weeks = [flows.Week("7 Dec", up, down, 1200), flows.Week("14 Dec", 900, 900, 0)]
    texts = ElementTree.fromstring(flows.flows(weeks)).findall(f"{SVG}text")
    beside = [
        one for one in texts if 1 < float(one.get("x", "")) < 245 and not one.get("text-anchor")
    ]
    told = [str(number) for number in (down, up) if number]
    assert [one.text for one in beside[:-2]] == told
    heights = sorted(float(one.get("y", "")) for one in beside)
    assert all(below - above >= 11.9 for above, below in pairwise(heights))


def test_a_long_reason_ends_within_its_picture():
    points = [control.Point("x", 1)] * 9
    long = "A second team began " * 20
    parts = [control.Part(0, 4, 1, 0, 2), control.Part(5, 8, 1, 0, 2, long)]
    texts = ElementTree.fromstring(control.control(control.Control("x", points, parts))).findall(
        f"{SVG}text"
    )
    told = next(one for one in texts if (one.text or "").startswith("A second"))
    assert (told.text or "").endswith("…")
    assert float(told.get("x", "")) + 7 * len(told.text or "") <= control.WIDTH


def test_a_plan_says_where_its_picture_ends():
    assert ">2 Mar 2028<" in plan.plan(plan.Plan("x", PLAN.steps, PLAN.bands, date(2028, 3, 2)))


def test_months_not_held_are_bridged_by_dots_only():
    picture = trend.trend(months((10, 22.0, ""), (11, 23.0, ""), (12, None, ""), (13, 24.0, "")))
    assert classes(picture).count("chart-line") == 1
    assert classes(picture).count("chart-line--dotted") == 1
    assert "base changed" not in picture


def test_a_trend_has_its_rows_with_the_base_of_each_month():
    found = trend.rows(months((11, 23.0, "16+"), (12, None, "16+"), (15, 19.1, "all ages"))).rows
    assert found == [
        ("April 2024", "19.1", "all ages"),
        ("January 2024", "not held", "16+"),
        ("December 2023", "23.0", "16+"),
    ]


def test_a_point_beyond_a_limit_is_told_by_its_shape_and_in_words():
    shapes = [element.get("d", "") for element in ElementTree.fromstring(ALL["control"]).iter()]
    triangles = [path for path in shapes if path.endswith("z") and path.count("L") == 2]
    diamonds = [path for path in shapes if path.endswith("z") and path.count("L") == 3]
    assert (len(triangles), len(diamonds)) == (2, 1)
    assert "23 Mar 1, beyond a limit" in ALL["control"]
    calm = control.Control("calm", [control.Point("2 Mar", 9)], [])
    assert "No point is more than" in control.control(calm)
    assert "Nothing counted yet" in control.control(control.Control("calm", [], []))


def test_the_table_behind_a_control_chart_has_limits_of_each_part():
    rows = control.rows(CHARTED, "Nights").rows
    assert rows[0] == ("2 Mar", "9", "9.0", "0.0", "21.0", "")
    assert rows[1][:2] == ("9 Mar", "–")
    assert rows[4] == ("30 Mar", "7.2", "4.0", "1.0", "7.0", "six in a row")


def test_the_share_staying_holds_until_the_next_step():
    rows = staying.rows([staying.Staying("here", [(2, 0.6), (9, 0.4)])], longest=10).rows
    assert [rows[night][1] for night in (0, 1, 2, 8, 9, 10)] == ["100%"] * 2 + ["60%"] * 2 + [
        "40%"
    ] * 2


def test_what_may_not_be_shown_is_told_as_hidden():
    assert ">hidden</text>" in ALL["pairs"]
