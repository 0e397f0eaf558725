"""Tells which wards' daily patients are not what the periods say, without counting a morning.

Each morning is given a weight, a large number drawn anew each time. A line's counts, each times
its morning's weight, add up to one number. The rows that stand there are added up; a period adds
what the weights come to from its first morning to its last, which is two look-ups. Other counts
make another number: that they should weigh the same is a chance of one in 35 million million.

Beds are not weighed: where all of a line's are closed surge beds, there is a row of noughts.
"""

from __future__ import annotations

import datetime as dt
import secrets
from itertools import accumulate
from typing import Any, Final

from django.db import connection

from capacity import counting, runs
from capacity.runs import OF_A_LINE, OF_PATIENTS
from lib import london

# Weights of a thousand years, times more patients than a line can have, are still whole numbers.
WEIGHT_BITS: Final = 45

# A row without patients is one too many, though it weighs nothing. Grouped by day, of which each
# is there once, so that the planner knows: it would hash the millions of rows instead.
_DIFFERING: Final = f"""
WITH counted AS ({runs.PATIENTS_WEIGHED}),
mornings AS (
    SELECT day, min(weight) AS weight,
           (day + %(count_time)s) AT TIME ZONE 'Europe/London' + %(settles)s AS settled
    FROM unnest(%(days)s::date[], %(weights)s::bigint[]) AS m(day, weight) GROUP BY day
),
known AS (
    SELECT {OF_A_LINE}, {", ".join(f"sum({name} * weight) AS {name}" for name in OF_PATIENTS)},
           bool_or(computed_at < settled OR patients = 0) AS doubtful
    FROM capacity_dailypatients JOIN mornings USING (day)
    WHERE {counting.WARDS.format("ward_id")} GROUP BY {OF_A_LINE}
)
SELECT DISTINCT ward_id FROM counted c FULL JOIN known k USING ({OF_A_LINE})
WHERE k.doubtful OR ({", ".join(f"c.{name}" for name in OF_PATIENTS)})
      IS DISTINCT FROM ({", ".join(f"k.{name}" for name in OF_PATIENTS)})
"""  # noqa: S608 — put together from constants only


def differing(question: counting.Question, *, settles: dt.timedelta) -> tuple[int, ...]:
    """Wards with a row to be written: a count that differs, or was made before its day settled."""
    given = runs.parameters(question) | {"count_time": london.COUNT_TIME, "settles": settles}
    with connection.cursor() as cursor:
        cursor.execute(_DIFFERING, given | _weights(len(given["days"])))
        return tuple(ward for (ward,) in cursor.fetchall())


def _weights(mornings: int) -> dict[str, Any]:
    """Each morning's, and what those before it come to."""
    weights = [1 + secrets.randbits(WEIGHT_BITS) for _ in range(mornings)]
    return {"weights": weights, "passed": [0, *accumulate(weights)]}
