"""Leaving, and taking it back."""

from rounds.forms.leaving.form import DischargeForm
from rounds.forms.leaving.taking_back import TakeBackForm

__all__ = ["DischargeForm", "TakeBackForm"]
