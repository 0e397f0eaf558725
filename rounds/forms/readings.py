"""A set told on the phone or taken on a visit: one form, one order of boxes, units beside them."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from django import forms
from django.forms import BoundField

from lib.fields import MomentField, said
from observations.kinds import AIR, CONSCIOUSNESS_WORDS, KINDS, Problem, parse

SEVEN: Final = (
    *("respiratory_rate", "spo2", "oxygen", "systolic", "diastolic", "pulse", "consciousness"),
    "temperature",
)
MORE: Final = ("glucose", "weight", "peak_flow", "pain")
_WIDTHS: Final = {"oxygen": 4, "temperature": 4}


class Box(NamedTuple):
    """One field with its unit."""

    field: BoundField
    unit: str


class ReadingsForm(forms.Form):
    """At least one value; each in its kind's own unit."""

    source = forms.ChoiceField(
        choices=(("phone", "On the phone"), ("visit", "On a visit")),
        widget=forms.RadioSelect,
        label="How it was taken",
        initial="phone",
    )
    said_by = forms.CharField(
        max_length=120, label="Who said or measured it", error_messages=said("Say who.")
    )
    measured_at = MomentField(label="When it was measured")
    comment = forms.CharField(max_length=400, required=False, label="What else was said")
    token = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for kind in (*SEVEN, *MORE):
            self.fields[kind] = _field(kind)
        # As they stand on the page, so that the summary of what is wrong reads in that order.
        self.order_fields([*SEVEN, "said_by", "measured_at", "source", "comment", *MORE])

    def seven(self) -> list[Box]:
        return [Box(self[kind], KINDS[kind].unit) for kind in SEVEN]

    def more(self) -> list[Box]:
        return [Box(self[kind], KINDS[kind].unit) for kind in MORE]

    def more_is_filled(self) -> bool:
        """Then it stands open: what was typed, or is wrong, is not to be looked for."""
        return any(self[kind].value() or self[kind].errors for kind in MORE)

    def clean(self) -> dict[str, Any]:
        typed: dict[str, Any] = super().clean() or {}
        values = {kind: self._value(kind, typed.get(kind) or "") for kind in (*SEVEN, *MORE)}
        typed["values"] = {kind: value for kind, value in values.items() if value is not None}
        if not typed["values"] and not self.errors:
            self.add_error("respiratory_rate", "Enter at least one reading.")
        return typed

    def _value(self, kind: str, typed: str) -> float | str | None:
        plain = typed.strip().replace(",", ".")
        if not plain:
            return None
        value = _number(plain) if kind != "consciousness" else plain
        if kind == "oxygen" and plain.casefold() in ("air", "a", "0"):
            value = AIR
        parsed = parse(kind, value, KINDS[kind].ucum or None)
        if isinstance(parsed, Problem):
            self.add_error(kind, _wrong(kind, parsed.why))
            return None
        return value


def _number(plain: str) -> float | str:
    try:
        return float(plain)
    except ValueError:
        return plain


def _field(kind: str) -> forms.Field:
    if kind == "consciousness":
        words = [("", "Not said")] + [(c, f"{c}: {w}") for c, w in CONSCIOUSNESS_WORDS.items()]
        return forms.ChoiceField(choices=words, required=False, label=KINDS[kind].label)
    mode = "decimal" if KINDS[kind].decimals and kind != "oxygen" else "numeric"
    attrs = {"inputmode": mode if kind != "oxygen" else "text", "autocomplete": "off", "size": 5}
    hint = "“Air”, or litres a minute." if kind == "oxygen" else ""
    return forms.CharField(
        max_length=12,
        required=False,
        label=KINDS[kind].label,
        widget=forms.TextInput(attrs=attrs),
        help_text=hint,
    )


def _wrong(kind: str, why: str) -> str:
    known = KINDS[kind]
    if why == "implausible":
        limits = f"between {known.low:g} and {known.high:g} {known.unit}".rstrip()
        return f"Check it: it must be {limits}."
    return "Enter “air” or litres a minute." if kind == "oxygen" else "Enter a number."
