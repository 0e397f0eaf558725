"""One form, one action, as on the patients' pages; with what kit, alerts and the tray refuse."""

from __future__ import annotations

from collections.abc import Callable

from django import forms
from django.core.exceptions import ValidationError

from lib.fields import refuse
from observations.actions.refusals import ActionRefusedError

_BESIDE = {"text": "text", "long": "text"}


def attempt(form: forms.BaseForm, act: Callable[[], object]) -> bool:
    """False where it was refused: the form then says why."""
    try:
        act()
    except (ValidationError, ActionRefusedError) as refused:
        refuse(form, refused, beside=_BESIDE)
        return False
    return True
