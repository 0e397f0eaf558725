"""What RT5 has returned: fortnights signed in time, and the last one still a draft."""

from __future__ import annotations

import datetime as dt
from itertools import islice
from typing import Final

from django.conf import settings

from accounts.models import User
from capacity.actions.sitreps import prepare_sitrep, sign_sitrep
from capacity.actions.thursdays import freeze
from capacity.models import Provider
from capacity.sitrep import thursdays_until
from lib import london

SIGNED: Final = 3
_PREPARED_AFTER: Final = dt.timedelta(days=5)


def return_figures(officer: User, *, now: dt.datetime) -> None:
    """Each prepared some days after its Thursday, as the figures are known now."""
    freeze(at=now)
    provider = Provider.objects.get(code="RT5")
    yesterday = london.day_of(now) - dt.timedelta(days=1)
    last, *earlier = islice(thursdays_until(yesterday, friday=settings.SITREP_FRIDAY), SIGNED + 1)
    for day in earlier:
        at = min(london.count_instant(day) + _PREPARED_AFTER, now)
        draft = prepare_sitrep(provider=provider, counted_on=day, by=officer, at=at)
        sign_sitrep(sitrep=draft, seen=draft.prepared_at, by=officer, at=at)
    prepare_sitrep(provider=provider, counted_on=last, by=officer, at=now)
