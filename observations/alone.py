"""Whether one value all by itself asks for somebody to look: it scores 3, whatever the rest is."""

from __future__ import annotations

from typing import Any

from observations import kinds, news2


def scores_three(kind: str, number: float, code: str | None) -> bool:
    if kind not in news2.PARAMETERS:
        return False
    given: dict[str, Any] = dict.fromkeys(news2.PARAMETERS)
    given[kind] = kinds.news2_argument(kind, number, code)
    return news2.score(**given).response == "low_medium"
