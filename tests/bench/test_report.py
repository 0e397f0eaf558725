"""A figure stands beside its limit, and what was not reached says so."""

import json

from bench import report
from bench.report import Figure, Line, Target

LINE = Line(
    "10 a POST",
    "readings/s",
    Figure(18_000.0, 17_500.0, 19_000.0),
    (Target("readings/s", 18_000.0, 20_000.0), Target("p99", 21.0, 25.0, at_least=False)),
    {"COPY": Figure(250_000.0, 240_000.0, 260_000.0)},
    {"CPU, µs a reading": {"worker": 31.5}},
)


def test_the_median_has_its_spread_and_its_limit_beside_it():
    told = report.told(LINE)
    assert "18,000 (17,500–19,000) readings/s" in told
    assert "beside COPY: 250,000 (240,000–260,000)" in told
    assert "worker 31.50" in told


def test_what_was_not_reached_is_said_in_the_table_and_what_was_is_not():
    missed, reached = report.table([LINE]).splitlines()[1:]
    assert missed.endswith("≥ 20,000  not reached")
    assert reached.endswith("≤ 25.00")


def test_a_run_is_kept_with_its_machine_and_its_verdicts(tmp_path, monkeypatch):
    monkeypatch.setattr(report, "RESULTS", tmp_path / "results")
    kept = report.keep([LINE], {"cores": 2}, 3)
    found = json.loads(kept.read_text())
    assert found["machine"] == {"cores": 2}
    assert found["lines"][0]["reached"] == {"readings/s": False, "p99": True}
    assert "not reached" in kept.with_suffix(".txt").read_text()


def test_a_figure_is_the_median_and_not_the_mean():
    assert report.figure([1.0, 2.0, 90.0]) == Figure(2.0, 1.0, 90.0)
