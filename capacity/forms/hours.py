"""A ward's week as its lead types it: empty boxes are a day on which it is not staffed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BoundField

from capacity.actions.hours import WEEKDAYS
from capacity.hours import MIDNIGHT, Period, Week
from lib.fields import TIME_FORMATS, DayField

_PARTS: Final = 2


class ClockField(forms.TimeField):
    """A time of day; 24:00 is the day's end."""

    def __init__(self, label: str) -> None:
        super().__init__(
            required=False,
            label=label,
            input_formats=TIME_FORMATS,
            widget=forms.TimeInput(format="%H:%M", attrs={"size": 5, "autocomplete": "off"}),
            error_messages={"invalid": "Enter a time, such as 08:00."},
        )

    def to_python(self, value: Any) -> dt.time | None:
        if isinstance(value, str) and value.strip() in {"24:00", "24.00", "2400"}:
            return MIDNIGHT
        return super().to_python(value)


class DayLine(NamedTuple):
    day: str
    opens: BoundField
    closes: BoundField
    phone: BoundField


class HoursForm(forms.Form):
    starts = DayField(
        label="From",
        help_text="Days gone by stay as they were. What was planned for later is replaced.",
    )
    out_of_hours_team = forms.CharField(
        required=False, max_length=120, label="Who covers all other times",
        help_text="The organisation or team.",
    )  # fmt: skip
    out_of_hours_phone = forms.CharField(required=False, max_length=30, label="Their number")

    def __init__(self, *args: Any, now: Week | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = list(_known(now))
        for part, weekday in _boxes():
            shown = next((p for n, p in known if (n, p.weekday) == (part, weekday)), None)
            name, day = _name(part, weekday), WEEKDAYS[weekday]
            self.fields[f"{name}_opens"] = ClockField(f"{day} opens")
            self.fields[f"{name}_closes"] = ClockField(f"{day} closes")
            self.fields[f"{name}_phone"] = forms.CharField(
                required=False, max_length=30, label=f"{day} number"
            )
            if shown is not None:
                self.initial[f"{name}_opens"] = shown.opens
                self.initial[f"{name}_closes"] = _closing(shown)
                self.initial[f"{name}_phone"] = shown.phone

    @property
    def lines(self) -> list[DayLine]:
        return [self._line(0, weekday) for weekday in range(7)]

    @property
    def second_lines(self) -> list[DayLine]:
        return [self._line(1, weekday) for weekday in range(7)]

    @property
    def has_second(self) -> bool:
        boxes = [box for line in self.second_lines for box in (line.opens, line.closes, line.phone)]
        return any(box.value() or box.errors for box in boxes)

    def clean(self) -> dict[str, Any]:
        typed: dict[str, Any] = super().clean() or {}
        for part, weekday in _boxes():
            self._whole(_name(part, weekday), typed)
        return typed

    def periods(self) -> list[Period]:
        found = []
        for part, weekday in _boxes():
            name = _name(part, weekday)
            opens, closes = (self.cleaned_data[f"{name}_{one}"] for one in ("opens", "closes"))
            if opens is not None and closes is not None:
                found.append(Period(weekday, opens, closes, self.cleaned_data[f"{name}_phone"]))
        return found

    def _whole(self, name: str, typed: dict[str, Any]) -> None:
        """All three, or none: 00:00 is a time like others."""
        given = {one: typed.get(f"{name}_{one}") for one in ("opens", "closes", "phone")}
        told = [one for one, value in given.items() if value not in (None, "")]
        wrong = any(f"{name}_{one}" in self.errors for one in given)
        if not told or wrong:
            return
        for one in given.keys() - set(told):
            words = "Enter the number to call." if one == "phone" else "Enter a time."
            self.add_error(f"{name}_{one}", ValidationError(words))

    def _line(self, part: int, weekday: int) -> DayLine:
        name = _name(part, weekday)
        return DayLine(
            WEEKDAYS[weekday], self[f"{name}_opens"], self[f"{name}_closes"], self[f"{name}_phone"]
        )


def _boxes() -> Iterator[tuple[int, int]]:
    return ((part, weekday) for part in range(_PARTS) for weekday in range(7))


def _name(part: int, weekday: int) -> str:
    return f"day_{weekday}_{part}"


def _known(now: Week | None) -> Iterator[tuple[int, Period]]:
    """Each period with its number within its day."""
    seen: dict[int, int] = {}
    for one in sorted(now.periods) if now else ():
        part = seen.get(one.weekday, 0)
        seen[one.weekday] = part + 1
        yield part, one


def _closing(one: Period) -> dt.time | str:
    return "24:00" if one.closes == MIDNIGHT else one.closes
