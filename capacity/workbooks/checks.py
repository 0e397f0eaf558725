"""Whether a month's lines agree with one another and with the rates printed beside them."""

from __future__ import annotations

from collections.abc import Iterable

from capacity.workbooks.words import ENGLAND, Line, Month, Remark

# Half of the last printed decimal (0.1 per 100,000; 0.1%), and a hair for floats.
_PER_100K_NEAR = 0.0501
_OCCUPANCY_NEAR = 0.000501


def check(month: Month, printed: Iterable[tuple[str, str, str, float]]) -> None:
    """Writes its doubts into the month; counts are kept as printed all the same."""
    by_code = {line.icb_code: line for line in month.lines}
    for code, name, cell, figure in printed:
        if code in by_code:
            _compare(month, by_code[code], name, cell, figure)
    england = by_code.get(ENGLAND)
    if england is None:
        month.doubts.append(Remark("", "There is no line for England."))
    elif not month.unread:
        _add_up(month, england)


def _compare(month: Month, line: Line, name: str, cell: str, figure: float) -> None:
    if name == "per_100k":
        true, near = line.capacity / line.population * 100_000, _PER_100K_NEAR
    elif line.returned and line.patients is not None and line.capacity:
        true, near = line.patients / line.capacity, _OCCUPANCY_NEAR
        if figure == 1.0 < true:
            return  # capped as printed, in the months that did so without a mark
    else:
        return
    if abs(true - figure) > near:
        words = f"{line.icb_code}: {figure:.4g} is printed, its counts give {true:.4g}."
        month.doubts.append(Remark(cell, words))


def _add_up(month: Month, england: Line) -> None:
    icbs = [line for line in month.lines if line.icb_code != ENGLAND]
    for what, total, parts in (
        ("beds", england.capacity, [line.capacity for line in icbs]),
        ("people", england.population, [line.population for line in icbs]),
        ("patients", england.patients or 0, [line.patients or 0 for line in icbs]),
    ):
        if total != sum(parts):
            words = f"England has {total:,} {what}, its {len(icbs)} ICBs {sum(parts):,}."
            month.doubts.append(Remark("", words))
