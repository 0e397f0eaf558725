"""A draft of a ward's version: all of it in one form of plain fields."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.forms import BoundField
from django.forms.utils import ErrorDict

from observations.news2 import LABELS, RCP_TEXTS
from observations.rulesets import LOOSEST_EMERGENCY, Ruleset
from rounds.forms.leaving.rows import Row, Rows
from rounds.forms.pathways import changes, criteria, kinds
from rounds.forms.pathways.fields import whole
from rounds.forms.pathways.kinds import KindBoxes
from rounds.pathways.checks import MODES
from rounds.pathways.contents import RESPONSES, Content
from rounds.pathways.words import MODES as MODE_WORDS

_LONGEST_STAY: Final = 180


class DraftForm(forms.Form):
    """`content` is what the draft says now; a line emptied is asked no more."""

    default_mode = forms.ChoiceField(
        choices=[(one, MODE_WORDS[one]) for one in MODES],
        widget=forms.RadioSelect,
        label="How readings are judged",
        help_text="Scale 2 and comfort are a senior\u2019s decision for one patient. Under 16 it is"
        " limits only, whatever stands here.",
        error_messages={"required": "Choose how readings are judged."},
    )
    expected_days = whole("Expected days", 1, _LONGEST_STAY)
    limit_days = whole("Limit of days", 1, _LONGEST_STAY)

    def __init__(self, *args: Any, content: Content, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rules = content.rules
        for name in ("expected_days", "limit_days"):
            self.fields[name].initial = getattr(content, name)
        offered = content.default_mode if content.default_mode in MODES else None
        self.fields["default_mode"].initial = offered
        asked = criteria.known(content.criteria)
        self._criteria = Rows(self, "criterion", criteria.boxes, known=asked)
        kinds.add(self, content)
        self._changes = Rows(self, "change", changes.boxes, known=changes.known(rules.changes))
        changes.add_score_fields(self, rules)
        self._add_responses(content)

    def _add_responses(self, content: Content) -> None:
        for key in RESPONSES:
            self.fields[f"response_{key}"] = forms.CharField(
                label=LABELS[key],
                required=False,
                max_length=600,
                widget=forms.Textarea(attrs={"rows": 2}),
                initial=content.responses.get(key, ""),
                help_text=f"Royal College of Physicians, for hospital: {RCP_TEXTS[key]}.",
            )

    def criteria_lines(self) -> list[Row]:
        return self._criteria.bound()

    def change_lines(self) -> list[Row]:
        return self._changes.bound()

    def counts(self) -> str:
        return self._criteria.hidden + self._changes.hidden

    def asked_kinds(self) -> list[KindBoxes]:
        return [one for one in kinds.boxes(self) if one.asked or one.wrong]

    def other_kinds(self) -> list[KindBoxes]:
        return [one for one in kinds.boxes(self) if not one.asked and not one.wrong]

    def responses(self) -> list[BoundField]:
        return [self[f"response_{key}"] for key in RESPONSES]

    @property
    def asks_for_more(self) -> bool:
        return self._criteria.asks_for_more or self._changes.asks_for_more

    def full_clean(self) -> None:
        if self.asks_for_more:
            self._errors, self.cleaned_data = ErrorDict(), {}
        else:
            super().full_clean()

    def is_valid(self) -> bool:
        return not self.asks_for_more and super().is_valid()

    def clean(self) -> dict[str, Any]:
        typed: dict[str, Any] = super().clean() or {}
        days, most = typed.get("expected_days"), typed.get("limit_days")
        if days and most and most < days:
            self.add_error("limit_days", "The limit is not before the expected days.")
        if (typed.get("emergency") or 0) > LOOSEST_EMERGENCY:
            self.add_error("emergency", "The emergency rule cannot be switched off.")
        kinds.check(self)
        criteria.check(self._criteria)
        changes.check(self._changes)
        changes.check_score(self)
        return typed

    def content(self) -> Content:
        """Of a form that is valid."""
        typed = self.cleaned_data
        return Content(
            criteria=criteria.criteria(self._criteria),
            schedule=kinds.schedule(typed),
            ruleset=self._rules().as_json(),
            responses={key: typed[f"response_{key}"].strip() for key in RESPONSES},
            default_mode=typed["default_mode"],
            expected_days=typed["expected_days"],
            limit_days=typed["limit_days"],
        )

    def _rules(self) -> Ruleset:
        typed = self.cleaned_data
        return Ruleset(
            limits=tuple(kinds.limits(typed)),
            changes=tuple(changes.changes(self._changes)),
            rise=changes.rise(typed),
            thresholds=changes.thresholds(typed),
        )
