"""What staff read is valid R4 by an independent model, bounded, and of their own patients only."""

import datetime as dt
import json
import re

import pytest
from django.test import Client
from fhir.resources.R4B import get_fhir_model_class

from accounts.models import Look
from observations.kinds import NUMBERS
from observations.models import Reading
from observations.vitals import public_id
from patients.models import Admission
from tests.capacity.factories import make_ward
from tests.cast import OTHER_WARD
from tests.observations.factories import make_gateway, make_key, make_set, reading
from tests.observations.factories import post as post_plain
from tests.observations.fhir.factories import observation, panel, post
from tests.patients.factories import make_admission

pytestmark = pytest.mark.django_db
MINUTE = dt.timedelta(minutes=1)
CATEGORY = "http://terminology.hl7.org/CodeSystem/observation-category"


def get(browser, path, **more):
    answer = browser.get(f"/fhir/R4{path}", more)
    assert answer["Content-Type"].startswith("application/fhir+json")
    return valid(answer.json()), answer.status_code


def valid(told):
    """An independent model of R4 reads it, and writes it down as it was."""
    model = get_fhir_model_class(told["resourceType"]).model_validate_json(json.dumps(told))
    assert json.loads(model.model_dump_json(exclude_none=True)).keys() == told.keys()
    return told


def found(browser, admission, **more):
    told, status = get(browser, "/Observation", patient=str(admission.patient_id), **more)
    assert status == 200, told
    return [entry["resource"] for entry in told.get("entry", ())]


def a_pulse(hub, at):
    return observation(hub, "pulse", at)


def names(resources):
    return [one["code"]["text"] for one in resources]


def test_metadata_is_open_and_valid():
    told, status = get(Client(), "/metadata")
    assert (status, told["fhirVersion"]) == (200, "4.0.1")
    observation_ = next(r for r in told["rest"][0]["resource"] if r["type"] == "Observation")
    assert observation_["conditionalCreate"]


def test_every_kind_leaves_as_a_valid_observation(key, hub, admission, nurse, now):
    sent = make_set(hub, now, weight=81.2, glucose=6.1, peak_flow=410, pain=2, diastolic=78)
    sent.append(reading(hub, "oxygen", 2, now - MINUTE, source="phone", reported_by="Her son"))
    sent.append(reading(hub, "consciousness", "C", now - MINUTE, comment="Muddled"))
    sent.append(reading(hub, "pulse", 80, now - MINUTE, quality="unusable"))
    sent.append(reading(hub, "spo2", 90, now - MINUTE, context="exertion", quality="poor"))
    post_plain(key, sent)
    from observations.draining import drain

    drain.drain_all()
    resources = found(nurse, admission)
    assert len(resources) == len(sent) - 1  # two pressures are one panel
    for one in resources:
        assert valid(get(nurse, f"/Observation/{one['id']}")[0]) == one
    by = {(one["code"]["text"], one["effectiveDateTime"][-10:]): one for one in resources}
    unusable = next(one for one in resources if "dataAbsentReason" in one)
    assert "valueQuantity" not in unusable
    assert len(by) == len(resources)


def test_what_was_created_is_read_back_as_it_was_answered(key, hub, admission, nurse, now):
    for sent in (observation(hub, "pulse", now), panel(hub, now)):
        answer = post(key, sent)
        valid(answer.json())
        back = nurse.get(answer["Location"])
        assert (back["ETag"], back["Last-Modified"]) == (answer["ETag"], answer["Last-Modified"])
        told = valid(back.json())
        assert told["subject"] == {"reference": f"Patient/{admission.patient_id}"}
        again = nurse.get(answer["Location"], headers={"If-None-Match": back["ETag"]})
        assert (again.status_code, again.content) == (304, b"")


def test_what_is_struck_through_is_read_by_id_and_not_found_by_search(
    key, hub, admission, nurse, now
):
    told = observation(hub, "pulse", now)
    where = post(key, told)["Location"]
    post(key, told | {"status": "entered-in-error"})
    assert valid(nurse.get(where).json())["status"] == "entered-in-error"
    assert found(nurse, admission) == []


def test_search_narrows_by_code_and_category(key, hub, admission, nurse, now):
    post(key, panel(hub, now))
    post(key, observation(hub, "pulse", now))
    assert sorted(names(found(nurse, admission))) == ["Blood pressure", "Pulse"]
    loinc, snomed = "http://loinc.org|8867-4", "http://snomed.info/sct|78564009"
    assert names(found(nurse, admission, code=loinc)) == ["Pulse"]
    assert names(found(nurse, admission, code=snomed)) == ["Pulse"]
    assert names(found(nurse, admission, code="85354-9")) == ["Blood pressure"]
    assert names(found(nurse, admission, code="8480-6")) == ["Systolic blood pressure"]
    assert len(found(nurse, admission, code="8480-6,8462-4,8867-4")) == 3
    assert found(nurse, admission, code="http://loinc.org|1234-5") == []
    assert len(found(nurse, admission, code="http://loinc.org|")) == 2
    assert found(nurse, admission, category="laboratory") == []
    assert found(nurse, admission, category="urn:other|vital-signs") == []
    assert len(found(nurse, admission, category=f"{CATEGORY}|vital-signs")) == 2
    assert len(found(nurse, admission, category=f"{CATEGORY}|")) == 2
    assert len(found(nurse, admission, category="vital-signs")) == 2


@pytest.mark.parametrize("half", ["systolic", "diastolic"])
def test_a_lone_pressure_is_found_as_a_panel_of_which_half_is_absent(
    key, hub, admission, nurse, now, half
):
    post(key, observation(hub, half, now, 84))
    (told,) = found(nurse, admission, code="85354-9")
    present = {one["code"]["text"].split()[0].lower(): one for one in told["component"]}
    assert present.pop(half)["valueQuantity"]["value"] == 84
    (absent,) = present.values()
    assert absent["dataAbsentReason"]["coding"][0]["code"] == "unknown"
    assert get(nurse, f"/Observation/{told['id']}") == (told, 200)
    (alone,) = found(nurse, admission)
    assert f"{alone['id']}-bp" == told["id"]


def test_no_other_reading_is_half_a_panel(key, hub, nurse, now):
    pulse = post(key, observation(hub, "pulse", now)).json()["id"]
    pair = post(key, panel(hub, now)).json()["id"]
    below = next(r for r in Reading.objects.filter(kind=NUMBERS["diastolic"]))
    lower = public_id(below.device_id, below.sender_id, below.measured_at)
    assert nurse.get(f"/fhir/R4/Observation/{pair}").status_code == 200
    for name in (pulse, lower):
        assert nurse.get(f"/fhir/R4/Observation/{name}").status_code == 200
        assert nurse.get(f"/fhir/R4/Observation/{name}-bp").status_code == 404


def test_search_narrows_by_date(key, hub, admission, nurse, now):
    for minutes in (0, 1, 2):
        post(key, observation(hub, "pulse", now - minutes * MINUTE, 70 + minutes))
    told = (now - MINUTE).strftime("%Y-%m-%dT%H:%M:%SZ")

    def values(*dates):
        resources = found(nurse, admission, date=list(dates), _sort="date")
        return [one["valueQuantity"]["value"] for one in resources]

    assert values(told) == [71]
    assert values(f"ge{told}") == [71, 70]
    assert values(f"gt{told}") == [70]
    assert values(f"le{told}") == [72, 71]
    assert values(f"lt{told}") == [72]
    assert values(f"gt{told}", f"lt{told}") == []
    assert values(f"ge{now.year}", f"le{now.year + 1}") == [72, 71, 70]


def test_who_asks_for_all_is_told_what_is_left_out(key, hub, admission, nurse, now):
    post(key, observation(hub, "pulse", now))
    assert [one["resourceType"] for one in found(nurse, admission)] == ["Observation"]
    Admission.objects.update(admitted_at=now - dt.timedelta(days=500))
    told, left_out = found(nurse, admission)
    assert told["resourceType"] == "Observation"
    assert left_out["issue"][0]["severity"] == "warning"
    assert len(found(nurse, admission, date=f"ge{now:%Y-%m-%d}")) == 1


def test_pages_lead_on_and_hold_everything_once(key, hub, admission, nurse, now):
    for minutes in range(4):
        post(key, panel(hub, now - minutes * MINUTE))
        post(key, observation(hub, "pulse", now - minutes * MINUTE))
    asked = f"/fhir/R4/Observation?patient={admission.patient_id}&_count=3&_sort=date"
    seen: list[tuple[str, str]] = []
    while asked:
        told = valid(nurse.get(asked).json())
        entries = told.get("entry", ())
        assert len(entries) <= 3
        seen += [(e["resource"]["effectiveDateTime"], e["resource"]["id"]) for e in entries]
        asked = next((one["url"] for one in told["link"] if one["relation"] == "next"), "")
    assert len(seen) == len(set(seen)) == 8
    assert [at for at, _ in seen] == sorted(at for at, _ in seen)


def test_patients_stays_kit_and_wards_are_valid(hub, admission, nurse):
    patient, _ = get(nurse, f"/Patient/{admission.patient_id}")
    assert patient["identifier"][0]["value"] == admission.patient.nhs_number
    encounter, _ = get(nurse, f"/Encounter/{admission.pk}")
    assert (encounter["status"], encounter["class"]["code"]) == ("in-progress", "HH")
    device, _ = get(nurse, f"/Device/{hub.pk}")
    assert device["patient"]["reference"] == f"Patient/{admission.patient_id}"
    ward = encounter["location"][0]["location"]["reference"]
    location, status = get(nurse, f"/{ward}")
    assert (status, location["id"]) == (200, admission.ward.code)


def test_by_nhs_number_by_encounter_and_by_id_is_the_same(key, hub, admission, nurse, now):
    name = post(key, observation(hub, "pulse", now)).json()["id"]
    number = f"https://fhir.nhs.uk/Id/nhs-number|{admission.patient.nhs_number}"
    for asked in (
        {"patient:identifier": number},
        {"encounter": f"Encounter/{admission.pk}"},
        {"_id": name},
        {"subject": f"Patient/{admission.patient_id}", "_id": f"{name},20261121-nothing"},
    ):
        told, status = get(nurse, "/Observation", **asked)
        assert (status, [e["resource"]["id"] for e in told["entry"]]) == (200, [name])


def test_a_search_by_id_is_narrowed_by_what_else_is_asked(key, hub, admission, nurse, now):
    pulse, pair = (post(key, one(hub, now)).json()["id"] for one in (a_pulse, panel))
    ids = f"{pulse},{pair}"
    assert len(found(nurse, admission, _id=ids)) == 2
    assert names(found(nurse, admission, _id=ids, code="8867-4")) == ["Pulse"]
    assert names(found(nurse, admission, _id=ids, code="85354-9")) == ["Blood pressure"]
    assert found(nurse, admission, _id=ids, category="laboratory") == []
    assert found(nurse, admission, _id=ids, date=f"lt{now.year}") == []
    assert len(found(nurse, admission, _id=ids, date=f"ge{now.year}")) == 2


def test_nobody_without_a_part_in_the_care_finds_anything(
    key, hub, admission, now, other_nurse, icb_manager, signed_in
):
    make_ward(OTHER_WARD)
    name = post(key, observation(hub, "pulse", now)).json()["id"]
    number = f"https://fhir.nhs.uk/Id/nhs-number|{admission.patient.nhs_number}"
    for user in (other_nurse, icb_manager):
        browser = signed_in(user)
        paths = (
            f"/Observation?patient={admission.patient_id}",
            f"/Observation?encounter={admission.pk}",
            f"/Observation?patient:identifier={number}",
            f"/Observation/{name}",
            f"/Patient/{admission.patient_id}",
        )
        for path in paths:
            told, status = get(browser, path)
            assert (status, told["issue"][0]["code"]) == (404, "not-found")
        assert "entry" not in get(browser, f"/Observation?_id={name}")[0]
    assert not Look.objects.filter(page__startswith="fhir:").exists()


def test_reading_is_written_down_as_a_look(key, hub, admission, nurse, ward_nurse, now):
    name = post(key, observation(hub, "pulse", now)).json()["id"]
    found(nurse, admission)
    get(nurse, f"/Observation/{name}")
    get(nurse, f"/Patient/{admission.patient_id}")
    other = make_admission(ward=admission.ward, at=now - dt.timedelta(days=1))
    get(nurse, f"/Encounter/{other.pk}")
    looks = Look.objects.filter(user=ward_nurse).values_list("page", flat=True)
    assert set(looks) == {"fhir:observations", "fhir:observation", "fhir:patient", "fhir:encounter"}


def test_a_search_by_id_alone_is_a_look_too(key, hub, nurse, ward_nurse, now):
    name = post(key, observation(hub, "pulse", now)).json()["id"]
    get(nurse, f"/Observation?_id={name}")
    assert Look.objects.get(user=ward_nurse).page == "fhir:observation"


def test_a_key_reads_nothing_back(hub, now):
    key = make_key(make_gateway(hub.provider))
    where = post(key, observation(hub, "pulse", now))["Location"]
    answer = Client().get(where, headers={"Authorization": f"Bearer {key}"})
    assert (answer.status_code, valid(answer.json())["issue"][0]["code"]) == (403, "forbidden")
    assert Client().get(where).status_code == 401


def test_a_password_alone_reads_nothing_where_a_second_factor_is_asked(admission, nurse, settings):
    settings.MFA_REQUIRED = True
    told, status = get(nurse, f"/Patient/{admission.patient_id}")
    assert (status, told["issue"][0]["code"]) == (403, "forbidden")


NOT_UNDERSTOOD = [
    "",
    "patient=me",
    "patient=Device/1",
    "patient={id}&foo=1",
    "patient={id}&code:not=8867-4",
    "patient={id}&code=",
    "patient={id}&category=|",
    "patient={id}&date=yesterday",
    "patient={id}&date=ne2026",
    "patient={id}&date=2026-13",
    "patient={id}&date=9999",
    "patient={id}&date=ge0001-01-01T00:00:00%2B23:59",
    "patient={id}&_sort=value",
    "patient={id}&_count=-1",
    "patient={id}&_page=nonsense",
    "patient={id}&_page=WzFd",
    "patient:identifier=https://example.org|1",
]


def test_a_search_that_is_not_understood_is_refused(admission, nurse):
    for query in NOT_UNDERSTOOD:
        answer = nurse.get(f"/fhir/R4/Observation?{query.format(id=admission.patient_id)}")
        assert answer.status_code == 400, query
        assert valid(answer.json())["resourceType"] == "OperationOutcome"


def test_what_is_not_known_may_be_ignored_when_the_reader_says_so(admission, nurse):
    asked = f"/fhir/R4/Observation?patient={admission.patient_id}&foo=1"
    answer = nurse.get(asked, headers={"Prefer": "handling=lenient"})
    assert answer.status_code == 200
    assert not re.search("foo", answer.json()["link"][0]["url"])
    assert not Reading.objects.exists()
