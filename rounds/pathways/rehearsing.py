"""A draft tried on the ward's own last week, beside the version in force."""

from __future__ import annotations

import datetime as dt
from typing import Final, NamedTuple

from observations.judgement.rehearsal import Rehearsed, rehearse
from patients.models import PathwayDraft, PathwayVersion
from rounds.pathways.contents import Content

LAST: Final = dt.timedelta(days=7)


class Rehearsal(NamedTuple):
    before: Rehearsed
    after: Rehearsed


def rehearse_draft(
    draft: PathwayDraft, before: PathwayVersion, *, at: dt.datetime
) -> Rehearsal | None:
    """None where the ward has more readings than a page may wait for."""
    found = rehearse(
        ward=draft.ward_id,
        pathway=draft.pathway_id,
        rulesets=[Content.of(before).rules, Content.of(draft).rules],
        since=at - LAST,
        until=at,
    )
    return None if found is None else Rehearsal(*found)
