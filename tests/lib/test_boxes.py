"""The boxes of a form look as Django's templates draw them, letter by letter."""

import datetime as dt
import re

import pytest
from django import forms
from django.forms.renderers import DjangoTemplates
from django.forms.utils import ErrorList
from django.utils.html import escape, strip_spaces_between_tags
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy

from lib import boxes

NASTY = """"><script>alert('&')</script>"""
GROUPED = [("", "—"), ("Home", [("a", NASTY), (1, "One")]), ("b", mark_safe("<b>B</b>"))]


class Everything(forms.Form):
    text = forms.CharField(widget=forms.TextInput(attrs={"class": NASTY, "data-x": 7}))
    number = forms.IntegerField(min_value=0, max_value=1200)
    decimal = forms.FloatField(step_size=0.1)
    address = forms.EmailField(disabled=True)
    link = forms.URLField(required=False, assume_scheme="https")
    secret = forms.CharField(widget=forms.PasswordInput)
    hidden = forms.UUIDField(widget=forms.HiddenInput)
    day = forms.DateField()
    hour = forms.TimeField()
    moment = forms.DateTimeField()
    ticked = forms.BooleanField()
    area = forms.CharField(widget=forms.Textarea(attrs={"rows": 3, "hidden": True, "x": False}))
    one = forms.ChoiceField(choices=GROUPED)
    of_few = forms.ChoiceField(choices=GROUPED, widget=forms.RadioSelect(attrs={"class": "x"}))
    some = forms.MultipleChoiceField(choices=GROUPED)
    ticks = forms.MultipleChoiceField(choices=GROUPED, widget=forms.CheckboxSelectMultiple)
    yes_or_no = forms.NullBooleanField(label=gettext_lazy("Yes"))
    split = forms.SplitDateTimeField(widget=forms.SplitDateTimeWidget(date_attrs={"size": "10"}))
    split_hidden = forms.SplitDateTimeField(widget=forms.SplitHiddenDateTimeWidget)
    file = forms.FileField(required=False)
    several_hidden = forms.MultipleChoiceField(choices=GROUPED, widget=forms.MultipleHiddenInput)


NOW = dt.datetime(2026, 11, 26, 7, 45, tzinfo=dt.UTC)
KNOWN = {
    "text": NASTY,
    "number": 12_345,
    "decimal": 1234.5,
    "day": NOW.date(),
    "hour": NOW.time(),
    "moment": NOW,
    "ticked": True,
    "area": f"\n{NASTY}",
    "one": "a",
    "of_few": 1,
    "some": ["a", "b"],
    "ticks": ["b", 1],
    "yes_or_no": False,
    "split": NOW,
    "split_hidden": NOW,
    "several_hidden": ["a", NASTY],
}
TYPED = {
    **dict.fromkeys(Everything.base_fields, NASTY),
    "split_0": NASTY,
    "split_1": "25:00",
    "ticks": ["a", NASTY],
    "several_hidden": ["a", "b"],
}


def _plain(box):
    """Without the empty lines between its parts, which nobody sees."""
    return strip_spaces_between_tags(re.sub(r"\s+", " ", str(box)))


@pytest.mark.parametrize("given", [{}, {"initial": KNOWN}, {"data": {}}, {"data": TYPED}])
@pytest.mark.parametrize("name", Everything.base_fields)
def test_a_box_is_what_djangos_template_draws(given, name):
    ours = Everything(**given, renderer=boxes.Renderer(), auto_id="id_%s")
    theirs = Everything(**given, renderer=DjangoTemplates(), auto_id="id_%s")
    assert _plain(ours[name]) == _plain(theirs[name])


def test_what_stands_in_a_large_box_keeps_its_lines():
    ours, theirs = (
        Everything(initial=KNOWN, renderer=how) for how in (boxes.Renderer(), DjangoTemplates())
    )
    assert str(ours["area"]) == str(theirs["area"])
    assert f">\n\n{escape(NASTY)}<" in str(ours["area"])


def test_a_box_without_an_id_is_the_same_too():
    ours = Everything(renderer=boxes.Renderer(), auto_id=False)
    theirs = Everything(renderer=DjangoTemplates(), auto_id=False)
    assert [_plain(ours[name]) for name in ours.fields] == [
        _plain(theirs[name]) for name in ours.fields
    ]


def test_what_is_drawn_otherwise_is_left_to_the_templates():
    told = boxes.Renderer().render("django/forms/errors/list/ul.html", {"errors": ["no"]})
    assert "no" in told
    assert "no" in str(ErrorList(["no"], renderer=boxes.Renderer()))


def test_the_house_draws_by_it(settings):
    assert isinstance(Everything().renderer, boxes.Renderer)
    assert settings.FORM_RENDERER == "lib.boxes.Renderer"
