"""Rows of boxes inside one form: what is typed in a row belongs together, empty rows are none."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple, Protocol

from django import forms
from django.forms import BoundField

MOST: Final = 40
# A form begins with so many rows; when all are full, more are asked for by a button.
_AT_FIRST: Final = 2
_MORE: Final = 3


class Boxes(Protocol):
    """Makes a row's fields, by their names in it."""

    def __call__(self) -> Mapping[str, forms.Field]: ...


class Row(NamedTuple):
    number: int
    boxes: dict[str, BoundField]


class Rows:
    """`name_0_box`, `name_1_box` … and how many in `name_rows`, so that what was sent is back."""

    def __init__(
        self, form: forms.Form, name: str, boxes: Boxes, *, known: Sequence[Mapping[str, Any]]
    ) -> None:
        self._form, self.name, self._boxes = form, name, tuple(boxes())
        self.count = self._sent() if form.is_bound else len(known) + _AT_FIRST
        form.fields[f"{name}_rows"] = forms.IntegerField(
            required=False, widget=forms.HiddenInput, initial=self.count
        )
        for n in range(self.count):
            self._add(n, boxes(), known[n] if n < len(known) else {})

    def _add(self, n: int, boxes: Mapping[str, forms.Field], known: Mapping[str, Any]) -> None:
        for box, field in boxes.items():
            field.required, field.initial = False, known.get(box)
            self._form.fields[f"{self.name}_{n}_{box}"] = field

    @property
    def asks_for_more(self) -> bool:
        return self._form.data.get("more") == self.name

    def _sent(self) -> int:
        told = self._form.data.get(f"{self.name}_rows", "")
        count = int(told) if told.isascii() and told.isdigit() and len(told) < 4 else _AT_FIRST
        return min(MOST, count + (_MORE if self.asks_for_more else 0))

    def bound(self) -> list[Row]:
        return [
            Row(n + 1, {box: self._form[f"{self.name}_{n}_{box}"] for box in self._boxes})
            for n in range(self.count)
        ]

    @property
    def hidden(self) -> str:
        """Says how many rows there are now, not how many were sent."""
        widget = forms.HiddenInput()
        return widget.render(f"{self.name}_rows", self.count)

    def typed(self) -> Iterator[tuple[int, dict[str, Any]]]:
        """Rows in which something was typed, rightly or wrongly."""
        for n in range(self.count):
            names = {box: f"{self.name}_{n}_{box}" for box in self._boxes}
            values = {box: self._form.cleaned_data.get(name) for box, name in names.items()}
            told = [values[box] for box in self._boxes if not self._always_says(names[box])]
            if any(told) or any(name in self._form.errors for name in names.values()):
                yield n, values

    def _always_says(self, name: str) -> bool:
        """A list without an empty choice sends something with every row."""
        field = self._form.fields[name]
        if not isinstance(field, forms.ChoiceField):
            return False
        return all(value != "" for value, _ in field.widget.choices)

    def refuse(self, n: int, box: str, words: str) -> None:
        """Unless that box has been refused already."""
        name = f"{self.name}_{n}_{box}"
        if name not in self._form.errors:
            self._form.add_error(name, words)
