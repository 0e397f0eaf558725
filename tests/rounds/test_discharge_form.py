"""Leaving in full: what each destination asks, lists line by line, and what is sent twice."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from lib.london import day_of, wall
from patients.actions.admissions import transfer
from rounds.actions.stays import discharge_with_open
from rounds.models import Experience, Questionnaire
from tests.capacity.factories import make_beds, make_ward
from tests.observations.factories import make_held_hub
from tests.patients.factories import make_admission, make_clinician

HOUR = dt.timedelta(hours=1)


@pytest.fixture
def admission(ward, now):
    return make_admission(ward=ward, at=now - 72 * HOUR)


@pytest.fixture
def send(signed_in, admission, ward_nurse):
    address = reverse("rounds:admission-discharge", args=[admission.pk])

    def post(user=None, **typed):
        return signed_in(user or ward_nurse).post(address, _ordinary() | typed)

    return post


def _ordinary():
    now = wall(timezone.now())
    return {
        "destination": "home",
        "left_at_0": f"{now:%d/%m/%Y}",
        "left_at_1": f"{now:%H:%M}",
        "outcome": "complete",
        "medicines": "none",
        "follow_up_known": "none",
        "experience": "not_asked",
    }


def _day(days):
    return f"{day_of(timezone.now()) + dt.timedelta(days=days):%d/%m/%Y}"


def _medicine(n=0, **boxes):
    told = {"drug": "Doxycycline", "change": "started", "dose": "100 mg daily", "why": "Infection"}
    return {f"medicine_{n}_{box}": typed for box, typed in (told | boxes).items()}


def _follow(n=0, **boxes):
    told = {"what": "Bloods", "by_whom": "Test Lane Surgery", "by_when": _day(7)}
    return {f"follow_{n}_{box}": typed for box, typed in (told | boxes).items()}


def test_medicines_and_follow_up_are_written_line_by_line(send, admission):
    lists = {"medicines": "listed", "follow_up_known": "listed", "medicine_rows": "3"}
    second = _medicine(2, drug="Ramipril", change="stopped", dose="", why="Low pressure")
    answer = send(**lists, **_medicine(), **second, **_follow())
    assert answer.status_code == 302, answer.content.decode()
    written = admission.discharge
    assert [(m.drug, m.change, m.dose) for m in written.changes.all()] == [
        ("Doxycycline", "started", "100 mg daily"),
        ("Ramipril", "stopped", ""),
    ]
    assert [(f.what, f.by_whom) for f in written.follow_ups.all()] == [
        ("Bloods", "Test Lane Surgery")
    ]


@pytest.mark.parametrize("known", ["none", "not_asked"])
def test_no_changes_and_not_asked_are_told_apart(send, admission, known):
    send(medicines=known)
    assert admission.discharge.medicines == known


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (_medicine(drug=""), "Say which medicine."),
        (_medicine(change=""), "Say what happened to it."),
        (_medicine(dose=""), "Say the dose that is taken now."),
        (_medicine(why=""), "Say why."),
        (_follow(by_whom=""), "Say who does it."),
        (_follow(by_when=""), "Say by when."),
        (_follow(by_when="yesterday"), "Enter a date"),
        (_follow(by_when=_day(-1)), "That is before the patient leaves."),
        ({}, "List them below"),
    ],
)
def test_what_is_wrong_in_a_line_is_said_beside_it_and_nothing_is_saved(
    send, admission, typed, said
):
    answer = send(medicines="listed", follow_up_known="listed", **typed)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    admission.refresh_from_db()
    assert admission.is_open
    assert not hasattr(admission, "discharge")


def test_a_list_beside_a_no_is_asked_about(send):
    text = send(medicines="none", **_medicine()).content.decode()
    assert "Something is listed" in text
    assert "Doxycycline" in text


def test_more_lines_are_asked_for_without_judging_what_is_typed(send, admission):
    answer = send(destination="", more="medicine", medicine_rows="2", **_medicine())
    text = answer.content.decode()
    assert answer.status_code == 200
    assert 'name="medicine_4_drug"' in text
    assert 'value="Doxycycline"' in text
    assert "There is a problem" not in text
    admission.refresh_from_db()
    assert admission.is_open


@pytest.mark.parametrize("missing", ["outcome", "medicines", "follow_up_known", "experience"])
def test_an_ordinary_discharge_asks_for_each(send, missing):
    assert send(**{missing: ""}).status_code == 422


def test_who_leaves_against_advice_was_advised_and_could_decide(send, admission):
    text = send(destination="self_discharged", outcome="").content.decode()
    assert "Say whether the patient could decide this." in text
    assert "Say what the patient was advised." in text
    told = {"capacity": "has", "advice_given": "May worsen at night; 999 if breathless"}
    assert send(destination="self_discharged", outcome="", **told).status_code == 302
    written = admission.discharge
    assert (written.outcome, written.capacity) == ("choice", "has")


def test_death_asks_nothing_of_the_living(send, admission):
    answer = send(
        destination="died",
        one_outcome="Died at home, expected",
        outcome="",
        medicines="",
        follow_up_known="",
        experience="",
        **_medicine(dose=""),
    )
    assert answer.status_code == 302
    assert admission.discharge.outcome == "died"
    assert not admission.discharge.changes.exists()


def test_kit_comes_back_somehow_by_a_day(send, admission, ward_nurse):
    make_held_hub(admission, by=ward_nurse)
    text = send().content.decode()
    assert "Say how the kit comes back." in text
    assert "That is before" in send(kit_back="courier", kit_due=_day(-2)).content.decode()
    assert send(kit_back="courier", kit_due=_day(2)).status_code == 302
    assert admission.discharge.kit_back == "courier"


def test_nobody_leaves_before_they_came(send, admission):
    text = send(left_at_0=_day(-10)).content.decode()
    assert "That is before the patient came" in text


# The questions


@pytest.fixture
def asked(ward):
    questionnaire = Questionnaire.objects.of(ward)[0]
    choice, *_, words = questionnaire.questions.all()
    return {
        "questionnaire": questionnaire.pk,
        f"answer_{choice.pk}": "partly",
        f"answer_{words.pk}": "Call before you come",
    }


def test_answers_are_kept_with_the_questions_they_answer(send, admission, asked):
    assert send(experience="answered", told_by="carer", **asked).status_code == 302
    told = admission.experience
    assert (told.state, told.told_by) == ("answered", "carer")
    assert [str(one) for one in told.answers.all()] == ["partly", "Call before you come"]


@pytest.mark.parametrize("state", ["declined", "not_asked"])
def test_declined_and_not_asked_are_told_apart(send, admission, state):
    send(experience=state)
    assert Experience.objects.get(admission=admission).state == state


def test_answers_of_somebody_who_was_not_asked_are_refused(send, asked):
    assert "There are answers below" in send(experience="declined", **asked).content.decode()
    assert "Say who answered." in send(experience="answered", **asked).content.decode()


# Twice, and meanwhile


def test_what_is_sent_twice_is_done_once(send, admission):
    first, second = send(), send()
    assert first.status_code == second.status_code == 302
    assert first["Location"] == second["Location"]
    admission.refresh_from_db()
    assert admission.destination == "home"


def test_the_second_of_two_people_is_told_and_loses_no_word(send, admission, ward_doctor):
    send()
    answer = send(ward_doctor, destination="care_home", note="Walks with a frame")
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "has discharged this patient already" in text
    assert "Walks with a frame" in text
    admission.refresh_from_db()
    assert (admission.destination, admission.discharge_note) == ("home", "")


def test_the_back_button_leads_to_the_summary(send, signed_in, admission, ward_nurse):
    send()
    address = reverse("rounds:admission-discharge", args=[admission.pk])
    answer = signed_in(ward_nurse).get(address)
    assert answer["Location"] == reverse("rounds:admission-summary", args=[admission.pk])


def test_who_has_been_moved_meanwhile_is_not_discharged_from_here(
    send, admission, ward, ward_nurse, monkeypatch
):
    other = make_ward("RT5-elsewhere", name="Elsewhere")
    bed = make_beds(other, 1)[0]

    def moved_first(**leaving):
        transfer(
            admission=leaving["admission"].__class__.objects.get(pk=admission.pk),
            ward=other,
            bed=bed,
            agreed_with="S. Hill",
            by=make_clinician(ward),
        )
        return discharge_with_open(**leaving)

    monkeypatch.setattr("rounds.views.stays.discharge_with_open", moved_first)
    answer = send(note="Walks with a frame")
    assert answer.status_code == 422
    text = answer.content.decode()
    assert "moved to another ward meanwhile" in text
    assert "Walks with a frame" in text
    admission.refresh_from_db()
    assert admission.is_open


def test_what_was_written_is_there_again_after_the_departure_is_taken_back(
    send, signed_in, admission, ward_nurse
):
    send(medicines="listed", **_medicine(), note="Better each day")
    browser = signed_in(ward_nurse)
    browser.post(reverse("rounds:discharge-take-back", args=[admission.pk]), {"reason": "Error"})
    page = browser.get(reverse("rounds:admission-discharge", args=[admission.pk]))
    text = page.content.decode()
    assert 'value="Doxycycline"' in text
    assert "Better each day" in text
    assert send(medicines="none").status_code == 302
    assert not admission.discharge.changes.exists()


def test_kit_that_is_late_leads_the_wards_list_until_it_is_back(
    send, signed_in, admission, ward, ward_nurse
):
    hub = make_held_hub(admission, by=ward_nurse)
    send(kit_back="courier", kit_due=_day(1))
    address = reverse("observations:device-list", args=[ward.code])
    browser = signed_in(ward_nurse)
    text = browser.get(address).content.decode()
    assert "A courier collects it by" in text
    assert "late, chase it" not in text
    admission.discharge.__class__.objects.update(kit_due=day_of(admission.admitted_at))
    text = browser.get(address).content.decode()
    assert "late, chase it" in text
    assert "1 wanted back, 1 late" in text
    assert hub.serial in text
