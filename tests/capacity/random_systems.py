"""Systems at random: beds that change hands, close and go, and who lies in them or has none."""

import datetime as dt

from hypothesis import strategies as st

from capacity.models import Bed, BedAllocation, BedClosure, Leave, Spell, Stay, Ward, WardExclusion
from lib import london
from tests.capacity.factories import make_icb, make_provider, make_ward

DAYS = 5
MICROSECOND = dt.timedelta(microseconds=1)
# The clocks go forward on the third morning, or back.
FIRSTS = [dt.date(2026, 3, 27), dt.date(2026, 10, 23)]


def times(first):
    """Often the very instant of a count, or a microsecond from it."""
    mornings = [london.count_instant(first + dt.timedelta(n)) for n in range(-1, DAYS + 1)]
    apart = st.sampled_from([0, 1, -1, 3_600_000_000, 40_000_000_000, -30_000_000_000])
    return st.builds(lambda at, n: at + n * MICROSECOND, st.sampled_from(mornings), apart)


def dates(first):
    return st.integers(-1, DAYS + 1).map(lambda n: first + dt.timedelta(n))


@st.composite
def periods(draw, points):
    """None overlaps another; some follow each other without a gap, the last may go on."""
    cuts = sorted(draw(st.lists(points, min_size=1, max_size=4, unique=True)))
    pairs = list(zip(cuts, [*cuts[1:], None], strict=True))
    return [pair for pair in pairs if draw(st.booleans())]


@st.composite
def systems(draw):
    first = draw(st.sampled_from(FIRSTS))
    moments, days = times(first), dates(first)
    bed = st.fixed_dictionaries(
        {
            "ward": st.integers(0, 2),
            "kind": st.sampled_from(["commissioned", "commissioned", "surge"]),
            "period": st.tuples(moments, st.one_of(st.none(), moments)),
            "allocations": periods(days),
            "owners": st.lists(st.integers(0, 1), min_size=5, max_size=5),
            "closures": periods(moments),
            "stays": periods(moments),
            "leaves": periods(moments),
        }
    )
    return {
        "first": first,
        "beds": draw(st.lists(bed, max_size=5)),
        "without": draw(st.lists(st.tuples(st.integers(0, 2), periods(moments)), max_size=3)),
        "in_error": draw(st.sets(st.integers(0, 12))),
        "excluded": draw(periods(days)),
        "opens": draw(days),
        "closes": draw(st.one_of(st.none(), days)),
    }


def make(system):
    wards = [make_ward(f"RT5-{name}", name=name) for name in ("one", "two", "three")]
    first = system["first"]
    opens, closes = system["opens"], system["closes"]
    Ward.objects.filter(pk=wards[1].pk).update(opens=opens)
    if closes and closes > wards[2].opens:
        Ward.objects.filter(pk=wards[2].pk).update(closes=closes)
    for starts, ends in system["excluded"]:
        WardExclusion.objects.create(ward=wards[0], starts=starts, ends=ends, reason="a clinic")
    for number, told in enumerate(system["beds"]):
        make_bed(number, told, wards, system["in_error"])
    for number, (ward, stays) in enumerate(system["without"]):
        for n, period in enumerate(stays):
            lie(wards[ward], None, period, n, in_error=number + 8 in system["in_error"])
    return [(day, london.count_instant(day)) for day in _days(first)]


def _days(first):
    return [first + dt.timedelta(n) for n in range(DAYS)]


def make_bed(number, told, wards, in_error):
    starts, ends = told["period"]
    ends = None if ends is None or ends <= starts else ends
    ward = wards[told["ward"]]
    bed = Bed.objects.create(
        ward=ward, label=str(number), kind=told["kind"], starts=starts, ends=ends
    )
    owners = [
        (ward.lead_provider, ward.icb),
        (make_provider("RWE"), make_icb("QPM", name="NHS Northamptonshire")),
    ]
    for (begin, end), which in zip(told["allocations"], told["owners"], strict=False):
        provider, icb = owners[which]
        BedAllocation.objects.create(bed=bed, provider=provider, icb=icb, starts=begin, ends=end)
    for begin, end in told["closures"]:
        BedClosure.objects.create(bed=bed, starts=begin, ends=end, reason="no_kit")
    for n, period in enumerate(told["stays"]):
        stay = lie(ward, bed, period, n, in_error=number * 2 + n in in_error)
        if n == 0:
            for begin, end in told["leaves"]:
                back = begin + dt.timedelta(days=9)
                Leave.objects.create(
                    kind="home",
                    spell=stay.spell,
                    starts=begin,
                    ends=end,
                    expected_back=back,
                    bed_held=True,
                )


def lie(ward, bed, period, number, *, in_error):
    starts, ends = period
    voided = ends or starts + dt.timedelta(days=9)
    destination = "entered_in_error" if in_error else "home" if ends else ""
    spell = Spell.objects.create(
        person_key="0" * 64,
        age_on_admission=80,
        sex="female",
        source="gp",
        admitted_at=starts,
        discharged_at=voided if in_error else ends,
        destination=destination,
    )
    return Stay.objects.create(
        spell=spell,
        ward=ward,
        bed=bed,
        no_bed="" if bed else ("over_capacity", "on_leave")[number % 2],
        no_bed_reason="" if bed else "agreed",
        pathway=("frailty", "copd")[number % 2],
        route=("step_up", "step_down")[number // 2 % 2],
        starts=starts,
        ends=voided if in_error else ends,
        end_reason="entered_in_error" if in_error else "discharged" if ends else "",
    )
