"""What the demo draws from a seed: people, stories and sets, without a database."""

import datetime as dt
from collections import Counter
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patients import nhs_numbers
from patients.models import Admission
from rounds.demo import beats, cases, clock, parallel, people, sets, telling, world
from rounds.demo.kit import Gate, Kit, Worn
from rounds.demo.load import Loaded
from rounds.demo.places import Places
from rounds.demo.staff import Staff
from rounds.demo.vitals import Usual, measure, readings, severity

NOW = dt.datetime(2026, 11, 20, 7, 45, tzinfo=dt.UTC)
FULL = world.SIZES["full"]


@pytest.fixture(scope="module")
def everybody():
    return cases.draw(FULL, seed=1, now=NOW)


def test_the_same_seed_draws_the_same_people_and_sets():
    one, other = (cases.draw(FULL, seed=7, now=NOW) for _ in range(2))
    assert [case.person for case in one] == [case.person for case in other]
    since = NOW - dt.timedelta(days=14)
    for mine, theirs in zip(one[:40], other[:40], strict=True):
        assert sets.of(mine, seed=7, since=since, now=NOW) == sets.of(
            theirs, seed=7, since=since, now=NOW
        )


def test_another_seed_draws_other_people():
    drawn = cases.draw(FULL, seed=1, now=NOW), cases.draw(FULL, seed=2, now=NOW)
    names = [{case.person.family_name + case.person.given_name for case in one} for one in drawn]
    assert len(names[0] & names[1]) < len(names[0]) * 0.8


def test_about_450_people_lie_in_as_many_wards_as_the_picture_shows(everybody):
    assert 430 <= len(everybody) <= 470
    here = [case for case in everybody if case.ward.icb == "QK1"]
    assert len({case.ward.code for case in here}) == 9
    assert len(here) == 122


def test_leicestershire_has_155_beds_open_of_287_planned():
    wards = [ward for ward in world.wards(FULL) if ward.icb == "QK1"]
    assert sum(ward.beds for ward in wards) == 155
    assert sum(ward.beds + ward.planned + ward.closed for ward in wards) == 287


def test_every_nhs_number_is_valid_never_issued_and_of_one_person(everybody):
    numbers = [case.person.nhs_number for case in everybody]
    assert all(nhs_numbers.is_number(number) for number in numbers)
    assert all(number.startswith("999") for number in numbers)
    assert len(set(numbers)) == len(numbers)


def test_every_family_name_says_that_it_is_a_tests(everybody):
    marks = ("Test", "Demo", "Sample", "Tester")
    assert all(any(mark in case.person.family_name for mark in marks) for case in everybody)


def test_nobody_lies_in_anothers_bed(everybody):
    beds = Counter((case.ward.code, case.bed) for case in everybody if case.bed)
    assert beds.most_common(1)[0][1] == 1


def test_each_special_story_is_told(everybody):
    assert any(case.scale == 2 and case.usual.oxygen for case in everybody)
    assert any(case.pathway == "paediatric" for case in everybody)
    assert any(case.comfort for case in everybody)
    assert any(case.bed is None for case in everybody)
    assert any(case.on_leave for case in everybody)
    assert any(case.home for case in everybody)
    told = Counter(case.story for case in everybody)
    assert set(told) == {"stable", "improving", "silent", "deteriorating"}
    assert told["stable"] > len(everybody) * 0.7


def test_nobody_is_measured_before_coming_nor_after_now(everybody):
    since = NOW - dt.timedelta(days=14)
    for case in everybody:
        for one in sets.of(case, seed=1, since=since, now=NOW):
            assert max(since, case.admitted_at) <= one.measured_at < one.received_at <= NOW


def test_a_silent_patient_has_sent_nothing_for_most_of_a_day(everybody):
    since = NOW - dt.timedelta(days=14)
    for case in everybody:
        if case.story == "silent" and not case.told:
            last = [one.measured_at for one in sets.of(case, seed=1, since=since, now=NOW)][-1:]
            assert all(NOW - at > dt.timedelta(hours=15) for at in last)


def test_a_gateway_sends_what_came_in_ten_minutes_at_once_and_nothing_is_lost(everybody):
    since = NOW - dt.timedelta(days=2)
    pairs = [
        (one, [{"number": number}])
        for case in everybody[40:80]
        for number, one in enumerate(sets.of(case, seed=1, since=since, now=NOW))
    ]
    batches = list(sets.batches("gate", pairs))
    assert len(batches) < len(pairs) / 2
    assert sum(len(batch.readings) for batch in batches) == len(pairs)


@given(st.integers(0, 999_999))
def test_a_number_with_its_check_digit_is_an_nhs_number(tail):
    nine = f"999{tail:06}"
    check = people.check_digit(nine)
    if check is None:
        assert not any(nhs_numbers.is_number(f"{nine}{digit}") for digit in range(10))
    else:
        assert nhs_numbers.is_number(f"{nine}{check}")


@given(st.floats(0, 1), st.integers())
def test_whatever_is_measured_can_be_charted(unwell, seed):
    from observations import kinds

    values = measure(Usual(), unwell, cases.SEVEN, Random(seed))
    for row in readings(values, device="H-1", measured_at=NOW.isoformat(), name="x"):
        parsed = kinds.parse(row["kind"], row["value"], row.get("unit"))
        assert isinstance(parsed, kinds.Parsed), row


def test_who_deteriorates_worsens_and_who_improves_gets_better():
    assert (
        severity("deteriorating", -12)
        < severity("deteriorating", -4)
        < severity("deteriorating", 0)
    )
    assert severity("improving", -200) > severity("improving", -100) > severity("improving", 0)
    assert severity("stable", -100) == severity("stable", 0) < 0.1


def worn_by(case, key="vw_a"):
    """As it comes back from another process: equal to the others' gateway, not the same."""
    serials = dict.fromkeys(case.kinds, f"H-{case.person.nhs_number}")
    return Worn(case, Admission(), Gate("gate", key, 0.0), serials)


def test_the_plan_plays_everybodys_kit_whichever_process_handed_it_out(everybody):
    playing = [case for case in everybody if case.ward.code == "RP1-heart-failure"]
    playing = [case for case in playing if case.story != "silent"]
    loaded = Loaded(Staff(), Places(), Kit(), [worn_by(case) for case in playing])
    (gateway,) = telling.plan(loaded)["gateways"]
    assert {row["serial"] for row in gateway["wearers"]} == {
        f"H-{case.person.nhs_number}" for case in playing
    }
    assert [row for row in gateway["wearers"] if "held_since" in row] == [gateway["wearers"][1]]


def test_who_is_told_one_by_one_goes_on_as_the_last_set_was(everybody):
    told = next(case for case in everybody if case.person.family_name == "Okonkwo-Test")
    loaded = Loaded(Staff(), Places(), Kit(), [worn_by(told)])
    (row,) = telling.plan(loaded)["gateways"][0]["wearers"]
    assert (row["usual"]["spo2"], row["usual"]["oxygen"]) == (95, 1)
    assert row["story"] == "stable"


def test_the_clock_stops_closer_together_towards_now_and_at_told_moments():
    since, also = NOW - dt.timedelta(days=14), NOW - dt.timedelta(minutes=11)
    stops = clock.instants(since, NOW, also=[also, NOW + dt.timedelta(days=1)])
    assert stops == sorted(stops)
    assert stops[-1] == NOW
    assert also in stops
    assert stops[1] - stops[0] > stops[-3] - stops[-4]


def test_each_process_gives_its_part_and_they_keep_step():
    assert parallel.do(_doubled, [1, 2, 3]) == [2, 4, 6]


def test_a_part_that_fails_ends_all_and_says_why():
    with pytest.raises(RuntimeError, match="two is too many"):
        parallel.do(_fails_at_two, [1, 2])


def _doubled(part, together):
    together()
    return part * 2


def _fails_at_two(part, together):
    if part == 2:
        raise ValueError("two is too many")
    together()


def test_the_cuff_without_readings_told_that_its_battery_was_flat(everybody):
    (case,) = (case for case in everybody if case.told.get("flat"))
    serials = {"spo2": "OX-1", "systolic": "BP-1", "diastolic": "BP-1", "temperature": "TH-1"}
    gate = Gate("CliniTouch Leicestershire", "key", 0.0)
    (beat,) = beats.of([Worn(case, Admission(), gate, serials)], now=NOW)
    charges = {row["device"]: row["battery"] for row in beat.devices}
    assert charges["BP-1"] == beats.FLAT
    assert min(charges["OX-1"], charges["TH-1"]) > 15
    assert beat.readings == []
