"""What the load sends is what the table says that it sends."""

import datetime as dt
import json
from collections import Counter

import pytest

from bench.load import uploads
from bench.load.uploads import Made, Plan

FIRST = dt.datetime(2026, 3, 2, 9, tzinfo=dt.UTC)
LAST = FIRST + dt.timedelta(minutes=2)
GATEWAYS = [("key-a", [f"A{n}" for n in range(30)]), ("key-b", [f"B{n}" for n in range(30)])]


def plan(a_post: int, **more: object) -> Plan:
    facts: dict[str, object] = {"readings": 6_000, "first": FIRST, "last": LAST, "seed": 1}
    return Plan(GATEWAYS, a_post=a_post, **(facts | more))  # type: ignore[arg-type] # by field name


def bodies(made: Made) -> list[list[dict[str, object]]]:
    return [json.loads(one.partition(b"\r\n\r\n")[2])["readings"] for one in made.requests]


@pytest.mark.parametrize("a_post", [1, 10, 100])
def test_an_upload_has_so_many_readings_and_two_in_a_hundred_are_sent_twice(a_post):
    made = uploads.make(plan(a_post), "127.0.0.1")
    assert {len(body) for body in bodies(made)} == {a_post}
    assert made.fresh + made.again == 6_000
    ids = Counter(reading["id"] for body in bodies(made) for reading in body)
    assert len(ids) == made.fresh
    assert 0.005 < made.again / 6_000 < 0.05


def test_ten_readings_are_two_patients_of_one_gateway_with_five_vitals_at_one_instant():
    for body in bodies(uploads.make(plan(10), "127.0.0.1")):
        for one in (body[:5], body[5:]):
            assert len({reading["kind"] for reading in one}) == 5
            assert len({(reading["device"], reading["measured_at"]) for reading in one}) == 1
        assert len({str(reading["device"])[0] for reading in body}) == 1
        assert body[0]["device"] != body[5]["device"]


def test_one_in_a_hundred_was_measured_before_all_others_and_the_rest_go_forward():
    made = uploads.make(plan(10, twice=0), "127.0.0.1")
    moments = [
        dt.datetime.fromisoformat(str(body[n]["measured_at"]))
        for body in bodies(made)
        for n in (0, 5)
    ]
    late = [at for at in moments if at < FIRST]
    assert all(at <= FIRST - dt.timedelta(minutes=20) for at in late)
    assert 0.003 < len(late) / len(moments) < 0.03
    assert max(moments) < LAST + dt.timedelta(seconds=5)


def test_all_patients_are_measured_before_one_is_measured_again():
    made = uploads.make(plan(10, readings=600, twice=0), "127.0.0.1")
    measured = Counter(body[n]["device"] for body in bodies(made) for n in (0, 5))
    assert len(measured) == 60
    assert set(measured.values()) == {2}
