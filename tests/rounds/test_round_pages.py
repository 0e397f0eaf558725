"""The ward round in its pages: started, walked, written, ended; and what it costs."""

import datetime as dt
import json
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Look
from patients.actions.admissions import discharge
from rounds.actions.reviews import review
from rounds.actions.rounds import start_round
from rounds.models import Review, ReviewDraft, Round, Task
from tests.journeys.conftest import keep
from tests.observations.factories import make_held_hub, make_key
from tests.observations.factories import make_set as sent
from tests.patients.factories import make_admission, make_patient
from tests.rounds.factories import HIGH, NORMAL, make_alert, make_set, make_task

HOUR = dt.timedelta(hours=1)
POLL = {"HX-Request": "true", "X-Poll": "1"}
NOT_READ = ("SAVEPOINT", "RELEASE", "EXECUTE session_", "EXECUTE memberships_")
PREPARED_WHO = ("EXECUTE session_", "EXECUTE user_")
WHO = ("django_session", "accounts_user", "accounts_membership", "usersessions_")


@pytest.fixture
def admit(ward, now):
    def one(name="", values=None, *, at=None):
        patient = make_patient(family_name=name, at=now - 15 * 24 * HOUR)
        admission = make_admission(ward=ward, patient=patient, at=at or now - 48 * HOUR)
        if values:
            make_set(admission, values, at=now - HOUR)
        return admission

    return one


@pytest.fixture
def browser(signed_in, ward_nurse):
    return signed_in(ward_nurse)


@pytest.fixture
def start(ward, ward_nurse):
    return lambda: start_round(ward=ward, shift="morning", by=ward_nurse)


def _screen(round_, admission):
    return reverse("rounds:round-patient", args=[round_.pk, admission.pk])


def _page(name, *args):
    return reverse(f"rounds:{name}", args=args)


def _form(known=0, **more):
    said = {"course": "steady", "seen": "phone", "kind": "nurse", "findings": "Brighter."}
    return {"token": str(uuid4()), "version": "0", "known": str(known), **said, **more}


def _text(answer):
    return answer.content.decode()


def _statements(browser, url):
    """Besides session, user and memberships."""
    with CaptureQueriesContext(connection) as seen:
        assert browser.get(url).status_code == 200
    asked = [query["sql"] for query in seen.captured_queries]
    return [sql for sql in asked if not sql.startswith(NOT_READ) and not _is_who(sql)]


def _is_who(sql):
    return sql.startswith(PREPARED_WHO) or (
        any(f'FROM "{table}' in sql or f'UPDATE "{table}' in sql for table in WHO)
        and "EXISTS" not in sql
    )


def test_a_round_runs_from_its_start_to_its_record(browser, ward, admit):
    low, high = admit("Low-Test"), admit("High-Test", HIGH)
    browser.post(_page("round-create", ward.code), {"shift": "morning"})
    round_ = Round.objects.get()
    assert [place.admission_id for place in round_.places.all()] == [high.pk, low.pk]
    assert "0 of 2" in _text(browser.get(_page("round-detail", round_.pk)))
    assert "HIGH-TEST" in _text(browser.get(_screen(round_, high)))
    answer = browser.post(_screen(round_, high), _form())
    assert answer.url == _screen(round_, low)
    browser.post(_page("place-excuse", round_.pk, low.pk), {"reason": "In clinic"})
    browser.post(_page("round-end", round_.pk))
    text = _text(browser.get(_page("round-detail", round_.pk)))
    assert "1 of 2" in text
    assert "In clinic. A. Okafor" in text
    assert "data-live" not in text


def test_a_round_does_not_end_while_somebody_waits_without_a_reason(browser, start, admit):
    waits = admit("Waits-Test")
    round_ = start()
    answer = browser.post(_page("round-end", round_.pk), {f"why-{waits.pk}": " "})
    assert answer.status_code == 422
    assert "Say why the patient is not reviewed." in _text(answer)
    round_.refresh_from_db()
    assert round_.ended_at is None
    browser.post(_page("round-end", round_.pk), {f"why-{waits.pk}": "At the dentist"})
    assert round_.places.get().excuse == "At the dentist"


def test_who_is_admitted_during_a_round_joins_it_behind_the_others(browser, start, admit, now):
    admit("First-Test")
    round_ = start()
    late = admit("Late-Test", at=now)
    text = _text(browser.get(_page("round-detail", round_.pk)))
    assert text.index("FIRST-TEST") < text.index("LATE-TEST")
    assert "joined" in text
    browser.post(_screen(round_, late), _form())
    assert round_.places.get(admission=late).position == 2


def test_the_list_keeps_its_order_and_shows_who_became_worse(browser, start, admit, now):
    _, second = admit("Alpha-Test", NORMAL), admit("Beta-Test", NORMAL)
    round_ = start()
    make_set(second, HIGH, at=now)
    text = _text(browser.get(_page("round-detail", round_.pk)))
    assert text.index("ALPHA-TEST") < text.index("BETA-TEST")
    assert "up: was low" in text


def test_who_has_left_is_told_and_no_longer_waited_for(browser, start, admit, ward_nurse):
    gone = admit("Gone-Test")
    round_ = start()
    discharge(admission=gone, destination="home", by=ward_nurse)
    text = _text(browser.get(_page("round-detail", round_.pk)))
    assert "1 left the ward" in text
    assert browser.post(_page("round-end", round_.pk)).status_code == 302


def test_a_review_at_the_patients_page_counts_on_the_round(browser, start, admit, ward_doctor):
    admission = admit()
    round_ = start()
    review(admission=admission, kind="senior", seen="visit", by=ward_doctor)
    assert "1 of 1</strong> reviewed, 1 by others" in _text(
        browser.get(_page("round-detail", round_.pk))
    )


def test_what_is_decided_is_done_with_the_review(
    browser, start, admit, ward_doctor, ward_nurse, now
):
    admission = admit()
    day = (admission.admitted_at + dt.timedelta(days=9)).date()
    tasks = {
        "task-0-text": "Bloods at home",
        "task-0-kind": "bloods",
        "task-0-due_at_0": day.strftime("%d/%m/%Y"),
        "task-0-due_at_1": "10:00",
        "task-0-assigned_to": str(ward_nurse.pk),
    }
    asked = {"ask": str(ward_doctor.pk), "question": "Stop furosemide?"}
    given = _form(expected=day.strftime("%d/%m/%Y"), expected_reason="IV to finish")
    answer = browser.post(_screen(start(), admission), given | tasks | asked)
    assert answer.status_code == 302
    admission.refresh_from_db()
    assert admission.expected_discharge == day
    assert admission.expected_discharges.first().reason == "IV to finish"
    found = {(task.kind, task.text, task.assigned_to) for task in Task.objects.all()}
    assert found == {
        ("bloods", "Bloods at home", ward_nurse),
        ("senior", "Stop furosemide?", ward_doctor),
    }


def test_a_day_beyond_the_pathways_limit_asks_for_what(browser, start, admit):
    admission, round_ = admit(), start()
    day = (admission.admitted_at + dt.timedelta(days=40)).date()
    given = _form(expected=day.strftime("%d/%m/%Y"))
    refused = browser.post(_screen(round_, admission), given)
    assert refused.status_code == 422
    assert refused.context["form"].errors.keys() == {"cause"}
    assert not admission.reviews.exists()
    browser.post(_screen(round_, admission), given | {"cause": "housing"})
    newest = admission.expected_discharges.first()
    assert (newest.day, newest.cause) == (day, "housing")


def test_a_wrong_task_leaves_the_review_unwritten_and_all_that_was_typed(browser, start, admit):
    given = _form(**{"task-0-text": "Bloods", "task-0-kind": "bloods", "task-0-due_at_0": "soon"})
    answer = browser.post(_screen(start(), admit()), given)
    assert answer.status_code == 422
    assert "Brighter." in _text(answer)
    assert 'value="soon"' in _text(answer)
    assert not Review.objects.exists()


def test_a_double_click_writes_one_review_and_one_task(browser, start, admit):
    admission = admit()
    url = _screen(start(), admission)
    given = _form(ask="", question="", **{"task-0-text": "Call", "task-0-kind": "phone"})
    given |= {"task-0-due_at_0": "01/01/2030", "task-0-due_at_1": "10:00"}
    assert browser.post(url, given).url == browser.post(url, given).url
    assert Review.objects.count() == Task.objects.count() == 1


def test_back_and_other_words_are_asked_about_and_never_lost(browser, start, admit):
    url, given = _screen(start(), admit()), _form()
    browser.post(url, given)
    answer = browser.post(url, given | {"findings": "Worse since noon."})
    assert answer.status_code == 409
    assert "You have written a review" in _text(answer)
    assert "Worse since noon." in _text(answer)
    again = answer.context["form"].data
    assert browser.post(url, again).status_code == 302
    assert Review.objects.count() == 2


def test_the_second_of_two_clinicians_sees_both_and_chooses(
    browser, start, admit, ward_doctor, signed_in
):
    admission = admit()
    round_ = start()
    url, mine = _screen(round_, admission), _form()
    signed_in(ward_doctor).post(url, _form(findings="Crackles at the left base."))
    answer = browser.post(url, mine)
    assert answer.status_code == 409
    text = _text(answer)
    assert "P. Nair has written a review" in text
    assert "Crackles at the left base." in text
    assert "Brighter." in text
    assert Review.objects.count() == 1
    assert browser.post(url, answer.context["form"].data).status_code == 302
    assert Review.objects.count() == 2


def test_a_draft_is_kept_while_it_is_typed_and_stands_there_again(browser, start, admit):
    admission, typed = admit(), _form(findings="Ankles do", **{"task-1-text": "Call back"})
    kept = browser.post(_page("draft-save", admission.pk), typed)
    assert json.loads(kept.content)["version"] == 1
    answer = browser.get(_screen(start(), admission))
    text = _text(answer)
    assert "Ankles do</textarea>" in text
    assert 'value="Call back"' in text
    assert typed["token"] in text
    assert not Review.objects.exists()


def test_a_signed_review_leaves_no_draft_and_a_late_save_makes_none(browser, start, admit):
    admission, typed = admit(), _form()
    browser.post(_page("draft-save", admission.pk), typed)
    browser.post(_screen(start(), admission), typed)
    assert not ReviewDraft.objects.exists()
    late = browser.post(_page("draft-save", admission.pk), typed | {"version": "1"})
    assert late.status_code == 410
    assert not ReviewDraft.objects.exists()


def test_two_windows_of_one_person_never_write_over_each_other(browser, start, admit):
    admission = admit()
    url = _page("draft-save", admission.pk)
    browser.post(url, _form(findings="First window."))
    answer = browser.post(url, _form(findings="Second window."))
    assert answer.status_code == 409
    assert json.loads(answer.content)["typed"]["findings"] == "First window."
    assert ReviewDraft.objects.get().typed["findings"] == "First window."
    page = browser.post(_screen(start(), admission), _form(findings="Third.", save="draft"))
    assert page.status_code == 409
    assert "First window." in _text(page)
    assert "Third." in _text(page)
    taken = browser.post(_screen(Round.objects.get(), admission), page.context["form"].data)
    assert taken.status_code == 302
    assert ReviewDraft.objects.get().typed["findings"] == "Third."


def test_nobody_sees_anothers_draft_only_that_they_write(
    browser, start, admit, ward_doctor, signed_in
):
    admission = admit()
    signed_in(ward_doctor).post(
        _page("draft-save", admission.pk), _form(findings="Not for others yet.")
    )
    text = _text(browser.get(_screen(start(), admission)))
    assert "Not for others yet." not in text
    assert "P. Nair is writing about this patient" in text


def test_what_is_no_draft_of_a_form_is_refused(browser, admit):
    answer = browser.post(_page("draft-save", admit().pk), {"token": "x"})
    assert answer.status_code == 422


def test_a_review_is_corrected_by_a_new_row_and_both_are_shown(
    browser, start, admit, ward_nurse, now
):
    admission = admit()
    wrong = review(
        admission=admission, kind="nurse", seen="phone", findings="Left leg.", by=ward_nurse
    )
    given = _form(findings="Right leg.", reason="Wrong side")
    browser.post(_page("review-correct", wrong.pk), given)
    right = Review.objects.get(corrects=wrong)
    assert (right.at, right.correction_reason, right.findings) == (
        *(wrong.at, "Wrong side", "Right leg."),
    )
    text = _text(browser.get(_page("patient-detail", admission.pk)))
    assert "Left leg." in text
    assert "Right leg." in text


def test_the_second_correction_sees_the_first(browser, admit, ward_nurse, ward_doctor, signed_in):
    wrong = review(admission=admit(), kind="nurse", seen="phone", findings="A", by=ward_nurse)
    url = _page("review-correct", wrong.pk)
    signed_in(ward_doctor).post(url, _form(findings="B", reason="Wrong drug"))
    answer = browser.post(url, _form(findings="C", reason="Wrong dose"))
    assert answer.status_code == 409
    newest = Review.objects.get(corrects=wrong)
    assert str(newest.pk) in _text(answer)
    browser.post(_page("review-correct", newest.pk), answer.context["form"].data)
    assert Review.objects.get(corrects=newest).findings == "C"


def test_an_unchanged_round_costs_a_304_and_a_colleagues_review_is_told(
    browser, start, admit, ward_doctor
):
    admission = admit()
    round_ = start()
    urls = [_page(name, round_.pk) for name in ("round-detail", "round-progress")]
    known = {url: {**POLL, "If-None-Match": browser.get(url, headers=POLL)["ETag"]} for url in urls}
    assert [browser.get(url, headers=known[url]).status_code for url in urls] == [304, 304]
    review(admission=admission, kind="senior", seen="desk", by=ward_doctor)
    for url in urls:
        told = _text(browser.get(url, headers=known[url]))
        assert "1 of 1</strong> reviewed, 1 by others" in told


def test_news_about_the_patient_on_screen_is_told_at_the_next_poll(browser, start, admit, now):
    admission = admit()
    answer = browser.get(_screen(start(), admission))
    poll = answer.context["poll_url"]
    assert "Something new" not in _text(browser.get(poll, headers=POLL))
    make_set(admission, HIGH, at=now)
    assert "Something new" in _text(browser.get(poll, headers=POLL))


def test_a_look_at_a_patient_on_the_round_is_audited(browser, start, admit):
    admission = admit()
    browser.get(_screen(start(), admission))
    looked = Look.objects.get(page="rounds:round-patient")
    assert looked.subject_id == str(admission.pk)


def test_the_screen_says_what_happened_since_the_last_review(
    browser, start, admit, ward_nurse, now
):
    admission = admit("Told-Test", HIGH)
    review(
        admission=admission,
        kind="nurse",
        seen="phone",
        findings="Well.",
        by=ward_nurse,
        at=now - 24 * HOUR,
    )
    make_alert(admission, at=now - HOUR)
    make_task(admission, by=ward_nurse, due_at=now - HOUR, text="Chase the CRP")
    text = _text(browser.get(_screen(start(), admission)))
    assert "Since the last review" in text
    assert "Nobody owns this" in text
    assert 'data-key="a"' in text
    assert "Chase the CRP" in text
    assert "Well." in text


def test_the_screen_costs_ten_statements_even_at_the_first_look(
    browser, start, admit, ward_nurse, now
):
    admission = admit(at=now - 14 * 24 * HOUR)
    url = _screen(start(), admission)
    hub = make_held_hub(admission, by=ward_nurse)
    asked = _statements(browser, url)
    assert len(asked) <= 10, asked
    key = make_key()
    for hours in range(6):
        keep(key, sent(hub, now - hours * HOUR))
    review(admission=admission, kind="nurse", seen="phone", by=ward_nurse, at=now - 2 * HOUR)
    make_alert(admission, at=now - HOUR)
    for n in range(5):
        make_task(admission, by=ward_nurse, due_at=now + n * HOUR)
    asked = _statements(browser, url)
    assert len(asked) <= 10, asked


def test_the_list_of_sixty_costs_six_statements(browser, start, admit, ward_nurse, now):
    for _ in range(60):
        admit()
    round_ = start()
    asked = _statements(browser, _page("round-detail", round_.pk))
    assert len(asked) <= 6, asked
