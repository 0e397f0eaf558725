"""Dates, moments and numbers as they are typed, and what a form says of what was refused."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db.models import QuerySet

DAY_FORMATS = ["%d/%m/%Y", "%d %m %Y", "%d.%m.%Y", "%d-%m-%Y", "%Y-%m-%d", "%d %b %Y", "%d %B %Y"]
TIME_FORMATS = ["%H:%M", "%H.%M", "%H%M"]
DAY_HELP = "For example 31/01/2027."


class DayField(forms.DateField):
    """A date, typed."""

    def __init__(self, *, wrong: str = "Enter a date, such as 31/01/2027.", **kwargs: Any) -> None:
        kwargs.setdefault("help_text", DAY_HELP)
        super().__init__(
            input_formats=DAY_FORMATS,
            widget=forms.DateInput(
                format="%d/%m/%Y", attrs={"size": 10, "inputmode": "numeric", "autocomplete": "off"}
            ),
            error_messages={"invalid": wrong, "required": wrong},
            **kwargs,
        )


class _MomentWidget(forms.SplitDateTimeWidget):
    def __init__(self) -> None:
        super().__init__(
            date_format="%d/%m/%Y",
            time_format="%H:%M",
            date_attrs={"size": "10", "aria-label": "Day", "autocomplete": "off"},
            time_attrs={"size": "5", "aria-label": "Time, 24 hours", "autocomplete": "off"},
        )


class MomentField(forms.SplitDateTimeField):
    """A day and a time of day on London's clock; aware."""

    def __init__(
        self, *, wrong: str = "Enter a day and a time, such as 31/01/2027 and 16:30.", **kwargs: Any
    ) -> None:
        kwargs.setdefault("help_text", "A day and a time, such as 31/01/2027 and 16:30.")
        super().__init__(
            input_date_formats=DAY_FORMATS,
            input_time_formats=TIME_FORMATS,
            widget=_MomentWidget(),
            error_messages={
                "invalid_date": wrong,
                "invalid_time": wrong,
                "required": wrong,
                "incomplete": wrong,
            },
            **kwargs,
        )


class Decimal(forms.FloatField):
    """A number typed in a text box: what was typed stays, even where it is no number."""

    def __init__(self, **kwargs: Any) -> None:
        attrs = {"inputmode": "decimal", "autocomplete": "off", "size": 6}
        kwargs.setdefault("widget", forms.TextInput(attrs=attrs))
        kwargs.setdefault("error_messages", {"invalid": "Enter a number."})
        super().__init__(**kwargs)


def among(form: forms.Form, name: str, rows: QuerySet[Any]) -> None:
    """Says which rows a field offers: they depend on who asks and when."""
    field = form.fields[name]
    assert isinstance(field, forms.ModelChoiceField)
    field.queryset = rows


def said(message: str) -> dict[str, str]:
    """One sentence whether nothing or nonsense was typed."""
    return {"required": message, "invalid": message, "invalid_choice": message}


def refuse(
    form: forms.BaseForm, refused: Exception, *, beside: Mapping[str, str] | None = None
) -> None:
    """Puts what an action refused beside its field, by the refusal's code; else on top."""
    if isinstance(refused, ValidationError) and hasattr(refused, "error_dict"):
        _spread(form, refused)
        return
    code = getattr(refused, "code", None) or type(refused).__name__
    message = getattr(refused, "message", "") or str(refused)
    field = (beside or {}).get(code)
    form.add_error(field if field in form.fields else None, message)


def _spread(form: forms.BaseForm, refused: ValidationError) -> None:
    for field, errors in refused.error_dict.items():
        name = field if field in form.fields else None
        form.add_error(None if field == NON_FIELD_ERRORS else name, errors)
