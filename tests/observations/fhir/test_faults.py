"""Whatever is posted or asked, the answer is FHIR, and never a 500."""

import gzip
import json
from typing import Any
from unittest.mock import Mock

import pytest
from django.db import OperationalError
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from observations.fhir import records, writing
from observations.models import Reading
from tests.capacity.factories import make_provider
from tests.observations.factories import make_gateway, make_key
from tests.observations.fhir.factories import CODES, bundle, observation, panel, post
from tests.observations.fhir.test_reading import valid

pytestmark = pytest.mark.django_db


@pytest.fixture
def any_key(db) -> str:
    return make_key(make_gateway(make_provider()))


def fault(answer) -> tuple[int, str, str]:
    assert answer["Content-Type"].startswith("application/fhir+json")
    issue = valid(answer.json())["issue"][0]
    return answer.status_code, issue["code"], issue.get("expression", [""])[0]


FAULTS: list[tuple[dict[str, Any], tuple[int, str, str]]] = [
    ({"status": None}, (422, "code-invalid", "Observation.status")),
    ({"status": "registered"}, (422, "business-rule", "Observation.status")),
    ({"status": 3}, (400, "structure", "Observation.status")),
    ({"resourceType": "Patient"}, (400, "structure", "resourceType")),
    ({"code": None}, (422, "code-invalid", "Observation.code")),
    (
        {"code": {"coding": [{"system": "http://loinc.org", "code": "1-8"}]}},
        (422, "code-invalid", "Observation.code"),
    ),
    (
        {
            "code": {
                "coding": [
                    {"system": "http://loinc.org", "code": "8867-4"},
                    {"system": "http://loinc.org", "code": "59408-5"},
                ]
            }
        },
        (422, "invalid", "Observation.code.coding"),
    ),
    ({"effectiveDateTime": None}, (422, "required", "Observation.effective")),
    ({"effectiveDateTime": "2026-11-21"}, (422, "value", "Observation.effective")),
    ({"effectiveDateTime": 7}, (400, "structure", "Observation.effective")),
    ({"effectivePeriod": {}}, (422, "not-supported", "Observation.effective")),
    (
        {"effectiveDateTime": "2020-01-01T00:00:00Z"},
        (422, "business-rule", "Observation.effective"),
    ),
    ({"valueQuantity": None}, (422, "required", "Observation.value")),
    ({"valueQuantity": {"value": 97}}, (422, "required", "Observation.value.code")),
    (
        {"valueQuantity": {"value": 97, "unit": "furlong"}},
        (422, "code-invalid", "Observation.value.code"),
    ),
    (
        {"valueQuantity": {"value": 97, "unit": "%", "comparator": "<"}},
        (422, "not-supported", "Observation.value.comparator"),
    ),
    ({"valueQuantity": {"value": 300, "unit": "%"}}, (422, "value", "Observation.value")),
    ({"valueQuantity": {"value": "97"}}, (400, "structure", "Observation.value.value")),
    ({"valueQuantity": {"value": True}}, (400, "structure", "Observation.value.value")),
    ({"device": None}, (422, "required", "Observation.subject")),
    ({"device": {"reference": "Device/x"}}, (422, "value", "Observation.device")),
    ({"subject": {"reference": "Group/1"}}, (422, "value", "Observation.subject")),
    (
        {"modifierExtension": [{"url": "x"}]},
        (422, "not-supported", "Observation.modifierExtension"),
    ),
    ({"identifier": [{"value": "x" * 101}]}, (422, "value", "Observation.identifier")),
    (
        {"status": "amended", "identifier": None},
        (422, "required", "Observation.identifier"),
    ),
    ({"note": [{"text": "x" * 2001}]}, (422, "too-long", "Observation.note")),
]
BROKEN = [
    b" ",
    b"[]",
    b"null",
    b"\xff\xfe",
    b'{"resourceType": "Observation", "status": NaN}',
    b'{"resourceType": "Observation", "status": "\\ud800"}',
    b'{"resourceType": "Observation", "valueQuantity": {"value": 1e400}}',
    b'{"resourceType": "Observation", "valueQuantity": {"value": ' + b"9" * 5000 + b"}}",
    b'{"resourceType": "Observation", "x": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    b'{"resourceType": "Observation", "contained": [' + b'{"a":' * 5000 + b"1" + b"}" * 5000,
]


def test_what_is_wrong_is_pointed_at(key, hub, now):
    told = [
        (change, fault(post(key, observation(hub, "spo2", now, **change)))) for change, _ in FAULTS
    ]
    assert told == FAULTS
    assert not Reading.objects.exists()


@pytest.mark.parametrize("path", ["/Observation", "/"])
def test_what_is_no_resource_is_400(any_key, path):
    assert [fault(post(any_key, body, path))[0] for body in BROKEN] == [400] * len(BROKEN)


def test_what_is_broken_in_a_batch_breaks_no_other(key, hub, now):
    good = json.dumps(observation(hub, "pulse", now))
    asked = '"request": {"method": "POST", "url": "Observation"}'
    entries = [
        f'{{{asked}, "resource": {resource}}}'
        for resource in (
            '{"resourceType": "Observation", "valueQuantity": {"value": 1e400}}',
            "[[[[[]]]]]",
            "3",
            good,
        )
    ]
    entries += ['{"request": {"method": "POST", "url": "Observation"}}']
    entries += ['{"request": {"method": "GET", "url": "Observation/1"}}']
    entries += ['{"request": {"method": "DELETE", "url": "Observation/1"}}']
    entries += [f'{{"request": {{"method": "POST", "url": "Patient"}}, "resource": {good}}}']
    body = f'{{"resourceType": "Bundle", "type": "batch", "entry": [{",".join(entries)}]}}'
    told = valid(post(key, body.encode(), "/").json())
    statuses = [entry["response"]["status"][:3] for entry in told["entry"]]
    assert statuses == ["400", "400", "400", "201", "400", "403", "405", "404"]


def test_a_bundle_of_another_kind_is_refused(any_key):
    told = {"resourceType": "Bundle", "type": "document"}
    assert fault(post(any_key, told, "/")) == (400, "value", "Bundle.type")


def test_no_key_is_told_so_before_anything_else():
    for path in ("/Observation", "/", ""):
        answer = post("vw_nope", b"\xff", path)
        assert fault(answer)[:2] == (401, "login")
        assert answer["WWW-Authenticate"] == "Bearer"


def test_media_types_and_sizes_are_told(key, hub, now):
    told = observation(hub, "pulse", now)
    assert fault(post(key, told, Accept="application/fhir+xml"))[0] == 406
    assert fault(post(key, told, "/Observation?_format=xml"))[0] == 406
    assert fault(post(key, told, Accept="application/fhir+json;q=0.0"))[0] == 406
    assert fault(post(key, told, **{"Content-Type": "text/plain"}))[0] in (400, 415)
    older = {"Content-Type": "application/fhir+json; fhirVersion=3.0"}
    assert fault(post(key, told, **older))[0] == 415
    assert fault(post(key, b" " * (1024 * 1024 + 1)))[0] == 413
    bomb = gzip.compress(b" " * 20_000_000)
    assert fault(post(key, bomb, **{"Content-Encoding": "gzip"}))[0] == 413
    assert fault(post(key, bundle(*[told] * 1001), "/"))[0] == 413
    zipped = gzip.compress(json.dumps(told).encode())
    assert post(key, zipped, **{"Content-Encoding": "gzip"}).status_code == 201


def test_wrong_verbs_and_unknown_addresses_are_told(ward_nurse, signed_in):
    browser = signed_in(ward_nurse)
    for method, path, allowed in (
        ("put", "/Observation/20261121-0", "GET, HEAD"),
        ("delete", "/Observation", "GET, HEAD, POST"),
        ("get", "/", "POST"),
        ("post", "/metadata", "GET, HEAD"),
    ):
        answer = getattr(browser, method)(f"/fhir/R4{path}")
        assert (fault(answer)[0], answer["Allow"]) == (405, allowed)
    for path in ("/Medication/1", "/Observation/20261121-%00", "/Patient/x/y", "/$export"):
        assert fault(browser.get(f"/fhir/R4{path}"))[0] == 404
    for path in ("/Patient/x", "/Encounter/1", "/Device/9", "/Device/x", "/Observation/x"):
        assert fault(browser.get(f"/fhir/R4{path}"))[0] == 404


def test_a_key_that_sends_too_much_is_told_to_wait(key, hub, now, settings):
    settings.KEY_READINGS_A_MINUTE = 1
    answers = (post(key, observation(hub, "pulse", now)) for _ in range(50))
    # What one request sent counts for the next as soon as a thread has said so.
    refused = next(answer for answer in answers if answer.status_code != 201)
    assert fault(refused)[:2] == (429, "throttled")
    assert int(refused["Retry-After"]) > 0


def test_a_database_that_is_away_is_told_so(key, hub, now, monkeypatch):
    def away(**_more):
        raise OperationalError("server closed the connection")

    monkeypatch.setattr(writing, "exchange", away)
    answer = post(key, observation(hub, "pulse", now))
    assert fault(answer)[:2] == (503, "transient")
    assert int(answer["Retry-After"]) > 0


def test_a_defect_of_our_own_is_told_in_fhir_too(admission, ward_nurse, signed_in, monkeypatch):
    monkeypatch.setattr(records, "patient", Mock(side_effect=KeyError("born")))
    answer = signed_in(ward_nurse).get(f"/fhir/R4/Patient/{admission.patient_id}")
    assert fault(answer)[:2] == (500, "exception")
    assert b"born" not in answer.content


# Anything at all

texts = st.text(max_size=12)
scalars = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), texts)
anything = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)
elements = st.sampled_from(
    [
        *("status", "identifier", "contained", "code", "subject", "device", "effectiveDateTime"),
        *("effectiveInstant", "valueQuantity", "valueCodeableConcept", "valueInteger", "note"),
        *("component", "performer", "dataAbsentReason", "modifierExtension", "implicitRules"),
    ]
)
statuses = st.sampled_from(["final", "amended", "corrected", "entered-in-error", "preliminary"])


def observations_near_right(now):
    right = st.builds(
        lambda kind, status, value: observation("HUB-1", kind, now, value) | {"status": status},
        st.sampled_from(sorted(CODES)),
        statuses,
        st.floats(-10, 400) | st.integers(0, 200),
    )
    spoilt = st.builds(
        lambda told, more: told | more, right, st.dictionaries(elements, anything, max_size=2)
    )
    return st.one_of(right, spoilt, st.builds(lambda: panel("HUB-1", now)), anything)


def posts(now):
    near = observations_near_right(now)
    kinds = st.sampled_from(["batch", "transaction", "x"])
    several = st.lists(near, max_size=4)
    bundles = st.builds(lambda some, kind: bundle(*some, kind=kind), several, kinds)
    resources = st.one_of(
        st.tuples(st.just("/Observation"), near), st.tuples(st.just("/"), bundles)
    )
    written = resources.map(lambda posted: (posted[0], json.dumps(posted[1]).encode()))
    paths = st.sampled_from(["/Observation", "/"])
    return st.one_of(written, written, st.tuples(paths, st.binary(min_size=1, max_size=60)))


def test_anything_posted_is_answered_in_fhir_and_never_by_500(any_key, long_form):
    @settings(
        max_examples=1000 if long_form else 30,
        deadline=None,
        database=None,
        derandomize=not long_form,
    )
    @given(posts(timezone.now()))
    def tried(posted: tuple[str, bytes]) -> None:
        path, body = posted
        answer = post(any_key, body, path)
        assert answer.status_code in {200, 201, 202, 400, 404, 405, 409, 410, 412, 422}
        said = valid(answer.json())
        if answer.status_code >= 400:
            assert said["resourceType"] == "OperationOutcome"

    tried()
    assert not Reading.objects.exists()
