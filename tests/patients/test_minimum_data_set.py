"""The minimum data set: a line a spell as at 08:00, under a pseudonym, taken by one role only."""

import csv
import datetime as dt
import io
import tracemalloc
import uuid

import pytest
from django.core.exceptions import PermissionDenied
from django.db import InternalError, connection, transaction
from django.urls import reverse
from openpyxl import load_workbook

from accounts.models import AuditEvent, Look
from capacity import counting
from capacity.actions.beds import reallocate_bed
from capacity.actions.stays import end_spell
from capacity.models import Provider, WardExclusion
from capacity.occupancy import nights
from capacity.refusals import ReturnRefused
from lib import london
from patients.actions.admissions import discharge
from patients.actions.minimum import prepare_data_set, reopen_data_set, sign_data_set
from patients.models import MinimumDataSet, MinimumDataSetRow
from patients.presenters.datasets import ITEMS, file_lines
from patients.pseudonym import person_key_of
from tests.capacity.factories import make_beds, make_provider, make_ward
from tests.cast import person, with_role
from tests.patients.factories import make_admission, make_clinician, make_patient

# The clocks went forward on Sunday 29 March 2026.
DAY = dt.date(2026, 4, 2)
EIGHT = london.count_instant(DAY)
NINE = EIGHT + dt.timedelta(hours=1)
DAYS = dt.timedelta(days=1)


@pytest.fixture
def ward(db):
    return make_ward()


@pytest.fixture
def beds(ward):
    return make_beds(ward, 4)


@pytest.fixture
def there(ward, beds):
    """On the ward since before the clocks changed."""
    return make_admission(
        ward=ward,
        bed=beds[0],
        patient=make_patient(family_name="Quillfeather", born=dt.date(1942, 3, 3)),
        at=EIGHT - 6 * DAYS,
    )


def leave(admission, at, destination="home"):
    return discharge(
        admission=admission, destination=destination, by=make_clinician(admission.ward), at=at
    )


def prepare(by, day=DAY, at=NINE):
    provider = Provider.objects.get(code="RT5")
    return prepare_data_set(provider=provider, day=day, by=by, at=at)


def sign(draft, by, at=NINE):
    return sign_data_set(data_set=draft, seen=draft.prepared_at, by=by, at=at)


def test_a_line_holds_each_item_and_no_name_and_no_number(there, returns_officer):
    [line] = prepare(returns_officer).rows.all()
    patient = there.patient
    assert line.spell_id == there.spell_id
    assert line.person_key == there.spell.person_key == person_key_of(patient)
    assert (line.birth_month, line.age_on_admission) == ("1942-03", 84)
    assert (line.ward_code, line.ward_capacity, line.provider_code) == (there.ward.code, 4, "RT5")
    assert (line.referral_group, line.route, line.pathway) == ("gp", "step_up", "frailty")
    assert line.admitted_on == london.day_of(there.admitted_at)
    assert (line.discharged_on, line.discharge_method, line.destination) == (None, "", "")
    said = " ".join(str(one) for one in MinimumDataSetRow.objects.values_list().get())
    assert patient.nhs_number not in said
    assert "Quillfeather" not in said
    assert "1942-03-03" not in said


def test_the_length_of_stay_is_the_nights_between_london_days(there, returns_officer):
    [line] = prepare(returns_officer).rows.all()
    assert line.length_of_stay == nights(there.admitted_at, EIGHT) == 6


def test_who_comes_after_eight_is_not_in_it_and_who_left_after_is_there_still(
    ward, beds, there, returns_officer
):
    leave(there, EIGHT + dt.timedelta(minutes=30))
    make_admission(ward=ward, bed=beds[1], at=EIGHT + dt.timedelta(seconds=1))
    [line] = prepare(returns_officer).rows.all()
    assert (line.spell_id, line.discharged_on) == (there.spell_id, None)


@pytest.mark.parametrize(
    ("destination", "method"),
    [("home", "clinical_advice"), ("died", "died"), ("self_discharged", "self_discharged")],
)
def test_who_left_is_told_of_with_how_and_where_to(there, returns_officer, destination, method):
    end_spell(spell=there.spell, destination=destination, by=None, at=EIGHT - 2 * DAYS)
    [line] = prepare(returns_officer).rows.all()
    assert (line.discharge_method, line.destination) == (method, destination)
    assert line.discharged_on == DAY - 2 * DAYS


@pytest.mark.parametrize(("days", "lines"), [(27, 1), (29, 0)])
def test_a_stay_is_sent_again_for_four_weeks_after_it_ended(there, returns_officer, days, lines):
    ended = EIGHT - 5 * DAYS
    leave(there, ended)
    day = london.day_of(ended + days * DAYS)
    draft = prepare(returns_officer, day=day, at=ended + 40 * DAYS)
    assert draft.rows.count() == lines


def test_who_is_there_is_who_the_count_counts(ward, beds, there, returns_officer):
    """Other beds of a shared ward, wards that do not count, and mistakes stay out of both."""
    uhl = make_provider("RWE", name="University Hospitals of Leicester NHS Trust", kind="acute")
    reallocate_bed(bed=beds[1], provider=uhl, icb=ward.icb, starts=DAY, by=None)
    make_admission(ward=ward, bed=beds[1], at=EIGHT - DAYS)
    wrong = make_admission(ward=ward, bed=beds[2], at=EIGHT - DAYS)
    end_spell(spell=wrong.spell, destination="entered_in_error", by=None, at=EIGHT)
    clinic = make_ward("RT5-clinic", name="Clinic")
    make_admission(ward=clinic, bed=make_beds(clinic, 1)[0], at=EIGHT - DAYS)
    WardExclusion.objects.create(ward=clinic, starts=DAY - DAYS, reason="a clinic")
    counted = counting.patients(counting.mornings([DAY]))
    rt5 = ward.lead_provider
    expected = sum(line.patients for line in counted if line.provider == rt5.pk)
    lines = prepare(returns_officer).rows.filter(discharged_on=None)
    assert [one.spell_id for one in lines] == [there.spell_id]
    assert lines.count() == expected


def test_a_spell_sent_and_then_entered_in_error_is_withdrawn(there, returns_officer):
    sign(prepare(returns_officer), returns_officer)
    end_spell(spell=there.spell, destination="entered_in_error", by=None, at=NINE)
    [line] = prepare(returns_officer, day=DAY + DAYS, at=NINE + DAYS).rows.all()
    assert (line.record, line.spell_id) == ("withdrawn", there.spell_id)


def test_the_latest_snapshot_tells_what_was_put_right(there, returns_officer):
    sign(prepare(returns_officer), returns_officer)
    leave(there, EIGHT - DAYS)
    lines = prepare(returns_officer, day=DAY + DAYS, at=NINE + DAYS).rows
    assert [one.discharged_on for one in lines.filter(spell_id=there.spell_id)] == [DAY - DAYS]


@pytest.mark.parametrize("who", ["org_admin", "ward_lead", "icb_manager", "auditor", "ward_doctor"])
def test_nobody_else_prepares_signs_or_exports(there, returns_officer, signed_in, request, who):
    other = request.getfixturevalue(who)
    with pytest.raises(PermissionDenied):
        prepare(other)
    draft = prepare(returns_officer)
    with pytest.raises(PermissionDenied):
        sign(draft, other)
    for name in ("detail", "csv", "xlsx"):
        assert get(signed_in(other), name, draft.pk).status_code == 403
    assert not AuditEvent.objects.filter(verb="data-set-exported").exists()


def test_the_officer_of_another_provider_finds_nothing(there, returns_officer, signed_in):
    draft = prepare(returns_officer)
    other = with_role(person("uhl", "analyst"), "returns_officer", "provider", "RWE")
    assert get(signed_in(other), "detail", draft.pk).status_code == 404
    assert get(signed_in(other), "csv", draft.pk).status_code == 404


@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM patients_minimumdatasetrow",
        "UPDATE patients_minimumdatasetrow SET destination = 'died'",
        "INSERT INTO patients_minimumdatasetrow SELECT * FROM patients_minimumdatasetrow",
        "DELETE FROM patients_minimumdataset",
        "UPDATE patients_minimumdataset SET day = day + 1",
    ],
)
def test_the_database_lets_nobody_change_what_is_signed(there, returns_officer, sql):
    sign(prepare(returns_officer), returns_officer)
    with pytest.raises(InternalError, match="final"), transaction.atomic():
        connection.cursor().execute(sql)


def test_reopening_keeps_the_signed_lines_and_makes_a_new_version(there, returns_officer):
    signed = sign(prepare(returns_officer), returns_officer)
    leave(there, EIGHT - DAYS)
    draft = reopen_data_set(
        data_set=signed, reason="entered late", by=returns_officer, at=NINE + DAYS
    )
    assert draft.version == 2
    assert [one.rows.get().discharged_on for one in (signed, draft)] == [None, DAY - DAYS]
    with pytest.raises(ReturnRefused, match="already"):
        sign(signed, returns_officer)


def test_a_day_is_prepared_from_eight_on(there, returns_officer):
    with pytest.raises(ReturnRefused, match="08:00"):
        prepare(returns_officer, at=EIGHT - dt.timedelta(seconds=1))


# Pages and files


def get(client, name, *args):
    return client.get(reverse(f"patients:dataset-{name}", args=args))


def test_a_day_is_prepared_and_signed_on_the_pages(there, returns_officer, signed_in, time_machine):
    time_machine.move_to(NINE, tick=False)
    client = signed_in(returns_officer)
    assert "not prepared" in get(client, "list").content.decode()
    client.post(reverse("patients:dataset-prepare", args=["RT5", DAY]))
    draft = MinimumDataSet.objects.get()
    page = get(client, "detail", draft.pk)
    body = page.content.decode()
    assert "1 person on the wards, 1 line" in body
    assert "not held here, sent empty" in body
    assert "Quillfeather" not in body
    seen = {"seen": page.context["seen"]}
    client.post(reverse("patients:dataset-sign", args=[draft.pk]), seen)
    assert "signed Thu 2 Apr, 09:00 by Nia Cole" in get(client, "detail", draft.pk).content.decode()
    assert Look.objects.filter(page="data-set", user=returns_officer).count() == 1
    reopen = reverse("patients:dataset-reopen", args=[draft.pk])
    assert client.post(reopen, {"reason": ""}).status_code == 422
    assert "Version 2" in client.post(reopen, {"reason": "late"}, follow=True).content.decode()


def test_both_files_hold_the_same_lines_and_each_taking_is_written_down(
    there, returns_officer, signed_in
):
    draft = prepare(returns_officer)
    client = signed_in(returns_officer)
    answer = get(client, "csv", draft.pk)
    assert "minimum-data-set-RT5-2026-04-02-v1-DRAFT.csv" in answer["Content-Disposition"]
    text = b"".join(answer.streaming_content).decode().removeprefix("\ufeff")
    [head, line] = csv.reader(io.StringIO(text))
    assert head == ["Snapshot date", *ITEMS]
    kept = get(client, "xlsx", draft.pk).content
    [head_too, line_too] = load_workbook(io.BytesIO(kept))["Lines"].values
    assert list(head_too) == head
    assert ["" if one is None else str(one) for one in line_too] == line
    taken = AuditEvent.objects.filter(verb="data-set-exported").order_by("pk")
    assert [(one.by, one.detail["file"], one.detail["lines"]) for one in taken] == [
        (returns_officer, "csv", 1),
        (returns_officer, "xlsx", 1),
    ]


def peak(lines: int, returns_officer) -> int:
    """Bytes at most while a file of so many lines is written."""
    draft = prepare(returns_officer, day=DAY - lines * DAYS)
    draft.rows.all().delete()
    MinimumDataSetRow.objects.bulk_create(
        [
            MinimumDataSetRow(
                data_set=draft,
                record="current",
                spell_id=uuid.uuid4(),
                person_key="0" * 64,
                admitted_on=DAY,
                length_of_stay=1,
                birth_month="1942-03",
                age_on_admission=84,
                ward_capacity=4,
                technology_enabled=True,
            )
            for _ in range(lines)
        ],
        batch_size=500,
    )
    tracemalloc.start()
    written = sum(1 for _ in file_lines(draft))
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert written == lines + 1
    return most


@pytest.mark.django_db(transaction=True)
def test_a_file_of_many_lines_takes_no_more_memory_than_one_of_few():
    make_beds(make_ward(), 1)
    officer = with_role(person("returns", "analyst"), "returns_officer", "provider", "RT5")
    few, many = peak(1_000, officer), peak(8_000, officer)
    assert many < 1.5 * few
