"""The patient's page: who sees it, what it says, and that an unchanged one costs a 304."""

import datetime as dt

import pytest
from django.urls import reverse

from accounts.models import Look
from observations.actions.readings import strike_readings
from observations.models import Prompt
from observations.runs import readings_of
from patients.actions.admissions import discharge
from patients.actions.care import record_safety, set_limit, set_pause
from rounds.actions.reviews import review
from rounds.actions.tasks import add_task
from tests.observations.factories import NORMAL, SEVEN, make_held_hub, make_key, post_set
from tests.patients.factories import make_admission, make_patient
from tests.rounds.factories import HIGH, make_alert, make_handover, make_set

HOUR = dt.timedelta(hours=1)
DAY = 24 * HOUR
POLL = {"HX-Request": "true", "X-Poll": "1"}


@pytest.fixture
def admission(ward, now, ward_nurse):
    patient = make_patient(family_name="Nguyễn-Test", given_name="Hương", phone="07700 900107")
    return make_admission(ward=ward, patient=patient, at=now - 5 * DAY)


@pytest.fixture
def read(signed_in, ward_nurse):
    browser = signed_in(ward_nurse)

    def get(admission, query="", **headers):
        address = reverse("rounds:patient-detail", args=[admission.pk])
        return browser.get(f"{address}{query}", headers=headers)

    return get


def _text(answer):
    return answer.content.decode()


def _readings_tile(answer):
    _, found, after = _text(answer).partition("tile--readings")
    assert found
    return after[: after.index("</div>")]


def test_the_banner_says_who_this_is(read, admission, now):
    text = _text(read(admission))
    number = admission.patient.nhs_number
    assert "<strong>NGUYỄN-TEST,</strong> Hương" in text
    assert f"{number[:3]} {number[3:6]} {number[6:]}" in text
    assert "3 Mar 1942" in text


def test_not_asked_stands_apart_from_none(read, admission, now, ward_nurse):
    assert "Allergies: <strong>not asked</strong>" in _text(read(admission))
    record_safety(
        patient=admission.patient, topic="allergies", state="none", source="patient", by=ward_nurse
    )
    text = _text(read(admission))
    assert "Allergies: <strong>not asked</strong>" not in text
    assert 'title="patient, ' in text
    assert '">none</span>' in text


def test_what_is_owed_stands_beside_the_score(read, admission, now, ward_nurse):
    """A paused or silent patient must not look like one who is measured."""
    make_set(admission, at=now - HOUR)
    assert "Next " in _readings_tile(read(admission))
    ends = now + 3 * HOUR
    set_pause(admission=admission, reason="At the dentist’s", until=ends, by=ward_nurse)
    told = _readings_tile(read(admission))
    assert "<strong>Paused</strong>" in told
    assert "At the dentist’s, until " in told


def test_a_past_stay_owes_no_readings(read, admission, ward_nurse, now):
    discharge(admission=admission, destination="home", by=ward_nurse, at=now)
    assert "tile--readings" not in _text(read(admission))


def test_an_unowned_alert_stands_first_with_its_acknowledgement(read, admission, now):
    make_set(admission, HIGH, at=now - dt.timedelta(minutes=12))
    make_alert(admission, at=now - dt.timedelta(minutes=12))
    text = _text(read(admission))
    assert "NEWS2 9, was 3. Nobody owns this, 12 min" in text
    assert "card--alarm" in text
    assert "banner--emergency" in text


def test_who_holds_the_patient_is_told(read, admission, now, ward_doctor):
    assert "Unwatched: nobody has taken over" in _text(read(admission))
    make_handover(admission, by=ward_doctor, at=now - HOUR, receiver_phone="07700 900555")
    assert "<strong>P. Nair</strong>" in _text(read(admission))


def test_readings_are_points_of_the_chart_and_rows_of_the_table(read, admission, ward_nurse, now):
    hub = make_held_hub(admission, by=ward_nurse)
    post_set(make_key(), hub, now - dt.timedelta(minutes=5), pulse=112)
    assert _text(read(admission)).count("chart-point") > 5
    table = _text(read(admission, "?show=24h&table=1"))
    assert "112 /min" in table
    assert "124 mmHg" in table


def test_a_limit_changed_for_this_patient_stands_out_with_its_reason(read, admission, ward_nurse):
    set_limit(
        admission=admission,
        kind="spo2",
        low=95,
        high=None,
        reason="Pneumonia in 2019",
        by=ward_nurse,
    )
    text = _text(read(admission))
    assert 'class="is-own"' in text
    assert "Pneumonia in 2019" in text


def test_the_timeline_runs_from_the_newest_to_the_admission(read, admission, ward_nurse, now):
    review(
        admission=admission,
        kind="nurse",
        seen="phone",
        findings="Brighter",
        by=ward_nurse,
        at=now - 3 * HOUR,
    )
    add_task(
        admission=admission,
        kind="phone",
        text="Call the son",
        due_at=now,
        by=ward_nurse,
        at=now - HOUR,
    )
    text = _text(read(admission))
    timeline = text[text.index('class="timeline"') :]
    places = [timeline.index(word) for word in ("Call the son", "Brighter", "Admitted")]
    assert places == sorted(places)


def test_an_unchanged_page_costs_a_304(read, admission):
    first = read(admission, **POLL)
    again = read(admission, **POLL, **{"If-None-Match": first["ETag"]})
    assert again.status_code == 304
    assert "X-Lag" in again


def test_a_change_is_answered_with_the_live_parts_and_the_banner(read, admission, ward_nurse, now):
    first = read(admission, **POLL)
    add_task(admission=admission, kind="phone", text="Call the son", due_at=now, by=ward_nurse)
    changed = read(admission, **POLL, **{"If-None-Match": first["ETag"]})
    assert changed.status_code == 200
    assert "<html" not in _text(changed)
    assert 'id="patient-banner" aria-label="Patient" hx-swap-oob="true"' in _text(changed)


def test_what_readings_ask_for_stands_among_what_is_to_be_done(read, admission, now):
    Prompt.objects.create(
        kind="repeat_measurement",
        ward=admission.ward,
        admission=admission,
        text="SpO2 12 % was sent",
        raised_at=now,
    )
    assert "Repeat the measurement: SpO2 12 % was sent" in _text(read(admission))


def test_what_says_what_to_do_in_its_own_words_is_not_told_twice(read, admission, now):
    words = "Cuff BP-1 has 3% left. Change or charge the battery."
    told = {"ward": admission.ward, "admission": admission, "text": words, "raised_at": now}
    Prompt.objects.create(kind="battery", **told)
    text = _text(read(admission))
    assert words in text
    assert "Change or charge the battery: Cuff" not in text


def test_one_act_of_correcting_is_one_line_of_the_timeline(read, admission, ward_nurse, now):
    hub = make_held_hub(admission, by=ward_nurse)
    key = make_key()
    for back in (3, 2):
        post_set(key, hub, now - back * HOUR)
    keys = readings_of(admission.pk, hub.pk, now - 4 * HOUR, now)
    strike_readings(admission=admission, keys=keys, reason="Worn by her husband", by=ward_nurse)
    text = _text(read(admission, "?timeline=all"))
    timeline = text[text.index('class="timeline"') :]
    assert timeline.count("Worn by her husband") == 1
    assert "<s>14 readings of " in timeline


def test_what_several_devices_send_late_is_one_line_of_the_timeline(
    read, admission, ward_nurse, now
):
    key, then = make_key(), now - 2 * HOUR
    for seconds, kind in enumerate(("spo2", "pulse", "temperature")):
        hub = make_held_hub(admission, by=ward_nurse, kinds=[kind])
        others = dict.fromkeys(SEVEN) | {kind: NORMAL[kind]}
        post_set(key, hub, then + dt.timedelta(seconds=seconds), **others)
    text = _text(read(admission, "?timeline=all"))
    assert text.count("3 readings measured") == 1
    assert text.count(" late</p>") == 1


def test_a_look_is_written_down_once(read, admission, ward_nurse):
    for _ in range(3):
        read(admission)
    looks = Look.objects.filter(page="rounds:patient-detail", subject_id=str(admission.pk))
    assert [look.user for look in looks] == [ward_nurse]


def test_a_past_stay_can_be_read_and_offers_nothing_to_do(read, admission, ward_nurse, now):
    make_set(admission, HIGH, at=now - 2 * HOUR)
    discharge(admission=admission, destination="home", by=ward_nurse, at=now - HOUR)
    text = _text(read(admission))
    assert "Left " in text
    assert "data-live" not in text
    assert "Phoned readings" not in text
    assert "Discharge NGUYỄN-TEST" not in text


def test_who_only_looks_is_offered_nothing_to_do(signed_in, read_only, admission, now):
    make_alert(admission, at=now)
    answer = signed_in(read_only).get(reverse("rounds:patient-detail", args=[admission.pk]))
    assert answer.status_code == 200
    assert "Acknowledge and own" not in _text(answer)
    assert "Phoned readings" not in _text(answer)


@pytest.mark.parametrize("who", ["other_nurse", "icb_manager", "referrer", "org_admin", "auditor"])
def test_nobody_else_finds_the_patient(who, request, signed_in, admission):
    browser = signed_in(request.getfixturevalue(who))
    assert browser.get(reverse("rounds:patient-detail", args=[admission.pk])).status_code == 404
