"""A place's flows in a time beside another: a sentence, breakdowns with pictures, one file."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from django.utils.html import format_html
from django.utils.safestring import SafeString

from capacity.models.stays import Destination, ReferralFact, Residence, Route
from capacity.presenters import words
from capacity.presenters.flows import naming
from capacity.presenters.flows.breakdowns import (
    Breakdown,
    breakdown,
    change,
    fit_number,
)
from capacity.presenters.flows.people import PeoplePresenter
from capacity.presenters.sheets import in_one
from capacity.presenters.spans import Span
from capacity.reports.by_age import ByAge
from capacity.reports.movements import Tally
from capacity.reports.places import Place
from lib.charts.svg import Table

_OTHERS: Final = ("hospice", "other_service", "self_discharged", "died")
_ELSEWHERE: Final = "Hospice, another service, left against advice or died"


@dataclass(frozen=True)
class FlowsPresenter:
    """`exact`: the reader may see small numbers of deaths and personal characteristics."""

    place: Place
    span: Span
    now: Tally
    then: Tally
    treated: tuple[int, int]
    population: ByAge | None
    exact: bool

    @cached_property
    def sentence(self) -> SafeString:
        now, then = self.now, self.then
        if not now.number("admitted") and not now.number("discharged"):
            return format_html("{} {}", self._nobody_words, self._delay_words)
        return format_html(
            "{} admitted <strong>{}</strong> in {}, {}. <strong>{}</strong> left, of them {}"
            " home and {} to hospital. {}",
            self._named,
            words.plural(now.number("admitted"), "patient"),
            words.plural(self.span.days, "day"),
            _against(now.number("admitted"), then.number("admitted")),
            f"{now.number('discharged'):,}",
            f"{now.by('discharged', 'destination')[Destination.HOME]:,}",
            f"{now.by('discharged', 'destination')[Destination.HOSPITAL]:,}",
            self._delay_words,
        )

    @property
    def _named(self) -> str:
        return self.place.name if self.place.kind == "ward" else self.place.code

    @property
    def _nobody_words(self) -> str:
        before = self.then.number("admitted")
        than = f"; in the time compared {before:,} came" if before else ", nor in the time compared"
        days = words.plural(self.span.days, "day")
        return f"{self._named} admitted nobody and nobody left in {days}{than}."

    @property
    def _delay_words(self) -> str:
        nights = self.now.by("delayed", "nights")
        if not nights:
            return "Nobody who was ready to leave stayed on."
        cause, most = nights.most_common(1)[0]
        return (
            f"{words.plural(nights.total(), 'night')} were spent by people ready to leave, most"
            f" for {naming.cause(cause).lower()} ({most:,})."
        )

    @property
    def balance(self) -> str:
        """107 + 409 in − 394 out = 122, from one count to the other."""
        now = self.now
        return (
            f"{now.there('since'):,} + {now.into:,} in − {now.out:,} out = {now.there('until'):,}"
        )

    @cached_property
    def movements(self) -> Breakdown:
        kinds = {
            "admitted": "Admitted",
            "moved_in": "Moved here from elsewhere",
            "discharged": "Discharged",
            "moved_out": "Moved elsewhere",
            "moved_within": "Moved between wards here",
        }
        lines = [
            (name, self.now.number(kind), self.then.number(kind)) for kind, name in kinds.items()
        ]
        note = f"In the time: {self.balance}."
        return Breakdown("movements", "In and out", lines, note)

    @cached_property
    def breakdowns(self) -> list[Breakdown]:
        return [self.movements, *self._asked(), *self._came(), *self._went(), self._delays()]

    def _asked(self) -> Iterator[Breakdown]:
        outcomes = [str(value) for value in ReferralFact.Outcome.values]
        note = "By when they were referred, whenever it was decided."
        yield self._of("referred", "outcome", "Referrals", naming.outcome, outcomes, note)
        yield self._of("referred", "reason", "Declined because", naming.plain)

    def _came(self) -> Iterator[Breakdown]:
        routes = [str(value) for value in Route.values]
        homes = [str(value) for value in Residence.values]
        yield self._of("admitted", "route", "Admitted by route", words.route_name, routes)
        yield self._of("admitted", "pathway", "Admitted by pathway", words.pathway_name)
        yield self._of("admitted", "source", "Admitted from", naming.source)
        yield self._of("admitted", "residence", "Admitted, living in", naming.residence, homes)

    def _went(self) -> Iterator[Breakdown]:
        if self.exact:
            yield self._of("discharged", "destination", "Discharged to", naming.destination)
        else:
            yield self._without_deaths()
        yield self._of("discharged", "pathway", "Discharged by pathway", words.pathway_name)

    def _without_deaths(self) -> Breakdown:
        """Those who died stand with the others who left: else subtraction would tell them."""
        columns = [dict(tally.by("discharged", "destination")) for tally in (self.now, self.then)]
        for column in columns:
            column["others"] = sum(column.pop(name, 0) for name in _OTHERS)
        return breakdown(
            "destination",
            "Discharged to",
            *columns,
            name=lambda code: _ELSEWHERE if code == "others" else naming.destination(code),
            order=["home", "care_home", "hospital", "others"],
            note="Deaths are told above, small numbers hidden.",
        )

    def _delays(self) -> Breakdown:
        people = [tally.by("delayed", "all")[""] for tally in (self.now, self.then)]
        return breakdown(
            "delayed",
            "Ready to leave, waiting for",
            self.now.by("delayed", "nights"),
            self.then.by("delayed", "nights"),
            name=naming.cause,
            unit="Nights",
            note=f"Nights of {words.plural(people[0], 'person', 'people')}"
            f" (compared: {people[1]:,}) from when they were ready until they left."
            if any(people)
            else "",
        )

    def _of(
        self,
        kind: str,
        dimension: str,
        title: str,
        name: Callable[[str], str],
        order: list[str] | None = None,
        note: str = "",
    ) -> Breakdown:
        return breakdown(
            f"{kind}-{dimension}",
            title,
            self.now.by(kind, dimension),
            self.then.by(kind, dimension),
            name=name,
            order=order,
            note=note,
        )

    @cached_property
    def figures(self) -> list[tuple[str, str, str]]:
        """Name, this time, the one compared: what is one number each."""
        now, then = self.now, self.then
        rows = [
            ("Discharged to hospital", *self._pair(lambda t: _to(t, Destination.HOSPITAL))),
            ("Went to hospital on leave", *self._pair(lambda t: t.number("on_leave"))),
            ("Readmitted within 30 days", _readmitted(now), _readmitted(then)),
            ("Died", self._died(now), self._died(then)),
            ("People treated in the 12 months up to then", *(f"{n:,}" for n in self.treated)),
            ("Referral to admission, median", _hours(now.median_wait), _hours(then.median_wait)),
            ("Referral to admission, nine in ten", _hours(now.long_wait), _hours(then.long_wait)),
        ]
        return [(name, told, compared) for name, told, compared in rows]

    def _pair(self, count: Callable[[Tally], int]) -> tuple[str, str]:
        return f"{count(self.now):,}", f"{count(self.then):,}"

    def _died(self, tally: Tally) -> str:
        number = _to(tally, Destination.DIED)
        if self.exact:
            return f"{number:,}"
        shown = fit_number(number)
        return "1 to 7" if shown is None else f"about {shown:,}" if shown else "0"

    @cached_property
    def people(self) -> PeoplePresenter:
        """Who was admitted, by personal characteristics."""
        days = self.span.days
        return PeoplePresenter(self.place, days, self.now, self.then, self.population, self.exact)

    @property
    def headings(self) -> tuple[str, str, str]:
        return ("Figure", self.span.words, self.span.compared_words)

    @property
    def csv(self) -> list[tuple[str, ...]]:
        """Exactly what the page shows; where a part has nothing it says so there."""
        parts = [one for one in [*self.breakdowns, *self.people.tables] if one.anybody]
        figures = ("Returns, deaths and waits", Table(self.headings, self.figures))
        return in_one([figures, *((one.title, one.table) for one in parts)])


def _to(tally: Tally, destination: str) -> int:
    return tally.by("discharged", "destination")[destination]


def _readmitted(tally: Tally) -> str:
    """Of those who left alive and whose 30 days are over; the others told apart, so far."""
    told = tally.by("discharged", "readmitted")
    known, back = told["yes"] + told["no"], told["back already"]
    running = back + told["not yet known"]
    whole = f"{told['yes']:,} of {known:,}" if known else ""
    later = f"so far {back:,} of {running:,} whose 30 days are not over" if running else ""
    return "; ".join(filter(None, (whole, later))) or "nobody left"


def _hours(hours: float | None) -> str:
    return "–" if hours is None else f"{hours:.1f} hours"


def _against(now: int, then: int) -> str:
    if now == then:
        return "as many as in the time compared"
    more = "more" if now > then else "fewer"
    return f"{change(now, then)[1:]} {more} than in the time compared"
