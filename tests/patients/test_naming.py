"""Names that are the same or alike, of any alphabet and length."""

import pytest

from patients.naming import alike, letters


@pytest.mark.parametrize(
    ("one", "other", "so"),
    [
        ("Smith", "SMITH", True),
        ("Smith", "Smyth", True),
        ("Smith", "Smithe", True),
        ("O\u2019Neill", "ONeill", True),
        ("Müller", "Muller", True),
        ("Al-Rashid", "Al Rashid", True),
        ("王", "王", True),
        ("王", "李", False),
        ("Khan", "Kahn", False),
        ("Ng", "Ong", False),
        ("Smith", "Jones", False),
        ("Иванова", "Иванов", True),
        ("A" * 80, "A" * 79 + "B", True),
    ],
)
def test_names_that_are_the_same_or_a_slip_away_are_alike(one, other, so):
    assert alike([(1, one), (2, other)]) == (frozenset({1, 2}) if so else frozenset())


def test_only_those_with_a_namesake_are_told():
    assert alike([(1, "Patel"), (2, "Jones"), (3, "PATEL")]) == {1, 3}


def test_letters_leave_out_accents_case_and_joins():
    assert letters("D\u2019Áuthor-Łee") == letters("dauthor łee")
