"""Who was admitted, beside the population by age and sex; what is hidden cannot be had back."""

import csv
import datetime as dt
from collections import Counter

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.models import AuditEvent
from capacity.actions.populations import Band, load_population
from capacity.ages import EDGES, band_of
from capacity.disclosure import Cell, Shown
from capacity.models import PopulationBand
from capacity.presenters.flows import naming
from capacity.presenters.flows.people import PeoplePresenter
from capacity.reports.by_age import ByAge, by_age
from capacity.reports.movements import Tally
from capacity.reports.places import Place
from tests.capacity.attack import SMALL, possible, with_totals
from tests.capacity.factories import make_beds, make_icb, make_stay
from tests.capacity.test_flow_pages import counted, days

AS_OF = dt.date(2024, 6, 30)
PLACE = Place("icb", 1, "QK1", "Leicester", (), ())
# 1,000 of each sex in each band; of those of 85 and over a tenth.
NATION = [
    Band("QK1", sex, since, until, 100 if since == 85 else 1000)
    for sex in ("female", "male")
    for since, until in ((0, 17), (18, 39), (40, 64), (65, 74), (75, 84), (85, None))
]
BY_AGE = ByAge(
    Counter({(str(band_of(b.age_from)), b.sex): b.people for b in NATION}),
    AS_OF,
    "a test",
)


def load(bands=NATION, **more):
    return load_population(bands=bands, **{"as_of": AS_OF, "source": "a test", **more})


# Loading


def held(icb) -> ByAge:
    found = by_age(icb)
    assert found is not None
    return found


def test_a_population_is_loaded_as_a_whole_and_replaced_when_loaded_again(db):
    icb = make_icb()
    assert by_age(icb) is None
    assert load() == 1
    load([band._replace(people=5) for band in NATION])
    assert PopulationBand.objects.count() == 12
    found = held(icb)
    assert (found.whole, found.as_of, found.source) == (60, AS_OF, "a test")
    assert (found.of("5"), found.of(None, "male"), found.of("5", "female")) == (10, 30, 5)
    assert AuditEvent.objects.filter(verb="population-loaded").count() == 2


def test_single_years_are_summed_into_the_bands_and_the_newest_date_stands(db):
    icb = make_icb()
    years = [
        Band("QK1", sex, age, age if age < 90 else None, age + 1)
        for sex in ("female", "male")
        for age in range(91)
    ]
    load(years)
    load(as_of=AS_OF - dt.timedelta(days=365))
    found = held(icb)
    assert found.as_of == AS_OF
    assert found.of("0", "male") == sum(range(1, 19))
    assert found.of("5", "male") == sum(range(86, 92))


def without(number):
    return [band for n, band in enumerate(NATION) if n != number]


@pytest.mark.parametrize(
    ("bands", "more", "why"),
    [
        ([], {}, "no population in it"),
        (NATION, {"source": " "}, "whose figures"),
        ([b._replace(icb_code="QZZ") for b in NATION], {}, "No board QZZ"),
        ([*NATION, Band("QK1", "other", 0, None, 1)], {}, "neither female nor male"),
        (NATION[:6], {}, "QK1, male: the ages from 0 on are missing"),
        (without(0), {}, "QK1, female: each age once, from 0 on; it goes wrong at 18"),
        (without(3), {}, "goes wrong at 75"),
        (without(5), {}, "QK1, female: the ages from 85 on are missing"),
        ([*NATION, NATION[2]], {}, "each age once"),
        ([*without(0), Band("QK1", "female", 0, 17, -1)], {}, "fewer than nobody"),
        (
            [*NATION[:5], Band("QK1", "female", 85, 84, 1), *NATION[6:]],
            {},
            "goes wrong at 85",
        ),
        ([Band("QK1", s, 0, None, 9) for s in ("female", "male")], {}, "two of the bands"),
    ],
)
def test_what_is_not_whole_is_refused_and_nothing_is_written(bands, more, why, db):
    make_icb()
    with pytest.raises(ValidationError, match=why):
        load(bands, **more)
    assert not PopulationBand.objects.exists()


def test_the_database_holds_each_age_once_with_its_source(db):
    icb = make_icb()
    load()
    more = {"icb": icb, "as_of": AS_OF, "sex": "male", "people": 1, "source": "a test"}
    for wrong in (
        {"age_from": 90, "age_to": 91},
        {"age_from": 9, "age_to": 8, "as_of": dt.date(2020, 1, 1)},
        {"age_from": 9, "source": "", "as_of": dt.date(2020, 1, 1)},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            PopulationBand.objects.create(**more | wrong)


def test_a_file_is_all_loaded_or_nothing(db, tmp_path, capsys):
    make_icb()
    head = "icb_code,sex,age_from,age_to,people,as_of,source\n"
    lines = [
        f"{b.icb_code},{b.sex.title()},{b.age_from},{'' if b.age_to is None else b.age_to},"
        f'"{b.people:,}",2024-06-30,ONS mid-2024\n'
        for b in NATION
    ]
    file = tmp_path / "population.csv"
    file.write_text(head + "".join(lines[:-1]))
    with pytest.raises(CommandError, match="QK1, male: the ages from 85 on are missing"):
        call_command("import_population", str(file))
    file.write_text(head + "".join(lines) + "QK1,male,85,,100,2023-06-30,ONS mid-2023\n")
    with pytest.raises(CommandError, match="one date and one source"):
        call_command("import_population", str(file))
    assert not PopulationBand.objects.exists()
    file.write_text(head + "".join(lines))
    call_command("import_population", str(file))
    assert held(make_icb()).whole == 10_200
    assert "1 boards" in capsys.readouterr().out
    file.write_text("nothing\nof,this\n")
    with pytest.raises(CommandError, match="no column 'as_of'"):
        call_command("import_population", str(file))
    file.write_text(head + lines[0] + "QK1,male,85,,many,2024-06-30,ONS mid-2024\n")
    with pytest.raises(CommandError, match="Line 3: age_from, age_to and people are whole"):
        call_command("import_population", str(file))
    file.write_text(head + "QK1,male\n")
    with pytest.raises(CommandError, match="Line 2"):
        call_command("import_population", str(file))


def test_ages_fall_into_the_bands_that_the_pages_name():
    assert [band_of(age) for age in (0, 17, 18, 39, 40, 84, 85, 110)] == [0, 0, 1, 1, 2, 4, 5, 5]
    assert len(naming.AGES) == len(EDGES) + 1


# Beside the population


def tally(persons, **others):
    """Of those admitted, by (age band, sex)."""
    found = Tally(counted(), counted())
    found.counts["admitted", ""][""] = sum(persons.values())
    for (age, sex), number in persons.items():
        found.counts["admitted", "age and sex"][f"{age} {sex}"] = number
    for dimension, counts in others.items():
        found.counts["admitted", dimension].update(counts)
    return found


NOBODY = tally({})


def people(now, then=NOBODY, *, population=BY_AGE, exact=True):
    return PeoplePresenter(PLACE, 28, now, then, population, exact)


OLD = tally({("5", "female"): 20, ("5", "male"): 11, ("4", "female"): 69})


def test_the_sentence_sets_those_admitted_beside_the_population():
    told = people(OLD).sentence
    assert told == (
        "People of 85 and over are <strong>2%</strong> of the population and"
        " <strong>31%</strong> of those admitted: 15500.0 per 100,000 of them in 28 days, and"
        " 980.4 of everybody."
    )


def test_each_band_has_its_shares_and_its_rate():
    age, sex, both, *_ = people(OLD).tables
    assert age.table.headings == (
        *("Age", "Admitted", "Share", "Of the population", "Per 100,000", "Compared", "Change"),
    )
    assert age.table.rows[-2] == ("85 and over", "31", "31.0%", "2.0%", "15500.0", "0", "+31")
    assert age.table.rows[-1] == ("All", "100", "100.0%", "100.0%", "980.4", "0", "+100")
    assert sex.table.rows[0] == ("Female", "89", "89.0%", "50.0%", "1745.1", "0", "+89")
    assert both.table.rows[-1] == ("85 and over", "20", "20000.0", "11", "11000.0")


def test_whose_sex_is_other_or_not_recorded_is_counted_and_has_no_population():
    _, sex, both, *_ = people(tally({("5", "female"): 9, ("4", "not_known"): 2})).tables
    assert sex.table.rows[2] == ("Other or not recorded", "2", "18.2%", "–", "–", "0", "+2")
    assert both.table.headings[-1] == "Other or not recorded"
    assert both.table.rows[4][-1] == "2"


def test_what_is_not_recorded_is_told():
    found = tally({("5", "female"): 12}, ethnicity={"White": 12}, decile={"3": 5, "": 7})
    *_, ethnicity, decile = people(found).tables
    assert ethnicity.lines == [("White", 12, 0), ("Not recorded", 0, 0)]
    assert decile.lines[-1] == ("Not recorded", 7, 0)


def test_without_a_population_the_page_says_so_and_shows_shares_only():
    told = people(OLD, population=None)
    assert told.sentence == ""
    assert told.note.startswith("No population by age and sex is loaded for QK1")
    age, _, both, *_ = told.tables
    assert age.table.rows[-2] == ("85 and over", "31", "31.0%", "0", "+31")
    assert "Per 100,000" not in " ".join((*age.table.headings, *both.table.headings))


def test_residents_of_other_boards_are_counted_and_told():
    note = people(tally({("5", "female"): 9}, home={"1": 5, "2": 3, "": 1})).note
    assert "of 9, 5 are residents of QK1, 3 of other boards, of 1 it is not known" in note


# Small numbers


def shown_cells(told):
    """All that is read from the two tables' margins and the one that crosses them."""
    age, sex, both, *_ = told.tables

    def read(text):
        return int(text.replace(",", "")) if text.replace(",", "").isdecimal() else None

    codes = [*naming.AGES]
    columns = ["female", "male", "other"]
    cells: dict[Cell, int | None] = {}
    cells |= {(code, None): read(row[1]) for code, row in zip(codes, age.table.rows, strict=False)}
    cells |= {(None, one): read(row[1]) for one, row in zip(columns, sex.table.rows, strict=False)}
    for code, row in zip(codes, both.table.rows, strict=True):
        cells |= {(code, one): read(row[at]) for one, at in zip(columns, (1, 3, 5), strict=True)}
    return cells, codes, columns


few = st.one_of(st.just(0), st.integers(1, 7), st.integers(8, 14))


@settings(max_examples=60, deadline=None)
@given(st.lists(few, min_size=4, max_size=4))
def test_no_hidden_number_is_had_back_from_ages_sexes_their_cross_and_the_known_sum(numbers):
    persons = dict(
        zip([(age, sex) for age in ("4", "5") for sex in ("female", "male")], numbers, strict=True)
    )
    told = people(tally(persons), exact=False)
    cells, codes, columns = shown_cells(told)
    true = with_totals({(age, sex): persons.get((age, sex), 0) for age in codes for sex in columns})
    whole = true[None, None]
    small = [cell for cell, count in true.items() if 0 < count < 8 and cell != (None, None)]
    assert all(cells[cell] is None for cell in small)
    if 0 < whole < 8:
        assert set(cells.values()) == {None}
        return
    withheld = set(cells.values()) == {None}
    shown = Shown(tuple(codes), tuple(columns), cells | {(None, None): None}, withheld)
    for cell in small:
        least = (
            1
            if withheld
            else sum(
                number > 0 and cell[0] in {None, age} and cell[1] in {None, sex}
                for (age, sex), number in persons.items()
            )
        )
        assert possible(shown, true, cell) == [n for n in SMALL if n >= least], cell


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(st.sampled_from(["A", "B", "C", "D", ""]), few.filter(bool), min_size=1))
def test_nor_from_a_list_whose_sum_is_known(groups):
    whole = sum(groups.values())
    found = tally({("5", "female"): whole}, ethnicity=groups)
    *_, ethnicity, _ = people(found, exact=False).tables
    told = {name: now for name, now, _ in ethnicity.lines}
    if set(told) == {"Not recorded"} and told["Not recorded"] is None:
        return  # all of it is withheld, with which groups there are
    assert whole >= 8
    cells = {
        (group, column): told[naming.recorded(group)] for group in groups for column in ("", None)
    }
    shown = Shown(tuple(groups), ("",), cells | {(None, ""): whole, (None, None): whole})
    true = with_totals({(group, ""): number for group, number in groups.items()})
    for group, number in groups.items():
        if number < 8:
            assert possible(shown, true, (group, "")) == [*SMALL]


def test_shares_and_rates_are_of_what_is_shown_and_tell_nothing_more():
    persons = {("5", "female"): 23, ("5", "male"): 18, ("4", "female"): 16, ("4", "male"): 12}
    age, *_ = people(tally(persons), exact=False).tables
    assert age.table.rows[-2] == ("85 and over", "40", "58.0%", "2.0%", "20000.0", "0", "+40")
    few_old = people(tally({("5", "female"): 4, ("4", "female"): 40}), exact=False)
    age, _, both, *_ = few_old.tables
    assert age.table.rows[-2][1:5] == ("hidden", "hidden", "2.0%", "hidden")
    assert both.table.rows[-1][1:3] == ("hidden", "hidden")
    assert few_old.sentence == "Too few were admitted to tell their ages."


def test_the_order_of_groups_tells_nothing_of_those_that_are_hidden():
    found = tally({("5", "female"): 40}, ethnicity={"B": 5, "A": 2, "C": 33})
    *_, hidden, _ = people(found, exact=False).tables
    assert [name for name, *_ in hidden.lines] == ["A", "B", "C", "Not recorded"]
    *_, exact, _ = people(found).tables
    assert [name for name, *_ in exact.lines] == ["C", "B", "A", "Not recorded"]


def test_of_few_not_even_the_groups_are_named():
    found = tally({("5", "female"): 3}, ethnicity={"A": 3})
    *_, hidden, _ = people(found, exact=False).tables
    assert hidden.lines == [("Not recorded", None, 0)]


# On the page


@pytest.fixture
def admitted(ward):
    """Thirty women of 81, and three men of 90 whose sex and age only the ward may see."""
    load()
    for number, bed in enumerate(make_beds(ward, 33)):
        make_stay(
            ward,
            bed,
            at=counted() - days(1 + number % 20),
            sex="male" if number >= 30 else "female",
            age_on_admission=90 if number >= 30 else 81,
            home_icb_id=ward.icb_id,
        )
    return ward


def page(client, name="flow-list", kind="icbs", code="QK1"):
    return client.get(reverse(f"capacity:{name}", args=[kind, code]))


def test_an_icbs_manager_reads_it_without_small_numbers_on_page_and_in_file(
    admitted, icb_manager, signed_in
):
    client = signed_in(icb_manager)
    response = page(client)
    told = response.context["shown"].people
    assert "Population: 10,200, a test, 30 Jun 2024." in told.note
    assert "Numbers of 1 to 7 are hidden" in told.note
    assert told.note in response.content.decode()
    rows = list(csv.reader(page(client, "flow-table").content.decode("utf-8-sig").splitlines()))
    ages = {row[0]: row[1:] for row in rows[rows.index(["Age"]) :][:9] if row}
    assert ages["85 and over"][:2] == ["hidden", "hidden"]
    assert ages["75 to 84"][:2] == ["hidden", "hidden"]
    assert ages["All"][0] == "33"


def test_the_wards_own_staff_see_it_as_it_is(admitted, ward_nurse, signed_in):
    told = page(signed_in(ward_nurse), kind="wards", code=admitted.code).context["shown"].people
    age, *_ = told.tables
    assert age.table.rows[-2] == ("85 and over", "3", "9.1%", "0", "+3")
    assert told.note == "A population is a board’s: shares are of those admitted here only."
