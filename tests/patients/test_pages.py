"""The pages: what they show, what they refuse beside the field, and that nothing happens twice."""

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEvent, Look
from capacity.models import BedClosure, Leave, Stay, Ward
from capacity.presence import ward_counts
from patients.actions.admissions import discharge, start_leave
from patients.actions.holds import hold_bed
from patients.actions.referrals import accept
from patients.models import Admission, Contact, Patient, Pause, Referral
from tests.capacity.factories import make_beds, make_icb
from tests.patients.factories import (
    make_admission,
    make_clinician,
    make_nhs_number,
    make_pathway,
    make_patient,
    make_referral,
)

pytestmark = pytest.mark.django_db
PERSON: dict[str, Any] = {
    "family_name": "O\u2019Neill-Demo",
    "given_name": "Aoife",
    "born": "03/02/1940",
    "sex": "female",
    "source": "gp",
    "reason": "Falls; would otherwise be admitted.",
    "fact_cfs": "6",
    "fact_agrees": "yes",
    "fact_home_safe": "no",
}


@pytest.fixture
def nurse(signed_in, ward_nurse):
    return signed_in(ward_nurse)


@pytest.fixture
def sender(signed_in, referrer):
    return signed_in(referrer)


@pytest.fixture
def admission(ward):
    return make_admission(ward=ward)


def errors(answer):
    assert answer.status_code == 422
    return answer.context["form"].errors


def text(answer):
    return " ".join(answer.content.decode().split())


def moment(at, name):
    local = timezone.localtime(at)
    return {f"{name}_0": f"{local:%d/%m/%Y}", f"{name}_1": f"{local:%H:%M}"}


# The bed board


def test_the_bed_board_shows_the_count_that_the_dashboards_use(nurse, ward):
    closed = make_beds(ward, 2)[1]
    make_admission(ward=ward)
    make_admission(ward=ward, over_capacity="Would be in ED")
    BedClosure.objects.create(bed=closed, starts=timezone.now(), reason="no_kit")
    beds = nurse.get(reverse("patients:bed-list", args=[ward.code])).context["beds"]
    count = ward_counts(Ward.objects.filter(pk=ward.pk), timezone.now())[ward.pk]
    assert [one.figure for one in beds.figures] == [count.taken, count.free, count.closed, 0]
    assert (count.taken, count.free, count.closed, count.patients) == (1, 1, 1, 2)
    assert [tile.state or tile.family for tile in beds.tiles].count("Free") == 1


def test_the_sum_is_written_out_and_adds_up(nurse, ward):
    long_ago = timezone.now() - dt.timedelta(days=2)
    stayed, left = (make_admission(ward=ward, at=long_ago) for _ in range(2))
    discharge(admission=left, destination="home", by=left.admitted_by)
    make_admission(ward=ward)
    beds = nurse.get(reverse("patients:bed-list", args=[ward.code])).context["beds"]
    assert beds.sum.endswith("\u2212 1 left + 1 came = 2 now")
    assert beds.sum.startswith("2 at 08:00")
    assert "Left: 1 home." in beds.sum_more
    assert stayed.patient.family_name.upper() in text(
        nurse.get(reverse("patients:bed-list", args=[ward.code]))
    )


def test_similar_names_on_a_ward_carry_a_warning(nurse, ward):
    for name in ("Smith", "Smyth", "Jones"):
        make_admission(ward=ward, patient=make_patient(family_name=name))
    beds = nurse.get(reverse("patients:bed-list", args=[ward.code])).context["beds"]
    warned = {tile.family for tile in beds.tiles if "Similar name on this ward" in tile.foot}
    assert warned == {"SMITH,", "SMYTH,"}
    board = text(nurse.get(reverse("rounds:ward-board", args=[ward.code])))
    assert board.count("Similar name here") == 2


def test_a_ward_without_beds_says_so(nurse, ward):
    assert "no beds yet" in text(nurse.get(reverse("patients:bed-list", args=[ward.code])))


def test_the_poll_gets_the_fragment_alone_and_is_no_look(nurse, ward):
    address = reverse("patients:bed-list", args=[ward.code])
    nurse.get(address)
    poll = nurse.get(address, headers={"HX-Request": "true", "X-Poll": "1"})
    assert poll.content.decode().lstrip().startswith('<div id="beds"')
    assert Look.objects.filter(page="beds").count() == 1


def test_the_bed_board_takes_no_more_queries_with_more_patients(
    nurse, ward, django_assert_max_num_queries
):
    for _ in range(8):
        make_admission(ward=ward)
        make_referral(ward=ward)
    with django_assert_max_num_queries(40):
        nurse.get(reverse("patients:bed-list", args=[ward.code]))


def test_a_bed_is_closed_with_a_reason_and_opened_again(nurse, ward):
    bed = make_beds(ward, 1)[0]
    address = reverse("patients:bed-close", args=[ward.code])
    assert "reason" in errors(nurse.post(address, {"bed": bed.pk}))
    assert nurse.post(address, {"bed": bed.pk, "reason": "no_kit"}).status_code == 302
    again = nurse.post(address, {"bed": bed.pk, "reason": "no_kit"})
    assert errors(again)["bed"] == ["Choose a bed that is free."]
    assert BedClosure.objects.count() == 1
    nurse.post(reverse("patients:bed-reopen", args=[ward.code, bed.pk]))
    assert BedClosure.objects.get().ends is not None


def test_a_taken_bed_cannot_be_closed(nurse, ward, admission):
    bed = admission.spell.stays.get().bed
    answer = nurse.post(
        reverse("patients:bed-close", args=[ward.code]), {"bed": bed.pk, "reason": "no_kit"}
    )
    assert "bed" in errors(answer)
    assert not BedClosure.objects.exists()


# Referring


@pytest.fixture
def create(ward):
    make_pathway()
    return f"{reverse('patients:referral-create')}?ward={ward.code}&pathway=frailty"


def test_a_referrer_chooses_a_ward_and_a_pathway_first(sender, ward):
    make_pathway()
    page = text(sender.get(reverse("patients:referral-create")))
    assert ward.name in page
    assert "Frailty" in page


def test_a_new_person_is_recorded_and_referred(sender, create):
    answer = sender.post(create, PERSON | {"nhs_number": "999 000 0018"})
    assert answer.status_code == 302
    referral = Referral.objects.get()
    assert referral.patient.nhs_number == "9990000018"
    assert (referral.facts["cfs"], referral.facts["agrees"], referral.facts["home_safe"]) == (
        6,
        True,
        False,
    )
    assert "news2" not in referral.facts
    assert referral.patient.home_icb is None


def test_a_person_of_another_board_is_recorded_as_its_resident(sender, create):
    make_icb("QPM", name="NHS Northamptonshire ICB", short_name="")
    sender.post(create, PERSON | {"nhs_number": "999 000 0018", "home_icb": "QPM"})
    assert str(Referral.objects.get().patient.home_icb) == "NHS Northamptonshire ICB"


def test_a_known_person_is_found_by_number_whatever_the_accents(sender, create):
    known = make_patient(
        family_name="O'NEILL DEMO", born=dt.date(1940, 2, 3), nhs_number="9990000018"
    )
    sender.post(create, PERSON | {"nhs_number": "9990000018"})
    assert Referral.objects.get().patient == known
    assert Patient.objects.count() == 1


@pytest.mark.parametrize("wrong", [{"family_name": "Somebody"}, {"born": "04/02/1940"}])
def test_another_name_or_birth_date_stops_and_asks_without_telling(sender, create, wrong):
    make_patient(family_name="Real-Name", born=dt.date(1940, 2, 3), nhs_number="9990000018")
    typed = PERSON | {"family_name": "Real-Name"} | wrong | {"nhs_number": "9990000018"}
    answer = sender.post(create, typed)
    assert "recorded with another" in errors(answer)["same_person"][0]
    assert typed["reason"] in text(answer)
    assert "Real-Name" not in text(answer) or wrong.get("family_name") is None
    assert not Referral.objects.exists()
    sender.post(create, typed | {"same_person": "on"})
    referral = Referral.objects.get()
    assert wrong.get("family_name", "Real-Name") in referral.facts["as_referred"]["family_name"]
    assert Patient.objects.get().family_name == "Real-Name"


def test_the_ward_sees_both_names_and_the_referrer_only_what_they_wrote(sender, nurse, create):
    make_patient(
        family_name="Real-Name",
        given_name="Margaret",
        born=dt.date(1950, 1, 1),
        nhs_number="9990000018",
    )
    typed = PERSON | {"nhs_number": "9990000018", "same_person": "on"}
    sent = sender.post(create, typed, follow=True)
    address = reverse("patients:referral-detail", args=[Referral.objects.get().pk])
    for page in (sent, sender.get(address), sender.get(reverse("patients:referral-list"))):
        assert "REAL-NAME" not in text(page).upper()
        assert "Margaret" not in text(page)
        assert "1950" not in text(page)
        assert "Aoife" in text(page)
    seen = text(nurse.get(address))
    assert "REAL-NAME" in seen
    assert "Check who this is" in seen
    lines = {one.label: (one.first, one.second) for one in _checked(nurse, address)}
    assert lines["Date of birth"] == ("3 Feb 1940", "1 Jan 1950")


def _checked(browser, address):
    return browser.get(address).context["referral"].as_referred


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"nhs_number": ""}, "nhs_number"),
        ({"nhs_number": "9990000019"}, "nhs_number"),
        ({"nhs_number": "9434765919"}, "nhs_number"),
        ({"born": "31/02/1940"}, "born"),
        ({"born": "01/01/2090"}, "born"),
        ({"reason": " "}, "reason"),
        ({"fact_cfs": "lots"}, "fact_cfs"),
        ({"source": ""}, "source"),
        ({"born": "03/02/0140"}, "born"),
    ],
)
def test_what_is_wrong_stands_beside_its_field_and_the_rest_stays(sender, create, typed, field):
    answer = sender.post(create, PERSON | {"nhs_number": "9990000018"} | typed)
    assert field in errors(answer)
    assert "Aoife" in text(answer)
    assert not Referral.objects.exists()
    assert not Patient.objects.exists()


def test_a_referral_sent_twice_is_one(sender, create):
    typed = PERSON | {"nhs_number": "9990000018"}
    sender.post(create, typed)
    assert "waits" in errors(sender.post(create, typed))["nhs_number"][0]
    assert Referral.objects.count() == 1


@pytest.mark.parametrize("number", ["9990000018", ""])
def test_a_form_sent_again_by_the_back_button_leads_to_the_one_it_made(sender, create, number):
    form = sender.get(create).context["form"]
    typed = PERSON | {"nhs_number": number, "key": form["key"].value()}
    typed |= {"no_nhs_number_reason": "visiting"}
    first, again = sender.post(create, typed), sender.post(create, typed)
    assert (again.status_code, again.url) == (302, first.url)
    assert (Referral.objects.count(), Patient.objects.count()) == (1, 1)


def test_a_form_filled_in_again_without_a_number_makes_no_second_person(sender, create):
    typed = PERSON | {"no_nhs_number_reason": "visiting"}
    assert sender.post(create, typed).status_code == 302
    assert "who waits" in errors(sender.post(create, typed))["nhs_number"][0]
    assert (Referral.objects.count(), Patient.objects.count()) == (1, 1)


@pytest.mark.parametrize(
    ("source", "route"),
    [("acute_ward", "step_down"), ("social_care", "step_up"), ("care_home", "step_up")],
)
def test_the_route_follows_from_where_the_patient_is(sender, create, source, route):
    sender.post(create, PERSON | {"nhs_number": "9990000018", "source": source})
    assert Referral.objects.get().route == route


def test_who_may_see_the_known_patient_sees_both_side_by_side(nurse, create, ward):
    known = make_patient(family_name="Real-Name", nhs_number="9990000018")
    make_referral(ward=ward, patient=known)
    answer = nurse.post(create, PERSON | {"nhs_number": "9990000018"})
    assert "recorded with another" in errors(answer)["same_person"][0]
    told = {line.label: (line.first, line.second) for line in answer.context["known"]}
    assert told["Family name"] == ("O\u2019Neill-Demo", "Real-Name")


def test_a_referrer_learns_of_the_discharge_and_nothing_of_the_care(sender, referrer, ward):
    referral = make_referral(ward=ward, by=referrer, accepted=True)
    admission = make_admission(ward=ward, referral=referral)
    discharge(
        admission=admission,
        destination="hospice",
        note="Wishes to be comfortable",
        by=admission.admitted_by,
    )
    page = text(sender.get(reverse("patients:referral-detail", args=[referral.pk])))
    assert "Discharged" in page
    assert "hospice" not in page
    assert "comfortable" not in page


def test_a_ward_that_does_not_take_the_pathway_says_so(sender, ward):
    make_pathway()
    ward.pathways.create(pathway_id="copd", version=make_pathway("copd").versions.get())
    address = f"{reverse('patients:referral-create')}?ward={ward.code}&pathway=frailty"
    assert "does not take this pathway" in text(sender.get(address))


def test_a_referrer_sees_their_own_and_no_other(sender, referrer, ward):
    own = make_referral(ward=ward, by=referrer)
    other = make_referral(ward=ward)
    page = text(sender.get(reverse("patients:referral-list")))
    assert own.patient.family_name.upper() in page
    assert other.patient.family_name.upper() not in page
    assert sender.get(reverse("patients:referral-detail", args=[other.pk])).status_code == 404
    mine = text(sender.get(reverse("patients:referral-detail", args=[own.pk])))
    assert "Places left" not in mine


# Deciding


def test_a_referral_shows_its_criteria_and_where_places_are_left(nurse, ward, elsewhere):
    make_beds(ward, 2)
    make_beds(elsewhere, 3)
    referral = make_referral(ward=ward, facts={"age": 81, "cfs": 3, "agrees": True})
    answer = nurse.get(reverse("patients:referral-detail", args=[referral.pk]))
    states = {one.key: one.state for one in answer.context["referral"].answers}
    assert (states["age"], states["cfs"], states["agrees"], states["news2"]) == (
        "met",
        "not_met",
        "met",
        "not_known",
    )
    assert [(p.ward, p.words) for p in answer.context["places"]] == [
        (ward, "2 left of 2"),
        (elsewhere, "3 left of 3"),
    ]
    referral.refresh_from_db()
    assert referral.first_looked_at is not None


def test_a_full_ward_names_the_nearest_with_a_place_left(nurse, ward, elsewhere):
    make_beds(elsewhere, 3)
    bed = make_beds(ward, 1)[0]
    coming = make_referral(ward=ward, accepted=True)
    until = timezone.now() + dt.timedelta(hours=2)
    hold_bed(referral=coming, bed=bed, until=until, by=make_clinician(ward))
    waiting = make_referral(ward=ward)
    page = nurse.get(reverse("patients:referral-detail", args=[waiting.pk])).context
    assert [one.words for one in page["places"]] == ["0 left of 1, 1 held", "3 left of 3"]
    assert page["instead"] == (
        f"{ward.name} has no place left. Nearest with one: Elsewhere, of the same provider, 3 left."
    )


def test_a_held_bed_is_offered_to_nobody_else(nurse, ward):
    bed = make_beds(ward, 1)[0]
    mine, others = (make_referral(ward=ward, accepted=True) for _ in range(2))
    until = timezone.now() + dt.timedelta(hours=2)
    typed = {"hold-bed": bed.pk} | moment(until, "hold-until")
    held = nurse.post(reverse("patients:referral-hold", args=[mine.pk]), typed)
    assert held.status_code == 302
    refused = nurse.post(reverse("patients:referral-hold", args=[others.pk]), typed)
    assert refused.status_code == 422
    assert "free and held for nobody else" in text(refused)
    nurse.post(reverse("patients:referral-release", args=[mine.pk]))
    again = nurse.post(reverse("patients:referral-hold", args=[others.pk]), typed)
    assert again.status_code == 302


def test_the_teams_clock_puts_the_overdue_first(signed_in, ward_lead, ward):
    lead, now = signed_in(ward_lead), timezone.now()
    address = reverse("patients:referral-clock", args=[ward.code])
    assert "minutes" in errors(lead.post(address, {"minutes": "2"}))
    assert lead.post(address, {"minutes": "60"}).status_code == 302
    early = make_referral(ward=ward, at=now - dt.timedelta(hours=3))
    fresh = make_referral(ward=ward, at=now)
    page = lead.get(reverse("patients:referral-list")).context
    assert [one.referral for one in page["waiting"]] == [early, fresh]
    assert (page["overdue"], page["waiting"][0].due) == (1, "overdue by 2 h")
    lead.post(address, {"minutes": "240"})
    assert lead.get(reverse("patients:referral-list")).context["overdue"] == 0
    lead.post(address, {"minutes": ""})
    assert not Referral.objects.filter(decision_due_at__isnull=False).exists()


def test_somebody_recorded_already_is_named_to_the_ward(nurse, ward):
    known = make_patient(family_name="Müller", born=dt.date(1950, 5, 5))
    make_referral(ward=ward, patient=known)
    again = make_patient(family_name="Muller", born=dt.date(1950, 5, 5), nhs_number="")
    referral = make_referral(ward=ward, patient=again)
    page = nurse.get(reverse("patients:referral-detail", args=[referral.pk]))
    assert page.context["perhaps"] == [known]


def test_accepting_may_hold_a_bed(nurse, ward):
    bed = make_beds(ward, 1)[0]
    referral = make_referral(ward=ward)
    address = reverse("patients:referral-accept", args=[referral.pk])
    half = nurse.post(address, {"accept-held_bed": bed.pk})
    assert half.status_code == 422
    assert "until when the bed is held" in text(half)
    until = timezone.now() + dt.timedelta(hours=2)
    typed = {"accept-held_bed": bed.pk} | moment(until, "accept-held_until")
    assert nurse.post(address, typed).status_code == 302
    referral.refresh_from_db()
    assert (referral.outcome, referral.held_bed) == ("accepted", bed)
    board = nurse.get(reverse("patients:bed-list", args=[ward.code]))
    assert "Held for" in text(board)


def test_declining_without_a_reason_keeps_what_was_typed(nurse, ward):
    referral = make_referral(ward=ward)
    address = reverse("patients:referral-decline", args=[referral.pk])
    answer = nurse.post(address, {"decline-note": "Send to the ED"})
    assert answer.status_code == 422
    assert "Choose why." in text(answer)
    assert "Send to the ED" in text(answer)
    nurse.post(address, {"decline-reason": "too_unwell", "decline-note": "Send to the ED"})
    again = nurse.post(address, {"decline-reason": "no_bed"})
    assert "decided already" in text(again)
    referral.refresh_from_db()
    assert referral.decline_reason == "too_unwell"


# Moving


def test_a_transfer_is_named_and_happens_once(nurse, admission, elsewhere):
    bed = make_beds(elsewhere, 1)[0]
    address = f"{reverse('patients:admission-transfer', args=[admission.pk])}?ward={elsewhere.code}"
    assert f"Transfer {admission.patient}" in text(nurse.get(address))
    assert "agreed_with" in errors(nurse.post(address, {"bed": bed.pk}))
    assert nurse.post(address, {"bed": bed.pk, "agreed_with": "S. Hill"}).status_code == 302
    assert nurse.post(address, {"bed": bed.pk, "agreed_with": "S. Hill"}).status_code == 404
    assert Stay.objects.current().get().bed == bed


def test_a_bed_taken_meanwhile_offers_over_capacity_to_the_lead_alone(
    signed_in, ward_nurse, ward_lead, ward, admission
):
    taken = make_admission(ward=ward).spell.stays.get().bed_id
    address = reverse("patients:admission-move", args=[admission.pk])
    for user, offered in ((ward_nurse, False), (ward_lead, True)):
        answer = signed_in(user).post(address, {"bed": taken})
        assert "not free any more" in errors(answer)["bed"][0]
        assert ("over capacity" in text(answer)) is offered


def test_leave_and_return(nurse, admission):
    address = reverse("patients:admission-leave", args=[admission.pk])
    assert set(errors(nurse.post(address, {}))) == {
        "kind",
        "place",
        "held_by",
        "expected_back",
        "bed_held",
    }
    back = timezone.now() + dt.timedelta(hours=20)
    typed = {"kind": "hospital", "place": "LRI", "held_by": "UHL", "bed_held": "yes"}
    typed |= moment(back, "expected_back")
    assert nurse.post(address, typed).status_code == 302
    assert "already on leave" in text(nurse.post(address, typed))
    leave = Leave.objects.get()
    assert leave.bed_held
    come = reverse("patients:leave-return", args=[leave.pk])
    assert nurse.post(come).status_code == 302
    assert nurse.post(come).status_code == 404
    leave.refresh_from_db()
    assert leave.ends is not None


def test_return_to_a_bed_given_away_asks_for_another(nurse, ward, admission, ward_nurse):
    detail = start_leave(
        admission=admission,
        kind="home",
        place="Daughter",
        held_by="Daughter",
        expected_back=timezone.now() + dt.timedelta(hours=5),
        bed_held=False,
        by=ward_nurse,
    )
    come = reverse("patients:leave-return", args=[detail.leave_id])
    assert "bed" in errors(nurse.post(come))
    bed = Stay.objects.get(end_reason="bed_released").bed_id
    assert nurse.post(come, {"bed": bed}).status_code == 302
    assert Stay.objects.current().get().bed_id == bed


# What is agreed


def test_a_nurse_loosens_with_the_name_of_the_senior_who_agreed(nurse, admission, ward_doctor):
    address = reverse("patients:limit-change", args=[admission.pk, "spo2"])
    typed = {"low": "88", "high": "", "priority": "prompt", "reason": "Usual 89"}
    assert "senior" in errors(nurse.post(address, typed))["agreed_by"][0]
    assert nurse.post(address, typed | {"agreed_by": ward_doctor.pk}).status_code == 302
    line = admission.plan_lines.current().get(kind="spo2")
    assert (line.low, line.agreed_by) == (88, ward_doctor)
    assert "Usual 89" in text(nurse.get(address))


def test_only_seniors_of_the_ward_can_be_named(nurse, admission, ward_lead):
    address = reverse("patients:limit-change", args=[admission.pk, "spo2"])
    typed = {"low": "88", "priority": "prompt", "reason": "x", "agreed_by": ward_lead.pk}
    assert "agreed_by" in errors(nurse.post(address, typed))


@pytest.mark.parametrize("low", ["abc", "", "101", "nan"])
def test_a_limit_that_is_no_limit_stays_on_the_page(nurse, admission, low):
    address = reverse("patients:limit-change", args=[admission.pk, "spo2"])
    answer = nurse.post(address, {"low": low, "priority": "prompt", "reason": "Because"})
    assert "low" in errors(answer)
    assert "Because" in text(answer)


def test_a_kind_that_is_not_planned_is_not_found(nurse, admission):
    assert nurse.get(f"/admissions/{admission.pk}/limits/glucose/").status_code == 404
    assert nurse.get(f"/admissions/{admission.pk}/limits/nonsense/").status_code == 404


def test_scale_2_asks_for_a_senior(nurse, admission, ward_doctor):
    address = reverse("patients:mode-change", args=[admission.pk])
    typed = {"mode": "news2_scale2", "reason": "Retains CO2"}
    assert "agreed_by" in errors(nurse.post(address, typed))
    nurse.post(address, typed | {"agreed_by": ward_doctor.pk})
    assert admission.modes.current().get().mode == "news2_scale2"


def test_a_pause_says_until_when(nurse, admission):
    address = reverse("patients:pause-set", args=[admission.pk])
    assert "until" in errors(nurse.post(address, {"reason": "Scan"}))
    until = timezone.now() + dt.timedelta(hours=6)
    assert nurse.post(address, {"reason": "Scan"} | moment(until, "until")).status_code == 302
    assert Pause.objects.count() == 1
    nurse.post(reverse("patients:pause-end", args=[admission.pk]))
    assert not admission.pauses.current().exists()


def test_times_are_typed_as_people_write_them(nurse, admission):
    address = reverse("patients:times-change", args=[admission.pk, "pulse"])
    assert "times" in errors(nurse.post(address, {"times": "8 in the morning", "reason": "x"}))
    nurse.post(address, {"times": "08.00, 20:00", "reason": "Two a day"})
    assert admission.plan_lines.current().get(kind="pulse").times == ["08:00", "20:00"]


def test_oxygen_of_0_stops_it(nurse, admission):
    address = reverse("patients:oxygen-set", args=[admission.pk])
    nurse.post(address, {"litres_per_minute": "1.5"})
    assert admission.oxygen.current().get().litres_per_minute == 1.5
    nurse.post(address, {"litres_per_minute": "0"})
    assert not admission.oxygen.current().exists()
    assert "litres_per_minute" in errors(nurse.post(address, {"litres_per_minute": "some"}))


def test_the_day_to_leave_is_typed(nurse, admission):
    address = reverse("patients:expected-discharge-change", args=[admission.pk])
    assert "day" in errors(nurse.post(address, {"day": "soon"}))
    assert "day" in errors(nurse.post(address, {"day": "01/01/2020"}))
    day = timezone.localdate() + dt.timedelta(days=3)
    nurse.post(address, {"day": f"{day:%d/%m/%Y}"})
    assert Admission.objects.get().expected_discharge == day


# People


def test_a_contact_sent_twice_is_one_contact(nurse, admission):
    address = reverse("patients:contact-create", args=[admission.patient_id])
    assert set(errors(nurse.post(address, {}))) == {"name", "relationship"}
    typed = {"name": "Ann", "relationship": "daughter", "phone": "07700 900001"}
    nurse.post(address, typed)
    nurse.post(address, typed)
    contact = Contact.objects.get()
    change = reverse("patients:contact-change", args=[contact.pk])
    both = typed | {"call_first": "on", "must_not_be_told": "on"}
    assert "must_not_be_told" in errors(nurse.post(change, both))
    nurse.post(change, typed | {"call_first": "on"})
    assert Contact.objects.get().call_first
    nurse.post(reverse("patients:contact-remove", args=[contact.pk]))
    assert not Contact.objects.exists()


def test_a_safety_record_asks_for_its_source(nurse, admission):
    address = reverse("patients:safety-record", args=[admission.patient_id, "allergies"])
    assert set(errors(nurse.post(address, {"state": "recorded"}))) == {"text", "source"}
    nurse.post(address, {"state": "recorded", "text": "Penicillin", "source": "GP record"})
    record = admission.patient.safety_records.current().get(topic="allergies")
    assert (record.state, record.text) == ("recorded", "Penicillin")


@pytest.mark.parametrize("part", ["number", "spaced", "family", "both", "part"])
def test_a_patient_is_found_by_number_or_name(nurse, ward, part):
    number = make_nhs_number()
    make_admission(ward=ward, patient=make_patient(family_name="Al-Rashid", nhs_number=number))
    make_admission(ward=ward)
    asked = {
        "number": number,
        "spaced": f"{number[:3]} {number[3:6]} {number[6:]}",
        "family": "al-ra",
        "both": "Margaret Al-Rashid",
        "part": "rashid",
    }[part]
    answer = nurse.get(reverse("patients:patient-list"), {"q": asked})
    assert [one.patient.family_name for one, *_ in answer.context["found"]] == ["Al-Rashid"]
    assert Look.objects.filter(page="find").count() == 1


def test_who_waits_is_found_and_who_is_elsewhere_is_not(nurse, ward, elsewhere):
    waiting = make_referral(ward=ward, patient=make_patient(family_name="Waiting"))
    accept(referral=waiting, by=waiting.referred_by)
    make_admission(ward=elsewhere, patient=make_patient(family_name="Waiting-Elsewhere"))
    answer = nurse.get(reverse("patients:patient-list"), {"q": "waiting"})
    assert [one.patient for one, *_ in answer.context["found"]] == [waiting.patient]
    assert "Nobody found" in text(nurse.get(reverse("patients:patient-list"), {"q": "zz"}))


def test_nobody_who_has_left_is_changed(nurse, admission, ward_nurse):
    discharge(admission=admission, destination="home", by=ward_nurse)
    assert nurse.get(reverse("patients:mode-change", args=[admission.pk])).status_code == 404


def test_every_change_is_in_the_audit_with_who(nurse, admission, ward_nurse):
    nurse.post(reverse("patients:oxygen-set", args=[admission.pk]), {"litres_per_minute": "2"})
    event = AuditEvent.objects.get(verb="oxygen-prescribed")
    assert (event.by, event.subject_id) == (ward_nurse, str(admission.pk))


@pytest.mark.parametrize(
    ("page", "typed"),
    [
        ("limits/spo2", {"low": "95", "priority": "prompt", "reason": "Usual 97"}),
        ("mode", {"mode": "limits_only", "reason": "Pregnant"}),
        ("oxygen", {"litres_per_minute": "2"}),
        (
            "expected-discharge",
            {"day": "31/12/2099", "cause": "clinical", "reason": "Slow to recover"},
        ),
    ],
)
def test_a_change_sent_twice_is_one_change(nurse, admission, page, typed):
    address = f"/admissions/{admission.pk}/{page}/"
    assert nurse.post(address, typed).status_code == 302
    before = Admission.objects.get().board_version, AuditEvent.objects.count()
    assert nurse.post(address, typed).status_code == 302
    assert (Admission.objects.get().board_version, AuditEvent.objects.count()) == before


def test_a_safety_record_sent_twice_is_one(nurse, admission):
    address = reverse("patients:safety-record", args=[admission.patient_id, "allergies"])
    for _ in range(2):
        nurse.post(address, {"state": "none", "source": "Patient said"})
    assert admission.patient.safety_records.filter(topic="allergies").count() == 2


def test_the_list_of_referrals_takes_no_more_queries_with_more_of_them(nurse, ward):
    address = reverse("patients:referral-list")

    def queries():
        nurse.get(address)
        with CaptureQueriesContext(connection) as asked:
            nurse.get(address)
        return len(asked)

    make_referral(ward=ward)
    make_admission(ward=ward)
    few = queries()
    for _ in range(4):
        make_referral(ward=ward)
        make_admission(ward=ward)
    assert queries() == few


def test_a_day_beyond_the_limit_asks_why_beside_it_and_keeps_what_was_typed(
    signed_in, ward, ward_nurse
):
    admission = make_admission(ward=ward)
    address = reverse("patients:expected-discharge-change", args=[admission.pk])
    browser = signed_in(ward_nurse)
    typed = {"day": "01/01/2099", "reason": "No carer yet", "cause": "", "ready_since": ""}
    text = browser.post(address, typed).content.decode()
    assert "days of the pathway: say why." in text
    assert "No carer yet" in text
    waits = typed | {"cause": "social_care"}
    assert "Say since when" in browser.post(address, waits).content.decode()
    ready = waits | {"ready_since": f"{admission.admitted_at:%d/%m/%Y}"}
    assert browser.post(address, ready).status_code == 302
    page = browser.get(reverse("rounds:patient-detail", args=[admission.pk])).content.decode()
    assert "waits for social care" in page
