"""The fortnightly return: counted once, signed by a person, final, and reopened with a trace."""

import csv
import datetime as dt
import io

import pytest
from django.core.exceptions import PermissionDenied
from django.db import InternalError, connection, transaction
from django.urls import reverse
from openpyxl import load_workbook

from accounts.models import AuditEvent
from capacity.actions.beds import close_bed, reallocate_bed
from capacity.actions.sitreps import prepare_sitrep, reopen_sitrep, sign_sitrep
from capacity.actions.stays import end_spell
from capacity.actions.thursdays import freeze
from capacity.models import SitRep, WardExclusion
from capacity.refusals import ReturnRefused
from capacity.sitrep import Figures, counted_on, is_counted, submitted_on, thursdays_until
from lib import london
from tests.capacity.factories import make_beds, make_icb, make_provider, make_stay, make_ward
from tests.cast import person, with_role

FRIDAY = dt.date(2023, 12, 29)
# Sent on Friday 30 October 2026, after the clocks went back; counted before they did.
THURSDAY = dt.date(2026, 10, 22)
EIGHT = london.count_instant(THURSDAY)
NINE = EIGHT + dt.timedelta(hours=1)
DAY = dt.timedelta(days=1)


@pytest.mark.parametrize(
    ("submitted", "counted"),
    [
        (dt.date(2023, 12, 29), dt.date(2023, 12, 21)),  # domain.md
        (dt.date(2024, 4, 5), dt.date(2024, 3, 28)),  # the clocks went forward between them
        (dt.date(2026, 10, 30), dt.date(2026, 10, 22)),
    ],
)
def test_a_return_counts_the_thursday_of_the_week_before_its_friday(submitted, counted):
    assert counted_on(submitted) == counted
    assert submitted_on(counted) == submitted
    assert counted.isoweekday() == 4


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (dt.date(2023, 12, 21), True),
        (dt.date(2023, 12, 28), False),
        (dt.date(2024, 1, 4), True),
        (dt.date(2023, 12, 7), True),
        (dt.date(2024, 1, 5), False),
        (THURSDAY, True),
    ],
)
def test_every_second_thursday_is_counted_before_and_after_the_friday_that_is_known(day, expected):
    assert is_counted(day, friday=FRIDAY) is expected


def test_the_last_thursdays_come_first():
    days = thursdays_until(dt.date(2024, 1, 10), friday=FRIDAY)
    assert [next(days) for _ in range(2)] == [dt.date(2024, 1, 4), dt.date(2023, 12, 21)]


@pytest.fixture
def soar_valley(ward, beds):
    """Three beds, one of them closed; one patient in a bed and one over capacity."""
    make_stay(ward, beds[0], at=EIGHT - DAY)
    make_stay(ward, None, no_bed_reason="agreed with Mrs Jones", at=EIGHT - DAY, pathway="copd")
    close_bed(bed=beds[2], reason="no_kit", by=None, at=EIGHT - DAY)
    return ward


def prepare(ward, by, at=NINE):
    return prepare_sitrep(provider=ward.lead_provider, counted_on=THURSDAY, by=by, at=at)


def sign(draft, by, at=NINE):
    return sign_sitrep(sitrep=draft, seen=draft.prepared_at, by=by, at=at)


def test_a_draft_is_the_one_count_of_that_thursday(soar_valley, returns_officer):
    figures = Figures.read(prepare(soar_valley, returns_officer).figures)
    assert (figures.count.beds, figures.count.patients) == (2, 2)
    [line] = figures.lines()
    assert (line.icb, line.ward, line.closed, line.over_capacity) == (
        "QK1",
        soar_valley.code,
        1,
        1,
    )
    assert figures.pathways() == [("QK1", "copd", "step_up", 1), ("QK1", "frailty", "step_up", 1)]


def test_what_staff_wrote_of_a_patient_is_not_in_it(soar_valley, returns_officer):
    assert "Jones" not in str(prepare(soar_valley, returns_officer).figures)


def test_a_provider_returns_its_own_beds_of_a_shared_ward_and_no_others(
    soar_valley, beds, returns_officer
):
    uhl = make_provider("RWE", name="University Hospitals of Leicester NHS Trust", kind="acute")
    reallocate_bed(bed=beds[1], provider=uhl, icb=make_icb("QPM"), starts=THURSDAY, by=None)
    other = with_role(person("uhl", "analyst"), "returns_officer", "provider", "RWE")
    ours = Figures.read(prepare(soar_valley, returns_officer).figures)
    theirs = prepare_sitrep(provider=uhl, counted_on=THURSDAY, by=other, at=NINE)
    assert ours.count.beds == 1
    assert [(b.icb, b.capacity) for b in Figures.read(theirs.figures).beds] == [("QPM", 1)]


@pytest.mark.parametrize("days", [1, 7, -7])
def test_no_return_is_made_of_another_day(soar_valley, returns_officer, days):
    with pytest.raises(ReturnRefused, match="No return is made of that day"):
        prepare_sitrep(
            provider=soar_valley.lead_provider,
            counted_on=THURSDAY + days * DAY,
            by=returns_officer,
            at=NINE + 14 * DAY,
        )


def test_nothing_is_returned_before_it_is_counted(soar_valley, returns_officer):
    with pytest.raises(ReturnRefused, match="counted at 08:00"):
        prepare(soar_valley, returns_officer, at=EIGHT - dt.timedelta(seconds=1))


@pytest.mark.parametrize("who", ["ward_lead", "icb_manager", "auditor", "ward_nurse"])
def test_whoever_does_not_answer_for_the_provider_neither_prepares_nor_signs(
    soar_valley, returns_officer, request, who
):
    other = request.getfixturevalue(who)
    with pytest.raises(PermissionDenied):
        prepare(soar_valley, other)
    draft = prepare(soar_valley, returns_officer)
    with pytest.raises(PermissionDenied):
        sign(draft, other)
    signed = sign(draft, returns_officer)
    with pytest.raises(PermissionDenied):
        reopen_sitrep(sitrep=signed, reason="late", by=other, at=NINE)


def test_preparing_again_replaces_the_draft(soar_valley, beds, returns_officer, org_admin):
    first = prepare(soar_valley, returns_officer)
    make_stay(soar_valley, beds[1], at=EIGHT - DAY)
    again = prepare(soar_valley, org_admin, at=NINE + DAY)
    assert (again.pk, again.version, again.prepared_by) == (first.pk, 1, org_admin)
    assert Figures.read(again.figures).count.patients == 3


def test_only_the_draft_that_was_seen_is_signed(soar_valley, returns_officer):
    seen = prepare(soar_valley, returns_officer).prepared_at
    draft = prepare(soar_valley, returns_officer, at=NINE + DAY)
    with pytest.raises(ReturnRefused, match="prepared again"):
        sign_sitrep(sitrep=draft, seen=seen, by=returns_officer, at=NINE + 2 * DAY)


def test_signing_is_by_a_named_person_once_and_written_down(soar_valley, returns_officer):
    signed = sign(prepare(soar_valley, returns_officer), returns_officer)
    assert (signed.signed_by, signed.signed_at) == (returns_officer, NINE)
    with pytest.raises(ReturnRefused, match="already"):
        sign(signed, returns_officer)
    with pytest.raises(ReturnRefused, match="Reopen it first"):
        prepare(soar_valley, returns_officer)
    verbs = AuditEvent.objects.filter(subject_kind="sitrep").order_by("pk")
    assert list(verbs.values_list("verb", "by")) == [
        ("return-prepared", returns_officer.pk),
        ("return-signed", returns_officer.pk),
    ]


def test_reopening_keeps_the_signed_copy_and_makes_a_new_version(
    soar_valley, beds, returns_officer, org_admin
):
    signed = sign(prepare(soar_valley, returns_officer), returns_officer)
    before = signed.figures
    make_stay(soar_valley, beds[1], at=EIGHT - DAY)
    draft = reopen_sitrep(sitrep=signed, reason="entered late", by=org_admin, at=NINE + DAY)
    signed.refresh_from_db()
    assert (draft.version, Figures.read(draft.figures).count.patients) == (2, 3)
    assert (signed.figures, signed.reopened_reason) == (before, "entered late")
    assert (signed.signed_by, signed.reopened_by) == (returns_officer, org_admin)
    second = sign(draft, org_admin, at=NINE + 2 * DAY)
    assert list(SitRep.objects.in_force()) == [second]
    with pytest.raises(ReturnRefused, match="not reopened since"):
        reopen_sitrep(sitrep=signed, reason="again", by=org_admin, at=NINE + 3 * DAY)


def test_a_reopening_says_why(soar_valley, returns_officer):
    signed = sign(prepare(soar_valley, returns_officer), returns_officer)
    with pytest.raises(ReturnRefused, match="Say why"):
        reopen_sitrep(sitrep=signed, reason="  ", by=returns_officer, at=NINE)


UNDER_COVER = """
    UPDATE capacity_sitrep SET version = 7,
        reopened_at = now(), reopened_by_id = signed_by_id, reopened_reason = 'late'
"""


@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM capacity_sitrep",
        "UPDATE capacity_sitrep SET figures = '{}'",
        "UPDATE capacity_sitrep SET signed_at = NULL, signed_by_id = NULL",
        "UPDATE capacity_sitrep SET signed_at = signed_at + interval '1 day'",
        UNDER_COVER,
    ],
)
def test_the_database_lets_nobody_change_what_is_signed(soar_valley, returns_officer, sql):
    sign(prepare(soar_valley, returns_officer), returns_officer)
    with pytest.raises(InternalError, match="is final"), transaction.atomic():
        connection.cursor().execute(sql)


def test_a_reopening_is_not_taken_back(soar_valley, returns_officer):
    signed = sign(prepare(soar_valley, returns_officer), returns_officer)
    reopen_sitrep(sitrep=signed, reason="late", by=returns_officer, at=NINE)
    with pytest.raises(InternalError, match="is final"), transaction.atomic():
        SitRep.objects.filter(pk=signed.pk).update(
            reopened_at=None, reopened_by=None, reopened_reason=""
        )


# Pages


def get(client, name, *args):
    return client.get(reverse(f"capacity:{name}", args=args))


def text(response):
    return " ".join(response.content.decode().split())


def test_the_list_tells_what_is_due_prepared_and_signed(
    soar_valley, returns_officer, signed_in, time_machine
):
    time_machine.move_to(NINE, tick=False)
    client = signed_in(returns_officer)
    body = text(get(client, "return-list"))
    assert "Counted Thursday 22 October 2026" in body
    assert "due Friday 30 October 2026 · 0 of 1 signed" in body
    assert "not prepared" in body
    client.post(reverse("capacity:return-prepare", args=["RT5", THURSDAY]))
    assert "draft, prepared Thu 22 Oct, 09:00 by Nia Cole" in text(get(client, "return-list"))
    sign(SitRep.objects.get(), returns_officer)
    assert "1 of 1 signed" in text(get(client, "return-list"))
    time_machine.move_to(NINE + 9 * DAY)
    client = signed_in(returns_officer)
    assert "overdue" in text(get(client, "return-list"))  # the one before, never prepared


def test_the_page_sets_the_draft_beside_the_frozen_the_corrected_and_now(
    soar_valley, beds, returns_officer, signed_in
):
    freeze(at=NINE)
    draft = prepare(soar_valley, returns_officer)
    late = make_stay(soar_valley, beds[1], at=EIGHT - DAY)
    end_spell(spell=late.spell, destination="home", by=None, at=NINE)
    page = get(signed_in(returns_officer), "return-detail", draft.pk)
    patients = page.context["shown"].compared[1]
    told = (patients.returned, patients.frozen, patients.corrected, patients.now)
    assert told == ("2", "2", "+1", "2")
    assert "Since corrected: beds none, patients +1." in text(page)


def test_the_page_says_what_is_missing_and_no_words_of_a_patient(
    soar_valley, returns_officer, signed_in
):
    clinic = make_ward("RT5-clinic", name="Clinic")
    make_beds(clinic, 1)
    WardExclusion.objects.create(ward=clinic, starts=THURSDAY - DAY, reason="a day clinic")
    make_ward("RT5-new", name="New ward")
    body = text(
        get(signed_in(returns_officer), "return-detail", prepare(soar_valley, returns_officer).pk)
    )
    assert "Clinic did not count: a day clinic." in body
    assert "New ward has no bed in this return." in body
    assert "Soar Valley: 1 bed closed, no kit." in body
    assert "Soar Valley: 1 patient over capacity." in body
    assert "Jones" not in body


def test_a_return_is_signed_and_reopened_without_javascript(
    soar_valley, returns_officer, signed_in
):
    client = signed_in(returns_officer)
    draft = prepare(soar_valley, returns_officer)
    seen = get(client, "return-detail", draft.pk).context["seen"]
    client.post(reverse("capacity:return-sign", args=[draft.pk]), {"seen": seen})
    draft.refresh_from_db()
    assert draft.signed_by == returns_officer
    reopen = reverse("capacity:return-reopen", args=[draft.pk])
    refused = client.post(reopen, {"reason": ""})
    assert (refused.status_code, "Say why it is reopened" in text(refused)) == (422, True)
    answer = client.post(reopen, {"reason": "two discharges entered late"}, follow=True)
    assert "Version 2" in text(answer)
    assert "two discharges entered late" in text(answer)


def test_an_icb_sees_its_own_lines_of_a_return(soar_valley, beds, returns_officer, signed_in):
    northants = make_icb("QPM", name="NHS Northamptonshire Integrated Care Board")
    reallocate_bed(
        bed=beds[1], provider=soar_valley.lead_provider, icb=northants, starts=THURSDAY, by=None
    )
    draft = prepare(soar_valley, returns_officer)
    manager = with_role(person("qpm", "manager"), "icb_manager", "icb", "QPM")
    page = get(signed_in(manager), "return-detail", draft.pk)
    assert "You see the lines of your ICB" in text(page)
    assert "Soar Valley: 1 bed closed" not in text(page)
    assert [line.line.icb for line in page.context["shown"].lines] == ["QPM"]
    stranger = with_role(person("other", "manager"), "icb_manager", "icb", "QF7")
    assert get(signed_in(stranger), "return-detail", draft.pk).status_code == 404


def rows_of(response):
    body = b"".join(response.streaming_content).decode().removeprefix("\ufeff")
    return list(csv.DictReader(io.StringIO(body)))


def test_csv_and_workbook_hold_the_same_lines_which_add_up(soar_valley, returns_officer, signed_in):
    draft = prepare(soar_valley, returns_officer)
    client = signed_in(returns_officer)
    answer = get(client, "return-csv", draft.pk)
    assert "sitrep-RT5-2026-10-22-v1-DRAFT.csv" in answer["Content-Disposition"]
    rows = rows_of(answer)
    by_level = {
        level: sum(int(row["Patients"]) for row in rows if row["Level"] == level)
        for level in ("provider", "icb", "ward", "pathway")
    }
    assert set(by_level.values()) == {2}
    book = load_workbook(io.BytesIO(get(client, "return-xlsx", draft.pk).content))
    cells = [[cell.value for cell in row] for row in book["SitRep"].rows]
    assert [row[0] for row in cells[1:]] == [row["Level"] for row in rows]
    assert cells[1][6:9] == [2, 2, 1]
    assert ("State", draft and book["About"]["B5"].value)[1].startswith("draft, prepared")


def test_the_csv_of_a_signed_return_does_not_move_with_the_count(
    soar_valley, beds, returns_officer, signed_in
):
    signed = sign(prepare(soar_valley, returns_officer), returns_officer)
    client = signed_in(returns_officer)
    before = rows_of(get(client, "return-csv", signed.pk))
    make_stay(soar_valley, beds[1], at=EIGHT - DAY)
    assert rows_of(get(client, "return-csv", signed.pk)) == before
