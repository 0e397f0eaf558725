"""The stay's summary on the page and as a letter: tagged, in any alphabet, and true."""

import datetime as dt
import json
from typing import Any

import pytest
from django.urls import reverse
from fhir.resources.R4B import get_fhir_model_class

from observations import news2
from observations.draining import drain
from observations.models import Score
from patients.actions.admissions.written import Arranged, Medicine, Written
from patients.actions.care import set_limit
from rounds.actions.stays import discharge_with_open, take_back_discharge
from tests.observations.factories import make_gateway, make_held_hub, make_key, make_set
from tests.observations.factories import post as post_readings
from tests.patients.factories import make_admission, make_clinician, make_patient

HOUR = dt.timedelta(hours=1)
DAY = dt.timedelta(days=1)
# Latin, Vietnamese, Greek, Cyrillic, Devanagari, Arabic; and one that no font here draws.
ALPHABETS = ["Nguyễn Thị", "Ødegård", "Ελένη", "Жанна", "नमस्ते", "محمد", "李小龍"]


@pytest.fixture
def admission(ward, now):
    return make_admission(ward=ward, at=now - 72 * HOUR)


def leave(admission, by, now, **more):
    written = Written(
        outcome="complete",
        medicines="listed",
        changes=(Medicine("Doxycycline", "started", "Infection", "100 mg daily"),),
        follow_up="listed",
        arranged=(Arranged("Bloods", "Test Lane Surgery", now.date() + 7 * DAY),),
    )
    told: dict[str, Any] = {"destination": "home", "written": written, "note": "Better each day"}
    told |= more
    return discharge_with_open(admission=admission, by=by, at=now, **told)


def page(browser, name, admission):
    return browser.get(reverse(f"rounds:{name}", args=[admission.pk]))


def test_the_page_tells_follow_up_and_medicines_first(signed_in, admission, ward_nurse, now):
    leave(admission, ward_nurse, now)
    text = page(signed_in(ward_nurse), "admission-summary", admission).content.decode()
    order = [text.index(word) for word in ("Bloods", "Doxycycline", "Treatment complete")]
    assert order == sorted(order)


@pytest.mark.parametrize(
    ("known", "words"),
    [("none", "None."), ("not_asked", "Not asked."), (None, "Not written down.")],
)
def test_an_empty_list_says_why(signed_in, admission, ward_nurse, now, known, words):
    written = Written(medicines=known) if known else None
    leave(admission, ward_nurse, now, written=written)
    text = page(signed_in(ward_nurse), "admission-summary", admission).content.decode()
    medicines = text.split('id="medicines"')[1]
    assert words in medicines.split("</section>")[0]


def test_a_stay_that_goes_on_is_a_draft_and_one_in_error_says_so(
    signed_in, admission, ward_nurse, now
):
    browser = signed_in(ward_nurse)
    assert "Draft:" in page(browser, "admission-summary", admission).content.decode()
    leave(admission, ward_nurse, now, destination="entered_in_error")
    assert "Entered in error:" in page(browser, "admission-summary", admission).content.decode()


@pytest.mark.parametrize("name", ALPHABETS)
def test_the_letter_is_a_tagged_pdf_in_any_alphabet(signed_in, ward, ward_nurse, now, name):
    patient = make_patient(family_name=name, given_name="*#[x]_$" + name)
    admission = make_admission(ward=ward, patient=patient, at=now - 72 * HOUR)
    leave(admission, ward_nurse, now)
    answer = page(signed_in(ward_nurse), "summary-pdf", admission)
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Cache-Control"] == "no-store"
    assert name not in answer["Content-Disposition"]
    assert answer.content.startswith(b"%PDF-1.7")
    assert b"/StructTreeRoot" in answer.content
    assert b"/Lang(en-GB)" in answer.content
    drawn = name != "李小龍"
    assert (b"pdfuaid:part" in answer.content) is drawn


def test_the_letter_of_a_stay_is_the_same_each_time(signed_in, admission, ward_nurse, now):
    leave(admission, ward_nurse, now)
    browser = signed_in(ward_nurse)
    first, second = (page(browser, "summary-pdf", admission).content for _ in range(2))
    assert first == second


def test_words_that_look_like_markup_stay_words(signed_in, admission, ward_nurse, now):
    leave(admission, ward_nurse, now, note='#eval("1") *bold* $x$ \\ `raw` @ref <b> = Head')
    assert page(signed_in(ward_nurse), "summary-pdf", admission).status_code == 200


def test_thresholds_are_told_as_words_a_gp_reads(signed_in, admission, ward_nurse):
    text = page(signed_in(ward_nurse), "admission-summary", admission).content.decode()
    assert "anything but A" in text
    assert "above 0" not in text


# For other systems


@pytest.fixture
def measured(admission, ward, ward_nurse, now):
    """Three days of readings, the second day's worse; a threshold of the patient's own."""
    hub = make_held_hub(admission, by=ward_nurse)
    key = make_key(make_gateway(ward.lead_provider))
    for hours, pulse in ((60, 72), (36, 131), (30, 72), (2, 75)):
        post_readings(key, make_set(hub, now - hours * HOUR, pulse=pulse))
    drain.drain_all()
    lead = make_clinician(ward)
    line = admission.plan_lines.filter(kind="pulse").first()
    set_limit(
        admission=admission,
        kind="pulse",
        low=45,
        high=min(110, line.high or 110),
        priority=line.priority,
        reason="Runs fast",
        by=lead,
    )
    return admission


def whole(browser, admission):
    answer = browser.get(f"/fhir/R4/Encounter/{admission.pk}/$end-of-stay")
    assert answer["Content-Type"].startswith("application/fhir+json")
    return answer


def by_type(told):
    found: dict[str, list[Any]] = {}
    for entry in told["entry"]:
        found.setdefault(entry["resource"]["resourceType"], []).append(entry["resource"])
    return found


def test_the_end_of_a_stay_is_a_bundle_that_an_independent_model_reads(
    signed_in, measured, ward_nurse
):
    leave(measured, ward_nurse, dt.datetime.now(dt.UTC))
    answer = whole(signed_in(ward_nurse), measured)
    assert answer.status_code == 200
    told = answer.json()
    model = get_fhir_model_class("Bundle").model_validate_json(json.dumps(told))
    assert json.loads(model.model_dump_json(exclude_none=True)).keys() == told.keys()
    assert told["type"] == "collection"
    found = by_type(told)
    assert {kind: len(some) for kind, some in found.items() if kind != "Observation"} == {
        "Patient": 1,
        "Organization": 1,
        "Encounter": 1,
        "DocumentReference": 1,
    }
    encounter = found["Encounter"][0]
    assert (encounter["class"]["code"], encounter["status"]) == ("HH", "finished")
    assert encounter["period"].keys() == {"start", "end"}


def test_every_reference_leads_to_an_entry_of_the_bundle(signed_in, measured, ward_nurse):
    leave(measured, ward_nurse, dt.datetime.now(dt.UTC))
    told = whole(signed_in(ward_nurse), measured).json()
    urls = [entry["fullUrl"] for entry in told["entry"]]
    assert len(urls) == len(set(urls))
    named = {url.partition("/fhir/R4/")[2] or url for url in urls}
    asked = set()

    def walk(node):
        if isinstance(node, dict):
            if isinstance(node.get("reference"), str):
                asked.add(node["reference"])
            for child in node.values():
                walk(child)
        elif isinstance(node, list):
            for child in node:
                walk(child)

    walk(told)
    outside = {one for one in asked - named if not one.startswith(("Location/", "Device/"))}
    assert outside == set()


def test_scores_have_their_parts_and_readings_their_thresholds(signed_in, measured, ward_nurse):
    leave(measured, ward_nurse, dt.datetime.now(dt.UTC))
    observed = by_type(whole(signed_in(ward_nurse), measured).json())["Observation"]
    totals = [one for one in observed if "hasMember" in one]
    assert all(len(one["hasMember"]) == len(news2.PARAMETERS) for one in totals)
    kept = Score.objects.filter(
        admission_id=measured.pk,
        measured_at__gte=measured.admitted_at,
        measured_at__lte=dt.datetime.now(dt.UTC),
    )
    assert max(one["valueQuantity"]["value"] for one in totals) == max(
        score.total or 0 for score in kept
    )
    parts = [one for one in observed if "derivedFrom" in one]
    assert parts
    ranges = [
        one["referenceRange"][0]
        for one in observed
        if one["code"]["text"] == "Pulse" and "referenceRange" in one
    ]
    assert ranges
    assert all("Runs fast" in one["text"] and one["low"]["value"] == 45 for one in ranges)


def test_nobody_reads_the_end_of_a_stay_that_goes_on_or_of_a_stranger(
    signed_in, measured, ward_nurse, other_nurse
):
    assert whole(signed_in(ward_nurse), measured).status_code == 409
    leave(measured, ward_nurse, dt.datetime.now(dt.UTC))
    assert whole(signed_in(other_nurse), measured).status_code == 404
    answer = signed_in(ward_nurse).get("/fhir/R4/Encounter/nobody/$end-of-stay")
    assert answer.status_code == 404


def test_the_download_is_what_the_address_gives(signed_in, measured, ward_nurse):
    leave(measured, ward_nurse, dt.datetime.now(dt.UTC))
    browser = signed_in(ward_nurse)
    file = page(browser, "summary-bundle", measured)
    assert file.json() == whole(browser, measured).json()
    assert "attachment" in file["Content-Disposition"]


def test_a_stay_in_error_says_so_in_the_bundle(signed_in, admission, ward_nurse, now):
    leave(admission, ward_nurse, now, destination="entered_in_error")
    found = by_type(whole(signed_in(ward_nurse), admission).json())
    assert found["Encounter"][0]["status"] == "entered-in-error"
    assert found["DocumentReference"][0]["status"] == "entered-in-error"


# Coming again


def test_a_stay_within_thirty_days_of_another_is_a_readmission(
    signed_in, admission, ward, ward_nurse, now
):
    leave(admission, ward_nurse, now - 24 * HOUR, left_at=now - 24 * HOUR)
    again = make_admission(ward=ward, patient=admission.patient, at=now)
    assert again.spell.readmission_of == admission.spell
    browser = signed_in(ward_nurse)
    assert "Readmission" in page(browser, "patient-detail", again).content.decode()
    assert "after leaving Soar Valley" in page(browser, "admission-summary", again).content.decode()
    assert "Admitted again" in page(browser, "admission-summary", admission).content.decode()


@pytest.mark.parametrize(("destination", "days"), [("entered_in_error", 1), ("home", 31)])
def test_what_was_none_or_long_ago_makes_no_readmission(ward, ward_nurse, now, destination, days):
    first = make_admission(ward=ward, at=now - (days + 3) * DAY)
    leave(first, ward_nurse, now - days * DAY, destination=destination, left_at=now - days * DAY)
    again = make_admission(ward=ward, patient=first.patient, at=now)
    assert again.spell.readmission_of is None


def test_a_departure_taken_back_is_a_draft_again(signed_in, admission, ward_nurse, now):
    leave(admission, ward_nurse, now)
    admission.refresh_from_db()
    take_back_discharge(admission=admission, reason="Wrong patient", by=ward_nurse)
    text = page(signed_in(ward_nurse), "admission-summary", admission).content.decode()
    assert "Draft:" in text
    assert "Doxycycline" not in text
