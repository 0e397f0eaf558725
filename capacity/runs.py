"""Counts beds and patients of many mornings at once, the same as `counting` does of each.

Asked one by one, two years are 730 looks at 24,000 beds. Here each period is told once, as a run
of mornings: from behind those that came before it, up to the last that it covers. One more where
a run begins and one fewer behind its end, added up in the order of the mornings, are the counts.
"""

from __future__ import annotations

from typing import Any, Final

from capacity import counting

# How many of the moments, which come in order, lie before a time or a date.
_BEFORE: Final = "width_bucket({} - interval '1 microsecond', %(instants)s::timestamptz[])"
_BEFORE_DAY: Final = "width_bucket({} - 1, %(days)s::date[])"
_ALL: Final = "cardinality(%(days)s::date[])"


def _run(of: str, before: str = _BEFORE) -> str:
    """Behind these, up to that one; a period without an end goes on to the last."""
    end = f"coalesce({before.format(f'{of}.ends')}, {_ALL})"
    return f"{before.format(f'{of}.starts')} AS behind, {end} AS upto"


def _near(of: str) -> str:
    """What an index finds: periods that touch the time from the first moment to the last."""
    return f"{of}.starts <= %(last)s AND ({of}.ends IS NULL OR {of}.ends > %(first)s)"


# The mornings on which a ward counts, joined where they follow each other.
_OPEN: Final = """
open AS (
    SELECT id AS ward_id, lead_provider_id, icb_id, min(number)::int - 1 AS behind,
           max(number)::int AS upto
    FROM (SELECT h.*, number - row_number() OVER (PARTITION BY id ORDER BY number) AS island
          FROM here h) AS mornings
    GROUP BY id, lead_provider_id, icb_id, island
)
"""


def _held(beds: str) -> str:
    """A bed's whole time, cut where it changes hands: no provider where none was told."""
    return f"""
told AS (
    SELECT * FROM (SELECT a.bed_id, a.provider_id, a.icb_id, {_run("a", _BEFORE_DAY)}
                   FROM capacity_bedallocation a WHERE a.bed_id IN ({beds})) a
    WHERE behind < upto
),
held AS (
    SELECT bed_id, provider_id, icb_id, behind, upto FROM told
    UNION ALL
    SELECT bed_id, NULL, NULL, 0, min(behind) FROM told GROUP BY bed_id HAVING min(behind) > 0
    UNION ALL
    SELECT * FROM (
        SELECT bed_id, NULL::bigint, NULL::bigint, upto AS behind,
               lead(behind, 1, {_ALL}) OVER (PARTITION BY bed_id ORDER BY behind) AS upto
        FROM told) AS untold
    WHERE behind < upto
)
"""  # noqa: S608 — put together from constants of this module only


_BEDS: Final = f"""
stood AS MATERIALIZED (
    SELECT b.id, b.ward_id, b.kind, {_run("b")}
    FROM capacity_bed b WHERE {_near("b")} AND {counting.WARDS.format("b.ward_id")}
),
{_held("SELECT id FROM stood")},
pieces AS (
    SELECT b.id, b.ward_id, b.kind, coalesce(a.provider_id, w.lead_provider_id) AS provider_id,
           coalesce(a.icb_id, w.icb_id) AS icb_id,
           greatest(b.behind, a.behind, w.behind) AS behind, least(b.upto, a.upto, w.upto) AS upto
    FROM stood b JOIN open w ON w.ward_id = b.ward_id
    LEFT JOIN held a ON a.bed_id = b.id AND a.behind < b.upto AND a.upto > b.behind
),
shut AS (
    SELECT c.bed_id, {_run("c")} FROM capacity_bedclosure c WHERE {_near("c")}
),
changes AS (
    SELECT ward_id, provider_id, icb_id, behind, upto, 1 AS beds,
           (kind = 'commissioned')::int AS commissioned, (kind = 'surge')::int AS surge, 0 AS closed
    FROM pieces
    UNION ALL
    SELECT b.ward_id, b.provider_id, b.icb_id, greatest(b.behind, c.behind), least(b.upto, c.upto),
           0, -(b.kind = 'commissioned')::int, -(b.kind = 'surge')::int,
           (b.kind = 'commissioned')::int
    FROM pieces b JOIN shut c ON c.bed_id = b.id
)
"""  # noqa: S608 — put together from constants only

_PATIENTS: Final = f"""
lay AS MATERIALIZED (
    SELECT s.spell_id, s.ward_id, s.bed_id, s.pathway, s.route,
           (s.no_bed = 'over_capacity')::int AS over_capacity, {_run("s")}
    FROM capacity_stay s
    WHERE {counting.REAL} AND {_near("s")} AND {counting.WARDS.format("s.ward_id")}
),
{_held("SELECT bed_id FROM lay")},
pieces AS (
    SELECT s.spell_id, s.ward_id, coalesce(a.provider_id, w.lead_provider_id) AS provider_id,
           coalesce(a.icb_id, w.icb_id) AS icb_id, s.pathway, s.route, s.over_capacity,
           greatest(s.behind, a.behind, w.behind) AS behind, least(s.upto, a.upto, w.upto) AS upto
    FROM lay s JOIN open w ON w.ward_id = s.ward_id
    LEFT JOIN held a ON a.bed_id = s.bed_id AND a.behind < s.upto AND a.upto > s.behind
),
away AS (
    SELECT l.spell_id, {_run("l")} FROM capacity_leave l WHERE {_near("l")}
),
changes AS (
    SELECT ward_id, provider_id, icb_id, pathway, route, behind, upto,
           1 AS patients, over_capacity, 0 AS on_leave
    FROM pieces
    UNION ALL
    SELECT s.ward_id, s.provider_id, s.icb_id, s.pathway, s.route,
           greatest(s.behind, l.behind), least(s.upto, l.upto), 0, 0, 1
    FROM pieces s JOIN away l ON l.spell_id = s.spell_id
)
"""  # noqa: S608 — put together from constants only


def _counted(changes: str, key: str, sums: tuple[str, ...]) -> str:
    """A row for each morning, ward and key on which there is anything to count. A key is a number
    meanwhile: millions of steps are sorted by it."""
    names = ", ".join(sums)
    added = ", ".join(f"sum(sign * {name})::int AS {name}" for name in sums)
    running = ", ".join(f"(sum({name}) OVER so_far)::int AS {name}" for name in sums)
    return f"""
WITH {counting.HERE}, {_OPEN}, {changes},
lines AS MATERIALIZED (
    SELECT row_number() OVER () AS line, told.* FROM (SELECT DISTINCT {key} FROM pieces) AS told
),
steps AS (
    SELECT line, morning, {added}
    FROM (SELECT line, {names}, unnest(ARRAY[behind + 1, upto + 1]) AS morning,
                 unnest(ARRAY[1, -1]) AS sign
          FROM changes JOIN lines USING ({key}) WHERE behind < upto) AS at
    GROUP BY line, morning
),
totals AS (
    SELECT line, morning, lead(morning, 1, {_ALL} + 1) OVER so_far AS until, {running}
    FROM steps WINDOW so_far AS (PARTITION BY line ORDER BY morning)
),
spread AS (
    SELECT line, {names}, generate_series(morning, until - 1) AS morning
    FROM totals WHERE {sums[0]} > 0
)
SELECT (%(days)s::date[])[morning] AS day, {key}, {names} FROM spread JOIN lines USING (line)
"""  # noqa: S608 — put together from constants of this module only


def _weighed(changes: str, key: str, sums: tuple[str, ...]) -> str:
    """A row for each ward and key: its counts of all mornings, each times the morning's weight,
    added up. `passed` says what all mornings up to one weigh, so that no run is spread."""
    passed = "(%(passed)s::bigint[])"
    weight = f"({passed}[upto + 1] - {passed}[behind + 1])"
    return f"""
WITH {counting.HERE}, {_OPEN}, {changes}
SELECT {key}, {", ".join(f"sum({name} * {weight}) AS {name}" for name in sums)}
FROM changes WHERE behind < upto GROUP BY {key}
"""  # noqa: S608 — put together from constants of this module only


_OF_BEDS: Final = ("beds", "commissioned", "surge", "closed")
OF_PATIENTS: Final = ("patients", "over_capacity", "on_leave")
BEDS: Final = _counted(_BEDS, "ward_id, provider_id, icb_id", _OF_BEDS)
OF_A_LINE: Final = "ward_id, provider_id, icb_id, pathway, route"
PATIENTS: Final = _counted(_PATIENTS, OF_A_LINE, OF_PATIENTS)
PATIENTS_WEIGHED: Final = _weighed(_PATIENTS, OF_A_LINE, OF_PATIENTS)


def parameters(question: counting.Question) -> dict[str, Any]:
    """As the statements name them: at least one moment, all in order, each once."""
    moments = tuple(sorted(set(question.moments)))
    given = counting.parameters(counting.Question(moments, question.wards, question.counting))
    return given | {"first": moments[0][1], "last": moments[-1][1]}
