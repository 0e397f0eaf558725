"""A name that reads from right to left turns no number round."""

from lib.scripts import apart


def test_a_name_from_the_right_stands_apart_from_what_follows():
    assert apart("عبد الرحمن, محمد") == "\u2068عبد الرحمن, محمد\u2069"
    assert apart("כהן, Ruth") == "\u2068כהן, Ruth\u2069"


def test_other_names_stay_as_they_are():
    for name in ("O’NEILL-DEMO, Aoife", "陳測試, 大文", "ŁUKASZEWICZ, Władysława", ""):
        assert apart(name) == name
