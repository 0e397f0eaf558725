"""The pages of a handover: prepared, accepted, printed, and taken back in the morning."""

import datetime as dt
import json

import pytest
from django.utils import timezone

from lib.london import wall
from patients.actions.home import record_home
from patients.models import Contact
from rounds.actions.handovers import accept_handover, offer_handover, take_over
from rounds.actions.tasks import complete_task
from rounds.board import held
from rounds.models import Handover, HandoverNote
from rounds.presenters.sbar import line
from tests.capacity.factories import make_ward
from tests.cast import with_role
from tests.patients.factories import make_admission, make_patient
from tests.rounds.factories import HIGH, NORMAL, make_alert, make_review, make_set, make_task

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def ill(ward, now):
    patient = make_patient(family_name="Marrowby")
    admission = make_admission(ward=ward, patient=patient, at=now - 72 * HOUR)
    make_set(admission, HIGH, at=now - HOUR / 3)
    return admission


@pytest.fixture
def calm(ward, now):
    patient = make_patient(family_name="Quillfeather")
    admission = make_admission(ward=ward, patient=patient, at=now - 48 * HOUR)
    make_set(admission, NORMAL, at=now - HOUR / 3)
    return admission


@pytest.fixture
def client(signed_in, ward_nurse):
    return signed_in(ward_nurse)


def holder(ward):
    found = held.by(ward, timezone.now())
    assert found is not None
    return found


def _url(ward, page="handover"):
    return f"/wards/{ward.code}/{page}/"


def _typed(ill, calm, to=None, **more):
    until = wall(timezone.now() + 10 * HOUR)
    return {
        f"{ill.pk}-recommendation": "Call at 22:00",
        f"{ill.pk}-escalate": "NEWS2 7 or more: 999",
        f"{ill.pk}-agreed": "on",
        f"{ill.pk}-version": "0",
        f"{calm.pk}-version": "0",
        "where": "here",
        "to": str(to.pk) if to else "",
        "until_0": f"{until:%d/%m/%Y}",
        "until_1": f"{until:%H:%M}",
        **more,
    }


def test_who_is_at_risk_stands_first_and_whoever_is_calm_below(client, ward, ill, calm):
    text = client.get(_url(ward)).content.decode()
    assert text.index("MARROWBY") < text.index("Nothing expected") < text.index("QUILLFEATHER")
    assert "NEWS2 7 at" in text or "NEWS2 8 at" in text or "NEWS2 9 at" in text
    assert "Allergies: not asked" in text


def test_who_was_never_measured_is_not_among_the_calm(client, ward, calm):
    """Nothing is known of them, which is not that nothing is expected."""
    nobody = make_patient(family_name="Thistlewick")
    make_admission(ward=ward, patient=nobody, at=timezone.now() - 24 * HOUR)
    text = client.get(_url(ward)).content.decode()
    assert text.index("THISTLEWICK") < text.index("Nothing expected") < text.index("QUILLFEATHER")


def test_a_calm_patient_with_a_task_before_the_end_needs_a_line(
    client, ward, calm, now, ward_nurse
):
    assert "At risk, or something to do" not in client.get(_url(ward)).content.decode()
    make_task(calm, by=ward_nurse, due_at=now + HOUR / 2, text="Chase the potassium")
    text = client.get(_url(ward)).content.decode()
    assert "Chase the potassium" in text
    assert "Nothing expected" not in text


def test_a_handover_is_offered_accepted_and_reads_as_it_was(
    signed_in, client, ward, ill, calm, out_of_hours, ward_nurse, now
):
    answer = client.post(_url(ward), _typed(ill, calm, out_of_hours, offer="1"))
    handover = Handover.objects.get(taken=False)
    assert answer["Location"] == f"/handovers/{handover.pk}/"
    assert holder(ward).user_id == ward_nurse.pk  # until it is accepted
    theirs = signed_in(out_of_hours)
    assert (
        "Handover waiting for you: 2 patients" in theirs.get(_url(ward, "board")).content.decode()
    )
    page = theirs.get(f"/handovers/{handover.pk}/").content.decode()
    assert "Call at 22:00" in page
    assert "NEWS2 7 or more: 999" in page
    assert 'data-key="a"' in page
    accepted = theirs.post(
        f"/handovers/{handover.pk}/accept/", {"phone": "07700 900 555", "remark": "Which drug?"}
    )
    assert accepted["Location"] == _url(ward, "board")
    now_held = holder(ward)
    assert (now_held.user_id, now_held.phone) == (out_of_hours.pk, "07700 900 555")
    ill.patient.family_name = "Changed"
    ill.patient.save()
    record = client.get(f"/handovers/{handover.pk}/").content.decode()
    assert "MARROWBY" in record
    assert "Which drug?" in record
    assert "Accepted" in client.get(_url(ward, "handovers")).content.decode()


def test_nothing_is_lost_when_an_offer_is_refused(client, ward, ill, calm):
    answer = client.post(_url(ward), _typed(ill, calm, offer="1"))
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "Choose who takes over." in text
    assert "Call at 22:00" in text
    assert HandoverNote.objects.get().recommendation == "Call at 22:00"
    again = client.post(_url(ward), _typed(ill, calm, offer="1"))
    assert again.status_code == 422  # the same words are no clash with themselves


def test_somebody_at_risk_without_a_word_is_named(client, ward, ill, calm, out_of_hours):
    typed = _typed(ill, calm, out_of_hours, offer="1", **{f"{ill.pk}-recommendation": ""})
    answer = client.post(_url(ward), typed)
    assert answer.status_code == 422
    assert "Say what is to be done for MARROWBY" in answer.content.decode()


def test_somebody_outside_is_written_down_with_how_they_accepted(client, ward, ill, calm):
    typed = _typed(ill, calm, offer="1", where="outside", name="Sam Night", phone="111")
    missing = client.post(_url(ward), typed)
    assert "Enter their organisation." in missing.content.decode()
    told = wall(timezone.now())
    whole = typed | {
        "organisation": "GP out of hours",
        "how": "by phone, read back",
        "accepted_at_0": f"{told:%d/%m/%Y}",
        "accepted_at_1": f"{told:%H:%M}",
    }
    assert client.post(_url(ward), whole).status_code == 302
    text = client.get(_url(ward, "board")).content.decode()
    assert "Sam Night, GP out of hours" in text


def test_of_two_who_write_the_second_sees_both(client, ward, ill, calm, signed_in, ward_doctor):
    client.post(_url(ward), _typed(ill, calm, save="1"))
    other = _typed(ill, calm, save="1", **{f"{ill.pk}-recommendation": "Visit at 21:00"})
    answer = signed_in(ward_doctor).post(_url(ward), other)
    text = answer.content.decode()
    assert answer.status_code == 409
    assert "Call at 22:00" in text
    assert "Visit at 21:00" in text
    assert HandoverNote.objects.get().recommendation == "Call at 22:00"
    other[f"{ill.pk}-version"] = "1"
    assert signed_in(ward_doctor).post(_url(ward), other).status_code == 302
    assert HandoverNote.objects.get().recommendation == "Visit at 21:00"


def test_the_script_saves_one_note_and_is_told_of_anothers(
    client, ward, ill, signed_in, ward_doctor
):
    url = f"{_url(ward)}notes/{ill.pk}/"
    kept = client.post(url, {"recommendation": "Call", "version": "0"})
    assert json.loads(kept.content)["version"] == 1
    moved = signed_in(ward_doctor).post(url, {"recommendation": "Visit", "version": "0"})
    assert moved.status_code == 409
    assert json.loads(moved.content)["recommendation"] == "Call"
    assert client.post(url, {"version": "x"}).status_code == 422


def test_declining_tells_the_giver(client, signed_in, ward, ward_nurse, out_of_hours):
    offered = offer_handover(ward=ward, by=ward_nurse, to=out_of_hours)
    theirs = signed_in(out_of_hours)
    assert theirs.post(f"/handovers/{offered.pk}/decline/", {"reason": ""}).status_code == 422
    theirs.post(f"/handovers/{offered.pk}/decline/", {"reason": "I am at a visit"})
    text = client.get(_url(ward, "board")).content.decode()
    assert f"{out_of_hours.short_name} declined" in text
    assert "I am at a visit" in text


def test_an_offer_is_withdrawn_by_its_giver(client, ward, ward_nurse):
    offered = offer_handover(ward=ward, by=ward_nurse)
    page = client.get(f"/handovers/{offered.pk}/").content.decode()
    assert "Withdraw this offer" in page
    assert "Accept" not in page
    client.post(f"/handovers/{offered.pk}/withdraw/")
    assert not Handover.objects.waiting().exists()


def test_the_morning_shows_what_changed_and_takes_the_ward_back(
    client, ward, ill, calm, ward_nurse, out_of_hours, now
):
    evening = now - 12 * HOUR
    offered = offer_handover(
        ward=ward, by=ward_nurse, to=out_of_hours, until=now + HOUR, at=evening,
        lines=_lines(ward, evening),
    )  # fmt: skip
    accept_handover(handover=offered, by=out_of_hours, at=evening + HOUR / 6)
    make_alert(ill, at=now - HOUR)
    make_review(ill, by=out_of_hours, at=now - HOUR / 2)
    came = make_admission(ward=ward, patient=make_patient(family_name="Thistlewick"), at=now - HOUR)
    text = client.get(_url(ward, "take-over")).content.decode()
    assert "3 patients, 1 alert nobody owns, 1 came since, 0 left since" in text
    assert "came after the handover, no SBAR" in text
    assert f"Reviewed, {out_of_hours.short_name}" in text
    assert "Handed over: As before" in text
    assert "Worst: NEWS2" in text
    assert came.patient.family_name.upper() in text
    until = wall(now + 10 * HOUR)
    taken = client.post(
        _url(ward, "take-over"),
        {"until_0": f"{until:%d/%m/%Y}", "until_1": f"{until:%H:%M}", "phone": ""},
    )
    assert taken["Location"] == _url(ward, "board")
    assert holder(ward).user_id == ward_nurse.pk


def _lines(ward, at):
    from dataclasses import replace

    from rounds.handover.prepared import prepared

    people = prepared(ward, at=at, until=at + 12 * HOUR).people
    return [replace(line(person), recommendation="As before") for person in people]


def test_whoever_left_or_moved_is_told_in_the_morning_and_in_the_list(
    client, ward, ill, calm, ward_nurse, out_of_hours, ward_doctor, now
):
    from patients.actions.admissions.moving import transfer
    from tests.capacity.factories import make_beds, make_ward
    from tests.cast import OTHER_WARD, with_role

    evening = now - 12 * HOUR
    offered = offer_handover(
        ward=ward, by=ward_nurse, at=evening, until=now + HOUR, lines=_lines(ward, evening)
    )
    accept_handover(handover=offered, by=out_of_hours, at=evening + HOUR / 6)
    other = make_ward(OTHER_WARD, name="Elsewhere")
    with_role(ward_doctor, "ward_clinician", "ward", OTHER_WARD)
    transfer(admission=ill, ward=other, bed=make_beds(other, 1)[0], by=ward_doctor, at=now - HOUR)
    for page in (_url(ward, "take-over"), f"/handovers/{offered.pk}/"):
        assert "on Elsewhere now, held by that ward" in client.get(page).content.decode()


def test_preparing_forty_patients_asks_no_more_than_preparing_two(
    client, ward, ill, calm, django_assert_max_num_queries, now
):
    with django_assert_max_num_queries(40) as few:
        client.get(_url(ward))
    for n in range(12):
        one = make_admission(ward=ward, patient=make_patient(family_name=f"Long{n}"), at=now - HOUR)
        make_set(one, NORMAL, at=now - HOUR / 4)
    with django_assert_max_num_queries(len(few)):
        client.get(_url(ward))


def test_an_empty_ward_is_handed_over_all_the_same(client, ward, out_of_hours, signed_in):
    assert "Nobody is on this ward now" in client.get(_url(ward)).content.decode()
    until = wall(timezone.now() + 3 * HOUR)
    typed = {
        "where": "here", "to": str(out_of_hours.pk), "offer": "1",
        "until_0": f"{until:%d/%m/%Y}", "until_1": f"{until:%H:%M}",
    }  # fmt: skip
    assert client.post(_url(ward), typed).status_code == 302


def test_a_ward_taken_by_hand_stands_in_the_list(client, ward, ward_nurse):
    take_over(ward=ward, by=ward_nurse)
    assert "Taken over" in client.get(_url(ward, "handovers")).content.decode()


def test_who_works_on_several_wards_is_told_where_they_choose(
    signed_in, client, ward, ill, calm, out_of_hours
):
    make_ward("RT5-elsewhere", name="Elsewhere")
    with_role(out_of_hours, "out_of_hours_clinician", "ward", "RT5-elsewhere")
    theirs = signed_in(out_of_hours)
    assert "waiting for you" not in theirs.get("/wards/").content.decode()
    client.post(_url(ward), _typed(ill, calm, out_of_hours, offer="1"))
    handover = Handover.objects.get(taken=False)
    page = theirs.get("/wards/").content.decode()
    assert "Handover waiting for you: 2 patients" in page
    assert f"/handovers/{handover.pk}/" in page
    theirs.post(f"/handovers/{handover.pk}/accept/", {"phone": "", "remark": ""})
    assert "waiting for you" not in theirs.get("/wards/").content.decode()


def test_who_must_not_be_told_and_in_which_language_is_handed_over(client, ward, ill, ward_nurse):
    Contact.objects.create(
        patient=ill.patient, name="Gary Sample", relationship="grandson", must_not_be_told=True
    )
    ill.patient.language = "Polish"
    ill.patient.save()
    page = client.get(_url(ward)).content.decode()
    assert "Interpreter: not asked" in page
    record_home(
        patient=ill.patient, topic="interpreter", state="recorded", text="by phone", by=ward_nurse
    )
    page = client.get(_url(ward)).content.decode()
    assert "Must not be told: Gary Sample, grandson" in page
    assert "Interpreter needed: Polish, by phone" in page


def test_a_visit_that_found_nobody_home_is_not_told_as_done(client, ward, ill, ward_nurse, now):
    task = make_task(ill, by=ward_nurse, due_at=now, text="Give the antibiotic")
    complete_task(task=task, ending="nobody_home", by=ward_nurse)
    page = client.get(_url(ward, "take-over")).content.decode()
    assert "Nobody home" in page
    assert "Done" not in page


def test_an_empty_ward_that_nobody_holds_says_so_without_an_alarm(client, ward, request):
    page = client.get(_url(ward, "board")).content.decode()
    assert "Nobody is on this ward; nobody holds whoever comes." in page
    assert "note--urgent" not in page
    request.getfixturevalue("calm")
    page = client.get(_url(ward, "board")).content.decode()
    assert "Nobody holds these patients." in page
    assert "note--urgent" in page
