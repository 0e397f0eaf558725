"""What a version or a draft says, as one value that forms make and comparisons read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, Final

from observations.news2 import Response
from observations.rulesets import Limit, Ruleset, ruleset
from patients.actions.pathways import content_of
from patients.models import PathwayDraft, PathwayVersion

RESPONSES: Final[tuple[Response, ...]] = ("high", "medium", "low_medium", "low", "incomplete")


@dataclass(frozen=True, slots=True)
class Content:
    """The columns of `patients.models.pathways.PathwayContent`, in their shapes."""

    criteria: Sequence[Mapping[str, Any]]
    schedule: Mapping[str, Mapping[str, Any]]
    ruleset: Mapping[str, Any]
    responses: Mapping[str, str]
    default_mode: str
    expected_days: int
    limit_days: int

    @classmethod
    def of(cls, row: PathwayVersion | PathwayDraft) -> Content:
        return cls(**content_of(row))

    def as_fields(self) -> dict[str, Any]:
        return {field.name: getattr(self, field.name) for field in fields(self)}

    @property
    def rules(self) -> Ruleset:
        """ValueError says what a person must mend."""
        return ruleset(self.ruleset)


def of_kind(rules: Ruleset, kind: str) -> tuple[Limit, ...]:
    return tuple(limit for limit in rules.limits if limit.kind == kind)
