"""At any instant exactly one holds a ward, or nobody does: tried on random evenings and nights."""

import datetime as dt
from uuid import UUID

import pytest
from django.core.exceptions import ValidationError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import User
from capacity.actions.hours import set_week
from capacity.hours import every_day
from rounds.actions.handovers import (
    accept_handover,
    decline_handover,
    offer_handover,
    take_over,
    withdraw_handover,
)
from rounds.board import held
from rounds.holding import Held, Watch, holder_at
from rounds.models import Handover
from tests.capacity.factories import make_ward
from tests.patients.factories import make_clinician

START = dt.datetime(2026, 10, 24, 6, tzinfo=dt.UTC)  # the clocks go back in the night after it
MINUTE = dt.timedelta(minutes=1)
INSTANTS = st.integers(0, 3 * 24 * 60)


def _held(n, since, until):
    return Held(f"n{n}", "", "", START + until * MINUTE, START + since * MINUTE, UUID(int=n))


@given(
    told=st.lists(st.tuples(INSTANTS, st.integers(1, 2000)), max_size=12),
    at=INSTANTS,
)
def test_the_last_to_accept_holds_it_until_their_time_is_out(told, at):
    accepted = [_held(n, since, since + long) for n, (since, long) in enumerate(told)]
    now = START + at * MINUTE
    found = holder_at(accepted, now)
    before = [one for one in accepted if one.since <= now]
    last = max(before, key=lambda one: (one.since, one.handover), default=None)
    assert found == (last if last and last.until > now else None)
    assert found == holder_at(reversed(accepted), now)  # whatever order they are told in


def test_a_watch_that_ran_out_says_since_when():
    one = _held(1, 0, 60)
    assert Watch(one.until, one).unwatched_since == one.until
    assert Watch(one.until - MINUTE, one).unwatched_since is None
    assert Watch(START).unwatched_since is None
    assert Watch(START).holder is None


ACTS = st.sampled_from(["offer", "accept", "decline", "withdraw", "take", "hours"])
STEPS = st.lists(
    st.tuples(ACTS, st.integers(0, 2), st.integers(1, 9 * 60), st.integers(30, 20 * 60)),
    max_size=12,
)


ROLES = ("ward_lead", "ward_clinician", "out_of_hours_clinician")
_count = iter(range(10**6))


class World:
    """The database beside a plain list of who accepted what until when."""

    def __init__(self) -> None:
        number = next(_count)
        # A ward of its own for each example: handovers are kept for good.
        self.ward = make_ward(f"RT5-try-{number}", name=f"Try {number}")
        self.people = [make_clinician(self.ward, role=role) for role in ROLES]
        self.accepted: list[tuple[dt.datetime, dt.datetime, int]] = []

    def expected(self, at: dt.datetime) -> int | None:
        known = [one for one in self.accepted if one[0] <= at]
        if not known:
            return None
        _, until, who = known[-1]
        return who if at < until else None

    def act(self, what: str, who: User, at: dt.datetime, long: dt.timedelta) -> None:
        waiting = Handover.objects.waiting().filter(ward=self.ward).first()
        if what == "hours":
            opens = dt.time(6 + long.seconds % 4)
            set_week(
                ward=self.ward,
                periods=every_day(opens, dt.time(20), "W"),
                out_of_hours_team="N",
                out_of_hours_phone="N",
                starts=at.date(),
                by=None,
                at=at,
            )
        elif what == "offer":
            self._offer(who, at, long)
        elif what == "take":
            take_over(ward=self.ward, by=who, until=at + long, at=at)
            self.accepted.append((at, at + long, who.pk))
        elif waiting is not None:
            self._answer(what, waiting, who, at)

    def _offer(self, who: User, at: dt.datetime, long: dt.timedelta) -> None:
        unwatched = self.expected(at) is None
        offer_handover(ward=self.ward, by=who, until=at + long, at=at)
        if unwatched:
            taken = Handover.objects.get(ward=self.ward, taken=True, accepted_at=at)
            self.accepted.append((at, taken.until, who.pk))

    def _answer(self, what: str, waiting: Handover, who: User, at: dt.datetime) -> None:
        if what == "accept":
            accept_handover(handover=waiting, by=who, at=at)
            self.accepted.append((at, waiting.until, who.pk))
        elif what == "decline":
            decline_handover(handover=waiting, by=who, reason="No", at=at)
        else:
            withdraw_handover(handover=waiting, by=who, at=at)


@pytest.mark.django_db
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=STEPS, looks=st.lists(INSTANTS, min_size=3, max_size=6))
def test_whatever_people_do_exactly_one_holds_the_ward_or_nobody(db, steps, looks):
    world, at, moments = World(), START, [START]
    for what, who, wait, long in steps:
        at += wait * MINUTE
        before = list(world.accepted)
        try:
            world.act(what, world.people[who], at, long * MINUTE)
        except ValidationError:
            world.accepted = before  # refused: nothing changed
        moments.append(at)
    ends = [one[1] for one in world.accepted]
    for now in [
        *moments,
        *ends,
        *(end - MINUTE for end in ends),
        *(START + n * MINUTE for n in looks),
    ]:
        found = held.by(world.ward, now)
        assert (found.user_id if found else None) == world.expected(now)
