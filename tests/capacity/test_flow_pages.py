"""What the pages of flows and stays say, to whom, and what they hide."""

import csv
import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from capacity.actions.delays import note_delay
from capacity.actions.figures import refresh
from capacity.actions.stated_changes import state_change
from capacity.actions.stays import end_spell
from capacity.models import StatedChange
from lib import london
from tests.capacity.factories import make_beds, make_stay, make_ward
from tests.capacity.tables import read, tables_of

NAMES = ["flow", "length", "control", "change"]


def counted():
    """The instant of the last 08:00 count."""
    now = timezone.now()
    today = london.count_instant(london.day_of(now))
    return today if today <= now else today - dt.timedelta(days=1)


def days(number):
    return dt.timedelta(days=number)


@pytest.fixture
def busy(ward):
    """Forty stays in twenty weeks, one a bed and fortnight, four of which ended in death."""
    end = counted()
    for number, bed in enumerate(make_beds(ward, 40)):
        at = end - days(1 + 3.4 * number)
        stay = make_stay(
            ward,
            bed,
            at=at,
            pathway="copd" if number % 2 else "frailty",
            sex="female" if number % 9 else "male",
            referred_at=at - dt.timedelta(hours=5),
        )
        if number > 2:
            went = "died" if number % 3 == 0 and number < 9 else "home"
            end_spell(spell=stay.spell, destination=went, by=None, at=at + days(number % 5 + 1))
    refresh(days=[(end - days(n)).date() for n in range(140)])
    return ward


def page(client, name, query="", *, kind="icbs", code="QK1"):
    return client.get(reverse(f"capacity:{name}", args=[kind, code]) + query)


def shown(client, name, query="", **place):
    return page(client, name, query, **place).context["shown"]


def test_flows_begin_with_a_sentence_and_add_up(busy, icb_manager, signed_in):
    response = page(signed_in(icb_manager), "flow-list")
    told = response.context["shown"]
    assert f"<strong>{told.now.number('admitted')} patients</strong> in 28 days" in told.sentence
    now = told.now
    assert now.there("since") + now.into - now.out == now.there("until")
    assert told.balance in response.content.decode()


def test_who_was_admitted_is_drawn_as_soon_as_anybody_was(busy, icb_manager, signed_in):
    body = page(signed_in(icb_manager), "flow-list").content.decode()
    assert {"Age as a table", "Sex as a table", "Age and sex as a table"} <= {
        one.title for one in tables_of(body)
    }


def test_the_dashboard_and_the_flows_show_the_same_in_and_out(busy, icb_manager, signed_in):
    client = signed_in(icb_manager)
    dashboard = client.get(reverse("capacity:icb-detail", args=["QK1"])).context["shown"]
    told = shown(client, "flow-list")
    *_, total = dashboard.rows
    assert (told.now.into, told.now.out) == (total.flow.into, total.flow.out)
    assert told.balance == dashboard.movements.flows_sum
    lengths = shown(client, "length-list")
    assert lengths.ended == dashboard.movements.lengths


def test_each_breakdown_adds_up_to_its_whole(busy, icb_manager, signed_in):
    told = shown(signed_in(icb_manager), "flow-list", "?from=2026-01-01")
    by_key = {one.key: sum(line[1] for line in one.lines) for one in told.breakdowns}
    for part in ("route", "source", "pathway", "residence"):
        assert by_key[f"admitted-{part}"] == told.now.number("admitted")
    for key in ("destination", "discharged-pathway"):
        assert by_key[key] == told.now.number("discharged")
    assert by_key["referred-outcome"] == told.now.number("referred")


@pytest.mark.parametrize("by", ["before", "year"])
def test_the_time_compared_is_as_long_and_ends_before(by, busy, icb_manager, signed_in):
    span = page(signed_in(icb_manager), "flow-list", f"?by={by}").context["span"]
    first, last = span.compared
    assert (last - first).days == span.days == 28
    assert last <= span.first
    assert span.compared_words in shown(signed_in(icb_manager), "flow-list", f"?by={by}").headings


@pytest.mark.parametrize(
    "query",
    ["?from=nonsense", "?from=2030-01-01&to=2030-02-01", "?from=2026-02-02&to=2026-01-01"],
)
def test_a_time_that_cannot_be_is_told_and_the_last_weeks_are_shown(
    query, busy, icb_manager, signed_in
):
    response = page(signed_in(icb_manager), "flow-list", query)
    assert response.context["span"].days == 28
    assert "That is no time up to the last count" in response.content.decode()


def test_small_numbers_of_deaths_are_hidden_from_an_icbs_managers(busy, icb_manager, signed_in):
    told = shown(signed_in(icb_manager), "flow-list", "?from=2026-01-01")
    figures = {name: now for name, now, _ in told.figures}
    assert told.now.by("discharged", "destination")["died"] == 2
    assert figures["Died"] == "1 to 7"
    names = [name for one in told.breakdowns for name, *_ in one.lines]
    assert "Died" not in names
    assert page(signed_in(icb_manager), "control-detail", "?measure=died").status_code == 403


def test_the_wards_own_staff_see_deaths_as_they_are(busy, ward_nurse, signed_in):
    place = {"kind": "wards", "code": "RT5-soar-valley"}
    told = shown(signed_in(ward_nurse), "flow-list", "?from=2026-01-01", **place)
    assert {name: now for name, now, _ in told.figures}["Died"] == "2"
    response = page(signed_in(ward_nurse), "control-detail", "?measure=died", **place)
    assert response.status_code == 200


def test_characteristics_hide_small_numbers_so_that_none_is_had_back(
    busy, icb_manager, ward_nurse, signed_in
):
    """Few of the forty are men: women are hidden with them, or the sum would tell the men."""
    query = "?from=2026-01-01"
    hidden = shown(signed_in(icb_manager), "flow-list", query).people.tables
    [sex] = [one for one in hidden if one.title == "Sex"]
    assert [line.now for line in sex.lines] == [None, None, 0]
    place = {"kind": "wards", "code": "RT5-soar-valley"}
    exact = shown(signed_in(ward_nurse), "flow-list", query, **place).people.tables
    [sex] = [one for one in exact if one.title == "Sex"]
    assert [line.now for line in sex.lines] == [35, 5]


def test_a_whole_of_less_than_eight_hides_noughts_too(ward, beds, icb_manager, signed_in):
    make_stay(ward, beds[0], at=counted() - days(3))
    age, sex, both, *others = shown(signed_in(icb_manager), "flow-list").people.tables
    assert {line.now for one in (age, sex) for line in one.lines} == {None}
    assert {cell.now for _, cells in both.lines for cell in cells} == {None}
    assert {line[1] for one in others for line in one.lines} == {None}


@pytest.mark.parametrize("name", NAMES)
def test_the_file_holds_exactly_what_is_shown(name, busy, icb_manager, signed_in):
    client = signed_in(icb_manager)
    page_name = f"{name}-list" if name in {"flow", "length"} else f"{name}-detail"
    told = shown(client, page_name, "?from=2026-01-01")
    got = page(client, f"{name}-table", "?from=2026-01-01").content.decode("utf-8-sig")
    lines = [tuple(line) for line in csv.reader(got.splitlines())]
    assert lines == [
        tuple(f"'{c}" if c[:1] in {"+", "-"} else c for c in line) for line in told.csv
    ]


def test_a_file_hides_what_the_page_hides(busy, icb_manager, signed_in):
    got = page(signed_in(icb_manager), "flow-table", "?from=2026-01-01").content.decode()
    assert "Died,1 to 7" in got
    assert "Female,hidden,hidden" in got


@pytest.mark.parametrize("name", ["flow-list", "length-list", "control-detail", "change-detail"])
def test_a_page_asks_few_questions_however_many_came(
    name, busy, icb_manager, signed_in, django_assert_max_num_queries
):
    client = signed_in(icb_manager)
    page(client, name)
    with django_assert_max_num_queries(12):
        page(client, name)


@pytest.mark.parametrize("name", ["flow-list", "length-list", "control-detail", "change-detail"])
@pytest.mark.parametrize("kind", ["icbs", "providers", "wards"])
def test_a_place_without_any_stay_has_its_pages(name, kind, ward, icb_manager, signed_in):
    code = {"icbs": "QK1", "providers": "RT5", "wards": ward.code}[kind]
    assert page(signed_in(icb_manager), name, kind=kind, code=code).status_code == 200


def test_stays_still_open_are_told_in_words(busy, icb_manager, signed_in):
    told = shown(signed_in(icb_manager), "length-list", "?from=2026-01-01")
    assert told.here.still_open == 3
    assert told.censored_words.startswith("3 of 40 stays are still open.")
    whole, compared = told.pathways.rows[-2:]
    assert whole[:3] == ("All", "40", "3")
    assert compared[0] == f"All, {told.span.compared_words}"


def test_a_chart_says_what_it_means_and_which_pathway(busy, icb_manager, signed_in):
    told = shown(signed_in(icb_manager), "control-detail", "?measure=admitted")
    assert told.sentence.startswith("Admissions, all pathways: ")
    assert next(link.label for link, *_ in told.pathways) == "All pathways"
    assert {link.label for link, *_ in told.pathways} == {"All pathways", "COPD", "Frailty"}


def test_a_time_of_a_chart_is_drawn_and_filed_and_every_link_keeps_it(busy, icb_manager, signed_in):
    client, last = signed_in(icb_manager), counted().date()
    first = last - days(7 * 8 + 3)
    query = f"?measure=admitted&from={first}&to={last:%d/%m/%Y}"
    response = page(client, "control-detail", query)
    told = response.context["shown"]
    # Eight whole weeks, counted back from the last day.
    begun = [last - days(7 * number) for number in range(8, 0, -1)]
    assert [row[0] for row in told.table.rows] == [london.plain_day(day) for day in begun]
    kept = f"from={first}&to={last}"
    switches = [*told.measures, *told.widths, *(link for link, *_ in told.pathways)]
    assert all(kept in link.query for link in switches)
    link = next(one for one in read(response.content.decode()).links if ".csv" in one)
    file = client.get(link)
    assert f"QK1-admitted-by-week-{first}-{last}.csv" in file["Content-Disposition"]
    lines = list(csv.reader(file.content.decode("utf-8-sig").splitlines()))
    assert [line[0] for line in lines[2:10]] == [london.plain_day(day) for day in begun]


@pytest.mark.parametrize(
    ("by", "number"), [("week", 364), ("month", None)], ids=["a year", "24 months"]
)
def test_without_a_time_a_chart_shows_the_usual_one(by, number, busy, icb_manager, signed_in):
    span = page(signed_in(icb_manager), "control-detail", f"?by={by}").context["span"]
    assert span.last == counted().date()
    assert not span.typed
    back = span.last.replace(year=span.last.year - 2, day=1)
    assert span.first == (span.last - days(number) if number else back)
    assert [link.chosen for link in span.shortcuts] == [False, True, False]


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("?from=nonsense", "That is no time up to the last count at 08:00."),
        ("?to=2199-01-01", "That is no time up to the last count at 08:00."),
        ("?from=2026-03-02&to=2026-03-06", "there is no whole week from 2 Mar to 6 Mar 2026."),
        ("?by=month&from=2026-03-02&to=2026-04-30", "there is no whole month from 2 Mar to"),
    ],
)
def test_a_time_that_a_chart_cannot_show_is_told(query, told, busy, icb_manager, signed_in):
    assert told in page(signed_in(icb_manager), "control-detail", query).content.decode()


def test_a_stated_change_rebases_and_says_so_and_can_be_taken_back(busy, icb_manager, signed_in):
    client = signed_in(icb_manager)
    on = (counted() - days(70)).date()
    sent = {"on": on.strftime("%d/%m/%Y"), "reason": "A second team began"}
    address = reverse("capacity:stated-change-create", args=["icbs", "QK1"])
    assert client.post(f"{address}?measure=admitted", sent).status_code == 302
    change = StatedChange.objects.get()
    assert (change.measure, change.on, change.stated_by) == ("admitted", on, icb_manager)
    response = page(client, "control-detail", "?measure=admitted")
    assert len(response.context["shown"].charted.parts) == 2
    assert "A second team began" in response.content.decode()
    other = shown(client, "control-detail", "?measure=discharged")
    assert len(other.charted.parts) == 1
    client.post(reverse("capacity:stated-change-withdraw", args=["icbs", "QK1", change.pk]))
    after = shown(client, "control-detail", "?measure=admitted")
    assert len(after.charted.parts) == 1
    assert StatedChange.objects.get().withdrawn_by == icb_manager


def test_a_change_without_reason_or_stated_twice_comes_back(busy, icb_manager, signed_in):
    client = signed_in(icb_manager)
    address = reverse("capacity:stated-change-create", args=["icbs", "QK1"])
    assert client.post(address, {"on": "1/1/2026", "reason": " "}).status_code == 422
    sent = {"on": "1/1/2026", "reason": "A new lead"}
    assert [client.post(address, sent).status_code for _ in range(2)] == [302, 422]


def test_another_places_change_is_not_found(busy, icb_manager, signed_in):
    change = state_change(
        place_kind="icb",
        place_code="QH8",
        measure="nights",
        on=dt.date(2026, 1, 1),
        reason="elsewhere",
        by=None,
    )
    address = reverse("capacity:stated-change-withdraw", args=["icbs", "QK1", change.pk])
    assert signed_in(icb_manager).post(address).status_code == 404


def test_before_and_after_refuses_too_few(busy, icb_manager, signed_in):
    told = shown(signed_in(icb_manager), "change-detail", "?pathway=copd&days=28")
    assert told.sentence.startswith("Too few to say: ")
    assert told.comparison is None


def test_twelve_days_to_seven_is_made_and_its_limits_told(ward, icb_manager, signed_in):
    on = (counted() - days(60)).date()
    for number, bed in enumerate(make_beds(ward, 60)):
        after = number >= 30
        at = london.day_bounds(on)[0] + days((1 if after else -1) * (2 + number % 20))
        stay = make_stay(ward, bed, at=at, pathway="acute-respiratory-infection")
        nights = (7 if after else 12) + number % 3 - 1
        end_spell(spell=stay.spell, destination="home", by=None, at=at + days(nights))
    query = f"?pathway=acute-respiratory-infection&on={on}&days=28"
    response = page(signed_in(icb_manager), "change-detail", query)
    told, body = response.context["shown"], response.content.decode()
    assert "shorter by 5.0 nights, between 4.6 and 5.4." in told.sentence
    assert [row[3] for row in told.table.rows] == ["12", "7"]
    assert "Nights in hospital do not count" in body
    assert "Adjusted for age band, route and source of referral" in body
    elsewhere = shown(signed_in(icb_manager), "change-detail", query.replace("28", "91"))
    assert elsewhere.comparison is not None


def test_a_change_that_is_none_is_told_as_none(busy, icb_manager, signed_in):
    told = shown(signed_in(icb_manager), "change-detail", "?days=91")
    if told.comparison is not None and not told.comparison.adjusted.told_from_chance:
        assert "no difference can be told from chance" in told.sentence
    assert "never why" in told.notes[-1] or told.comparison is None


def test_the_longest_cause_of_delay_stands_in_the_sentence(ward, beds, icb_manager, signed_in):
    stay = make_stay(ward, beds[0], at=counted() - days(20))
    note_delay(spell=stay.spell, since=counted() - days(6), cause="social_care", by=None)
    told = shown(signed_in(icb_manager), "flow-list").sentence
    assert "6 nights were spent by people ready to leave, most for social care (6)." in told


def test_which_pathway_and_since_when_is_three_clicks_from_home(busy, icb_manager, signed_in):
    client = signed_in(icb_manager)
    home = client.get("/", follow=True).content.decode()
    dashboard = reverse("capacity:icb-detail", args=["QK1"])
    control = reverse("capacity:control-detail", args=["icbs", "QK1"])
    assert dashboard in home
    assert control in client.get(dashboard).content.decode()
    assert "Which pathway, and since when" in client.get(control).content.decode()


def test_a_providers_flows_are_of_the_wards_within_reach(busy, ward_nurse, org_admin, signed_in):
    elsewhere = make_ward("RT5-elsewhere", name="Elsewhere")
    make_stay(elsewhere, make_beds(elsewhere)[0], at=counted() - days(2))
    place = {"kind": "providers", "code": "RT5"}
    own = page(signed_in(ward_nurse), "flow-list", **place)
    whole = shown(signed_in(org_admin), "flow-list", **place)
    assert own.context["shown"].now.into + 1 == whole.now.into
    assert "wards within your reach" in own.content.decode()


@pytest.mark.parametrize("days", ["9" * 5000, "²", "-28", "٢٨", ""])
@pytest.mark.parametrize("name", ["capacity:icb-detail", "capacity:change-detail"])
def test_a_number_that_no_page_offers_is_the_usual_one(name, days, ward, icb_manager, signed_in):
    args = ["QK1"] if name == "capacity:icb-detail" else ["icbs", "QK1"]
    assert signed_in(icb_manager).get(reverse(name, args=args), {"days": days}).status_code == 200
