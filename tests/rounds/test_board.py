"""The board as its page, its poll, its opened rows and its JSON show it."""

import datetime as dt
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.html import strip_tags

from accounts.models import Look
from observations.models import Alert
from observations.watch import standing
from patients.actions.admissions import start_leave
from patients.actions.care import prescribe_oxygen, set_mode
from rounds.board import board
from rounds.board.risk import LEVELS
from tests.patients.factories import make_admission, make_patient
from tests.rounds.factories import (
    HIGH,
    MEDIUM,
    NORMAL,
    SINGLE,
    forget_vital,
    make_alert,
    make_dues,
    make_handover,
    make_review,
    make_score,
    make_set,
    make_task,
    make_vital,
)

POLL = {"HX-Request": "true", "X-Poll": "1"}
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def url(ward):
    return reverse("rounds:ward-board", args=[ward.code])


@pytest.fixture
def admit(ward, now):
    def admitted(name="Sample", **more):
        patient = make_patient(family_name=name, at=now - 49 * HOUR, phone="07700 900 107")
        return make_admission(ward=ward, patient=patient, at=now - 48 * HOUR, **more)

    return admitted


@pytest.fixture
def open_board(ward_nurse, signed_in, url):
    browser = signed_in(ward_nurse)

    def get(query="", **more):
        return browser.get(f"{url}{query}", **more)

    return get


def _shown(response):
    return response.content.decode()


def _names(response):
    return re.findall(r"<strong>([^<]+),</strong>", _shown(response))


# Who stands where


def test_board_shows_who_needs_somebody_first(admit, now, open_board):
    for name, values in (("Calm", NORMAL), ("Single", SINGLE), ("Worse", MEDIUM), ("Worst", HIGH)):
        make_set(admit(name), values, at=now - HOUR)
    assert _names(open_board()) == ["WORST", "WORSE", "SINGLE", "CALM"]


def test_who_stopped_sending_at_high_risk_stays_on_top(admit, now, open_board):
    make_set(admit("Silent"), HIGH, at=now - 20 * HOUR)
    make_set(admit("Urgent"), MEDIUM, at=now - HOUR)
    response = open_board()
    assert _names(response) == ["SILENT", "URGENT"]
    assert "Was 8, old" in _shown(response)


def test_a_patient_without_any_reading_stands_above_the_low(admit, now, open_board):
    make_set(admit("Calm"), NORMAL, at=now - HOUR)
    admit("New")
    assert _names(open_board()) == ["NEW", "CALM"]


def test_each_level_is_tallied_and_leads_to_its_rows(admit, now, open_board, url):
    make_set(admit("Worst"), HIGH, at=now - HOUR)
    make_set(admit("Calm"), NORMAL, at=now - HOUR)
    assert f'href="{url}?show=emergency"' in _shown(open_board())
    assert _names(open_board("?show=emergency")) == ["WORST"]
    assert _names(open_board("?show=stale")) == []


@pytest.mark.parametrize("show", ["unowned", "unreviewed", "silent", "leaving", "needs", *LEVELS])
def test_every_count_leads_to_a_page(admit, now, open_board, show):
    make_set(admit(), NORMAL, at=now - HOUR)
    assert open_board(f"?show={show}").status_code == 200


def test_the_counts_lead_to_the_rows_they_count(admit, now, open_board, ward_nurse):
    make_alert(admit("Alarm"), at=now - HOUR)
    make_alert(admit("Owned"), at=now - HOUR, owner=ward_nurse)
    silent, seen = admit("Silent"), admit("Seen")
    make_set(silent, NORMAL, at=now - 20 * HOUR)
    make_review(seen, by=ward_nurse, at=now - HOUR)
    assert _names(open_board("?show=unowned")) == ["ALARM"]
    assert _names(open_board("?show=silent")) == ["SILENT"]
    assert "SEEN" not in _names(open_board("?show=unreviewed"))


def test_an_unowned_emergency_makes_the_first_count_red(admit, now, open_board):
    admission = admit("Alarm")
    assert "glance-card--alarm" not in _shown(open_board())
    make_alert(admission, at=now - HOUR, priority="urgent")
    assert "glance-card--inverse" in _shown(open_board())
    make_alert(admit("Worse"), at=now - HOUR, priority="emergency")
    assert "glance-card--alarm" in _shown(open_board())


def test_a_ward_without_patients_says_so(open_board):
    assert "No patients" in _shown(open_board())


def test_nobody_holding_the_ward_is_told(admit, now, open_board, ward_doctor):
    admission = admit()
    assert "Unwatched" in _shown(open_board())
    make_handover(admission, by=ward_doctor, at=now - HOUR, until=now + HOUR)
    text = _shown(open_board())
    assert "Unwatched" not in text
    assert "P. Nair" in text


def test_over_capacity_leave_comfort_and_children_are_marked(admit, now, open_board, ward_doctor):
    admit("Over", over_capacity="winter")
    away, dying = admit("Away"), admit("Dying")
    start_leave(
        admission=away,
        kind="hospital",
        place="Glenfield",
        held_by="Dr Shah",
        phone="",
        expected_back=now + HOUR,
        bed_held=True,
        by=ward_doctor,
        at=now - HOUR,
    )
    set_mode(
        admission=dying,
        mode="comfort",
        reason="last days",
        agreed_by=ward_doctor,
        by=ward_doctor,
        at=now - HOUR,
    )
    child = make_patient(born=now.date() - dt.timedelta(days=6 * 366), at=now - 49 * HOUR)
    make_admission(patient=child, at=now - 48 * HOUR)
    text = _shown(open_board())
    for words in ("Over capacity", "On leave: Glenfield", "Comfort: symptoms", "Under 16"):
        assert words in text


# Opened rows


def test_an_opened_row_adds_up_the_score_and_says_what_to_know(admit, now, ward_nurse, signed_in):
    admission = admit()
    make_set(admission, NORMAL, at=now - 9 * HOUR)
    make_set(admission, HIGH, at=now - HOUR)
    make_alert(admission, at=now - HOUR)
    response = signed_in(ward_nurse).get(
        reverse("rounds:board-row", args=[admission.pk]), headers={"HX-Request": "true"}
    )
    text = _shown(response)
    assert text.lstrip().startswith('<tr class="board-open"')
    assert "NEWS2 8: emergency, 7 or more" in text
    assert re.findall(r'vital__value">(?:\+ )?(\d)<', text)[:7] == [
        "3",
        "2",
        "0",
        "1",
        "2",
        "0",
        "0",
    ]
    assert "Nobody owns this alert yet" in text
    assert text.count("not asked") == 4  # allergies, ceiling, resuscitation, interpreter
    assert 'class="open-when"' in text


def test_without_javascript_the_link_opens_the_row_on_the_board(admit, now, ward_nurse, signed_in):
    admission = admit()
    make_set(admission, HIGH, at=now - HOUR)
    response = signed_in(ward_nurse).get(
        reverse("rounds:board-row", args=[admission.pk]), follow=True
    )
    assert response.redirect_chain[-1][0].endswith(f"?open={admission.pk}#board-row-{admission.pk}")
    assert 'class="open-text-cell"' in _shown(response)


def test_read_only_staff_see_the_board_without_anything_to_press(
    admit, now, read_only, signed_in, url
):
    admission = admit()
    make_set(admission, HIGH, at=now - HOUR)
    make_alert(admission, at=now - HOUR)
    text = _shown(signed_in(read_only).get(f"{url}?open={admission.pk}"))
    assert "NEWS2 9, was 3" in text
    assert "Acknowledge" not in text
    assert "Phoned readings" not in text


# Who may


@pytest.mark.parametrize("who", ["other_nurse", "icb_manager", "referrer", "org_admin", "stranger"])
def test_nobody_without_a_patient_there_learns_that_the_board_exists(
    admit, now, who, request, signed_in, url
):
    admission = admit()
    browser = signed_in(request.getfixturevalue(who))
    assert browser.get(url).status_code == 404
    assert browser.get(reverse("rounds:board-row", args=[admission.pk])).status_code == 404
    assert browser.get(f"/api/v1{url}").status_code == 404


def test_a_look_is_written_down_once_and_polls_are_none(admit, open_board, ward):
    admit()
    open_board()
    open_board()
    open_board(headers=POLL)
    assert Look.objects.filter(page="rounds:ward-board", subject_id=str(ward.pk)).count() == 1


def test_one_ward_is_opened_at_once_and_several_are_a_choice(
    admit, ward_nurse, out_of_hours, signed_in, url
):
    admit()
    from tests.capacity.factories import make_ward

    make_ward("RT5-elsewhere", name="Elsewhere")
    assert signed_in(ward_nurse).get(reverse("rounds:ward-list")).url == url
    text = _shown(signed_in(out_of_hours).get(reverse("rounds:ward-list")))
    assert "Soar Valley" in text
    assert "Elsewhere" in text


# Polls


def test_an_unchanged_board_costs_a_304(admit, now, open_board):
    make_set(admit(), NORMAL, at=now - HOUR)
    first = open_board(headers=POLL)
    again = open_board(headers={**POLL, "If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again["X-Lag"] == "0"


def test_a_poll_answers_with_the_live_region_alone(admit, open_board):
    admit()
    text = _shown(open_board(headers=POLL))
    assert text.lstrip().startswith('<div id="board" data-live')
    assert "<html" not in text


def test_the_page_holds_the_very_fragment_that_a_poll_gets(admit, now, open_board):
    make_set(admit(), NORMAL, at=now - HOUR)
    row = re.compile(r'<tbody class="board-row.*?</tbody>', re.DOTALL)
    on_page = row.findall(_shown(open_board()))
    assert len(on_page) == 1
    assert on_page == row.findall(_shown(open_board(headers=POLL)))


def _new_score(admission, now, by):
    make_set(admission, HIGH, at=now)


def _alert(admission, now, by):
    make_alert(admission, at=now)


def _leave(admission, now, by):
    start_leave(
        admission=admission,
        kind="home",
        place="family",
        held_by="daughter",
        phone="",
        expected_back=now + HOUR,
        bed_held=True,
        by=by,
        at=now,
    )


def _admitted(admission, now, by):
    make_admission(ward=admission.ward, at=now)


def _handed_over(admission, now, by):
    make_handover(admission, by=by, at=now)


@pytest.mark.parametrize("change", [_new_score, _alert, _leave, _admitted, _handed_over])
def test_every_change_moves_the_version(admit, now, ward, ward_nurse, change):
    admission = admit()
    make_set(admission, NORMAL, at=now - HOUR)
    before = board(ward, user=ward_nurse, at=now).version
    change(admission, now, ward_nurse)
    assert board(ward, user=ward_nurse, at=now).version != before


@pytest.mark.parametrize("hours", [3.1, 3.6, 4.1, 5.1])
def test_time_alone_moves_the_version(admit, now, ward, ward_nurse, hours):
    """Due after 4 h, late half an hour later, stale and silent an hour and two hours later."""
    make_set(admit(), NORMAL, at=now - HOUR)
    passed = now + dt.timedelta(hours=hours)
    before = board(ward, user=ward_nurse, at=passed - dt.timedelta(minutes=10)).version
    assert board(ward, user=ward_nurse, at=passed).version != before


def test_the_version_is_another_for_each_user_and_query(admit, now, ward, ward_nurse, read_only):
    from rounds.board import board_version

    admit()
    asked = [(ward_nurse, ""), (read_only, ""), (ward_nurse, "show=stale")]
    assert len({board_version(ward, user, now, query) for user, query in asked}) == 3


def test_a_whole_board_costs_six_statements(admit, now, open_board, ward_nurse):
    def full(name):
        admission = admit(name)
        make_set(admission, HIGH, at=now - HOUR)
        make_alert(admission, at=now - HOUR)
        make_review(admission, by=ward_nurse, at=now - HOUR)
        make_task(admission, by=ward_nurse, due_at=now)

    full("First")
    open_board()
    for name in ("Second", "Third", "Fourth"):
        full(name)
    with CaptureQueriesContext(connection) as four:
        open_board(headers=POLL)
    # Besides who asks (session, user with memberships): what stands above, the look, rows, scores,
    # beds and patients.
    asked = [query["sql"] for query in four]
    assert len(asked) - 2 <= 6, asked
    assert sum("observations_score" in sql for sql in asked) == 1


# The public interface


def test_the_boards_json_unchanged_costs_a_304(admit, now, ward_nurse, signed_in, url):
    make_set(admit(), NORMAL, at=now - HOUR)
    browser = signed_in(ward_nurse)
    first = browser.get(f"/api/v1{url}")
    assert first["ETag"] == f'"{first.json()["version"]}"'
    again = browser.get(f"/api/v1{url}", headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again["ETag"] == first["ETag"]


def test_the_boards_json_is_what_the_interface_says(admit, now, ward, ward_nurse, signed_in, url):
    admission = admit("Worst")
    make_set(admission, HIGH, at=now - HOUR)
    make_alert(admission, at=now - HOUR)
    make_review(admission, by=ward_nurse, at=now - 2 * HOUR)
    got = signed_in(ward_nurse).get(f"/api/v1{url}").json()
    assert set(got) == {"ward", "as_of", "version", "patients"}
    assert got["ward"] == ward.code
    assert got["as_of"].endswith("Z")
    (patient,) = got["patients"]
    assert set(patient) == {
        "admission",
        "patient_id",
        "nhs_number",
        "name",
        "pathway",
        "mode",
        "news2",
        "vitals",
        "alerts",
        "last_review",
    }
    assert patient["nhs_number"] == admission.patient.nhs_number
    assert patient["name"] == "WORST, Margaret"
    assert patient["mode"] == "news2_scale1"
    assert patient["news2"] == {
        "total": 8,
        "parts": {
            "respiratory_rate": 3,
            "spo2": 2,
            "oxygen": 0,
            "systolic": 1,
            "pulse": 2,
            "consciousness": 0,
            "temperature": 0,
        },
        "missing": [],
        "lowest": 8,
        "response": "high",
        "measured_at": (now - HOUR).isoformat().replace("+00:00", "Z"),
        "stale": False,
    }
    measured_at = patient["news2"]["measured_at"]
    assert patient["vitals"]["oxygen"] == {
        "value": "air",
        "unit": "L/min",
        "measured_at": measured_at,
    }
    assert patient["vitals"]["temperature"]["unit"] == "Cel"
    assert patient["vitals"]["consciousness"]["value"] == "A"
    assert patient["alerts"][0]["priority"] == "emergency"
    assert patient["last_review"]["by"] == "A. Okafor"


def test_json_of_a_partial_set_keeps_its_gaps_open(admit, now, ward_nurse, signed_in, url):
    make_set(admit(), {"spo2": 84}, at=now - HOUR)
    (patient,) = signed_in(ward_nurse).get(f"/api/v1{url}").json()["patients"]
    news2 = patient["news2"]
    assert (news2["total"], news2["lowest"], news2["response"]) == (None, 3, "low_medium")
    assert len(news2["missing"]) == 6
    assert news2["parts"]["pulse"] is None


def test_oxygen_of_the_plan_scores_and_is_no_reading(admit, now, ward_doctor, signed_in, url):
    admission = admit()
    prescribe_oxygen(admission=admission, litres_per_minute=1, by=ward_doctor, at=now - 2 * HOUR)
    make_set(admission, NORMAL | {"oxygen": 1}, at=now - HOUR)
    forget_vital(admission, "oxygen")
    browser = signed_in(ward_doctor)
    (patient,) = browser.get(f"/api/v1{url}").json()["patients"]
    assert patient["news2"]["parts"]["oxygen"] == 2
    assert "oxygen" not in patient["vitals"]
    assert "from plan" in _shown(browser.get(url))


def test_only_who_needs_somebody_is_announced(admit, now, open_board):
    make_set(admit("Calm"), NORMAL, at=now - HOUR)
    make_set(admit("Worst"), HIGH, at=now - HOUR)
    said = re.findall(r'data-announce="([^"]*)"', _shown(open_board()))
    assert said == ["WORST now emergency", ""]


def test_a_stranger_gets_401_as_a_problem(client, db, url):
    answer = client.get(f"/api/v1{url}")
    assert answer.status_code == 401
    assert answer["Content-Type"] == "application/problem+json"


def test_one_silent_device_leaves_the_rest_of_the_score(admit, now, ward, ward_nurse):
    admission = admit()
    values = {kind: value for kind, value in NORMAL.items() if kind != "spo2"}
    make_set(admission, values, at=now - HOUR)
    make_vital(admission, "spo2", 97, at=now - 11 * HOUR)
    make_dues(admission, ["spo2"], after=now - 11 * HOUR)
    (row,) = board(ward, user=ward_nurse, at=now).rows
    assert (row.level, row.score_at_least, "spo2" in row.stale) == ("incomplete", 0, True)
    assert row.readings.kinds == ("spo2",)


def test_a_stopped_worker_is_told_on_the_page_and_by_every_poll(admit, now, open_board):
    make_set(admit(), NORMAL, at=now - HOUR)
    standing.beat(at=now - dt.timedelta(seconds=90))
    assert "readings are 9" in _shown(open_board())
    polled = open_board(headers=POLL)
    again = open_board(headers={**POLL, "If-None-Match": polled["ETag"]})
    assert int(again["X-Lag"]) >= 90
    standing.beat(at=now)
    assert "What is below may be old" not in _shown(open_board())


def test_a_day_of_scores_a_minute_is_drawn_by_its_steps(admit, now, ward, ward_nurse):
    admission = admit()
    for minute in range(30, 0, -1):
        values = HIGH if minute < 10 else NORMAL
        make_score(admission, values, at=now - dt.timedelta(minutes=minute))
    (row,) = board(ward, user=ward_nurse, at=now).rows
    assert [past.total for past in row.scores] == [0, 0, 8, 8]
    assert row.scores[1].measured_at == now - dt.timedelta(minutes=10)


def test_an_alert_of_the_ward_itself_stands_above_the_rows(admit, now, open_board, ward):
    Alert.objects.create(
        kind=Alert.Kind.NO_PATIENT,
        ward=ward,
        subject="HUB-7",
        priority="urgent",
        opened_at=now,
        rang_at=now,
    )
    text = _shown(open_board())
    assert "Ward alert:" in text
    assert "HUB-7, nobody owns it" in " ".join(strip_tags(text).split())


def test_of_many_ward_alerts_those_nobody_owns_stand_first_and_the_rest_are_counted(
    admit, now, open_board, ward, ward_nurse
):
    for n, owner in enumerate((ward_nurse, None, None)):
        Alert.objects.create(
            kind=Alert.Kind.NO_PATIENT,
            ward=ward,
            subject=f"HUB-{n}",
            priority="urgent",
            opened_at=now + dt.timedelta(seconds=n),
            rang_at=now,
            owner=owner,
            owned_at=now if owner else None,
        )
    text = _shown(open_board())
    assert text.index("HUB-1") < text.index("HUB-2") < text.index("HUB-0")
    assert "1 more ward alert" in text
