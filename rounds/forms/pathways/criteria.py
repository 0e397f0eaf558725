"""Who may come: a question a line, answered by yes or no or by a number."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.text import slugify

from lib.fields import Decimal
from rounds.forms.leaving.rows import Rows

_EDGES = ("min", "max", "consider_min", "consider_max")


def boxes() -> Mapping[str, forms.Field]:
    return {
        "label": forms.CharField(max_length=120, label="Question"),
        "kind": forms.ChoiceField(
            choices=[("yes_no", "yes or no"), ("number", "a number")], label="Answered by"
        ),
        "want": forms.ChoiceField(choices=[("yes", "yes"), ("no", "no")], label="Met by"),
        "min": Decimal(label="Met from"),
        "max": Decimal(label="Met up to"),
        "consider_min": Decimal(label="To weigh from"),
        "consider_max": Decimal(label="To weigh up to"),
        "unit": forms.CharField(max_length=20, label="Unit"),
        "note": forms.CharField(max_length=160, label="Note"),
        "key": forms.CharField(max_length=40, widget=forms.HiddenInput),
    }


def known(criteria: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [_row(one) for one in criteria]


def _row(one: Mapping[str, Any]) -> dict[str, Any]:
    told = {name: one.get(name, "") for name in ("label", "kind", "unit", "note", "key")}
    edges = {name: f"{one[name]:g}" for name in _EDGES if one.get(name) is not None}
    return {**told, **edges, "want": "yes" if one.get("want", True) else "no"}


def check(rows: Rows) -> None:
    for n, one in rows.typed():
        if not _says_something(one):
            continue
        if not one["label"]:
            rows.refuse(n, "label", "Say what is asked.")
        if one["kind"] == "number":
            _check_number(rows, n, one)


def _check_number(rows: Rows, n: int, one: Mapping[str, Any]) -> None:
    low, high = one["min"], one["max"]
    if low is None and high is None:
        rows.refuse(n, "min", "Say from what, or up to what, it is met.")
    if low is not None and high is not None and low > high:
        rows.refuse(n, "max", "This is below the lowest value.")
    if one["consider_min"] is not None and (low is None or one["consider_min"] >= low):
        rows.refuse(n, "consider_min", "What is weighed lies below what is met.")
    if one["consider_max"] is not None and (high is None or one["consider_max"] <= high):
        rows.refuse(n, "consider_max", "What is weighed lies above what is met.")


def _says_something(one: Mapping[str, Any]) -> bool:
    """A line emptied is a question asked no more, whatever its lists still say."""
    return any(one[name] not in (None, "") for name in ("label", "unit", "note", *_EDGES))


def criteria(rows: Rows) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for _, one in rows.typed():
        if _says_something(one):
            taken = {other["key"] for other in found}
            found.append(_criterion(one, one["key"] or _key(one["label"]), taken))
    return found


def _criterion(one: Mapping[str, Any], key: str, taken: set[str]) -> dict[str, Any]:
    told: dict[str, Any] = {"key": _free(key, taken), "label": one["label"], "kind": one["kind"]}
    if one["kind"] == "yes_no":
        told["want"] = one["want"] != "no"
    else:
        told |= {name: one[name] for name in _EDGES if one[name] is not None}
        told |= {"unit": one["unit"]} if one["unit"] else {}
    return told | ({"note": one["note"]} if one["note"] else {})


def _key(label: str) -> str:
    """What a referral's answers are kept by."""
    return slugify(label).replace("-", "_")[:34] or "question"


def _free(key: str, taken: set[str]) -> str:
    names = (key if n == 1 else f"{key}_{n}" for n in range(1, len(taken) + 2))
    return next(name for name in names if name not in taken)
