"""Consent and checks, what a visitor must know, the key safe's code, and safeguarding."""

import datetime as dt

import pytest
from django.apps import apps
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEvent
from patients.actions.admissions import discharge
from patients.actions.home import record_check, record_home, set_key_safe, show_key_safe
from patients.actions.people import add_contact, change_patient, record_safety
from patients.actions.safeguarding import end_safeguarding, note_safeguarding, open_safeguarding
from patients.home import home_page, not_asked, visit_notes
from patients.models import Check, HomeRecord, KeySafe, SafeguardingNote
from patients.presenters.home import VisitNotePresenter
from tests.patients.factories import make_admission

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)
CODE = "C4417Y"
CONCERN = "Bruising on both arms"
NOT_TREATING = ["other_nurse", "read_only", "referrer", "icb_manager", "auditor", "org_admin"]


@pytest.fixture
def admission(ward):
    return make_admission(ward=ward, at=timezone.now() - HOUR)


@pytest.fixture
def nurse(signed_in, ward_nurse):
    return signed_in(ward_nurse)


@pytest.fixture
def safe(admission, ward_nurse):
    return set_key_safe(
        patient=admission.patient, code=CODE, place="Left of the door", by=ward_nurse
    )


@pytest.fixture
def concern(admission, ward_nurse):
    return note_safeguarding(admission=admission, text=CONCERN, by=ward_nurse)


def address(name, admission, *more):
    return reverse(f"patients:{name}", args=[admission.pk, *more])


def text(answer):
    return answer.content.decode()


# Consent and checks


def test_consent_says_by_whom_and_when(admission, ward_nurse):
    yes = {"admission": admission, "topic": "consent", "answer": "yes", "by": ward_nurse}
    with pytest.raises(ValidationError, match="who gave consent"):
        record_check(**yes)
    with pytest.raises(ValidationError, match="Say who decided"):
        record_check(**yes, given_by="best_interests")
    with pytest.raises(ValidationError, match="lies ahead"):
        record_check(**yes, given_by="patient", given_at=timezone.now() + HOUR)
    check = record_check(**yes, given_by="best_interests", given_with="Dr Nair with the daughter")
    assert (check.recorded_by, check.given_with) == (ward_nurse, "Dr Nair with the daughter")
    assert check.given_at == check.recorded_at


def test_a_no_says_why(admission, ward_nurse):
    with pytest.raises(ValidationError, match="Say why not"):
        record_check(admission=admission, topic="home", answer="no", by=ward_nurse)


def test_an_answer_is_kept_when_the_next_one_comes(admission, ward_nurse):
    no = {"admission": admission, "topic": "home", "by": ward_nurse}
    record_check(**no, answer="no", text="No heating")
    record_check(**no, answer="yes", text="Heating mended")
    record_check(**no, answer="yes", text="Heating mended")
    told = admission.checks.order_by("pk").values_list("answer", flat=True)
    assert list(told) == ["no", "yes"]
    assert admission.checks.current().get().text == "Heating mended"
    assert AuditEvent.objects.filter(verb="check-recorded").count() == 2


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("a_check_that_failed_says_why", {"answer": "no", "text": ""}),
        ("consent_says_by_whom_and_when", {"given_by": ""}),
        ("consent_says_by_whom_and_when", {"given_at": None}),
        ("consent_for_somebody_says_who_decided", {"given_by": "parent"}),
    ],
)
def test_a_check_is_whole(admission, ward_nurse, name, change):
    record_check(
        admission=admission, topic="consent", answer="yes", given_by="patient", by=ward_nurse
    )
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        Check.objects.filter(admission=admission).update(**change)


def test_what_nobody_asked_is_listed_and_stops_nothing(admission, ward_nurse):
    page = home_page(admission, user=ward_nurse)
    left = not_asked(page)
    assert left[:3] == ["Consent to virtual ward care", "Home check", "Carer check"]
    assert {"Allergies", "Interpreter", "Risks of a visit", "Language", "Key safe"} <= set(left)
    assert "Safeguarding" in left


def test_all_that_was_asked_leaves_nothing_to_ask(admission, ward_nurse, safe, concern):
    patient, by = admission.patient, ward_nurse
    record_check(admission=admission, topic="consent", answer="yes", given_by="patient", by=by)
    for topic in ("home", "carer"):
        record_check(admission=admission, topic=topic, answer="yes", by=by)
    for topic in ("allergies", "treatment_escalation", "resuscitation"):
        record_safety(patient=patient, topic=topic, state="none", source="patient", by=by)
    for topic in HomeRecord.Topic.values:
        record_home(patient=patient, topic=topic, state="none", by=by)
    change_patient(patient=patient, language="English", by=by)
    add_contact(patient=patient, name="Ann", relationship="daughter", call_first=True, by=by)
    assert not_asked(home_page(admission, user=by)) == []


def test_the_page_asks_and_shows(nurse, admission):
    page = address("check-record", admission, "consent")
    refused = nurse.post(page, {"answer": "yes"})
    assert refused.status_code == 422
    assert "given_by" in refused.context["form"].errors
    given = {"answer": "yes", "given_by": "attorney", "given_with": "Ann Sample, attorney"}
    assert nurse.post(page, given).status_code == 302
    shown = text(nurse.get(address("home-detail", admission)))
    assert "yes, by an attorney or deputy for health and welfare (Ann Sample, attorney)" in shown
    assert "Home check: <strong>not asked</strong>" in shown


# What a visitor must know


def test_a_risk_that_is_only_marked_is_told_in_words(admission, ward_nurse):
    record = record_home(
        patient=admission.patient,
        topic="visit_risks",
        state="recorded",
        marks=["animals", "two_people"],
        by=ward_nurse,
    )
    assert record.text == "Visit in twos, Dog or other animal"
    assert record.source == "asked by A. Okafor"


def test_none_and_not_asked_are_told_apart(nurse, admission, ward_nurse):
    page = address("home-record", admission, "adjustments")
    assert "text" in nurse.post(page, {"state": "recorded"}).context["form"].errors
    nurse.post(page, {"state": "none"})
    shown = text(nurse.get(address("home-detail", admission)))
    assert "Reasonable adjustments: none needed" in shown
    assert "Interpreter: <strong>not asked</strong>" in shown


def test_language_and_interpreter_are_asked_in_one_breath(nurse, admission):
    page = address("home-record", admission, "interpreter")
    nurse.post(page, {"language": "Vietnamese", "state": "recorded", "text": "by phone"})
    admission.patient.refresh_from_db()
    assert admission.patient.language == "Vietnamese"
    patient_page = text(nurse.get(reverse("rounds:patient-detail", args=[admission.pk])))
    assert "<dt>Interpreter</dt>" in patient_page
    assert "Vietnamese, by phone" in patient_page


def test_risks_are_told_to_those_who_treat_alone(signed_in, admission, ward_nurse, read_only):
    record_home(
        patient=admission.patient,
        topic="visit_risks",
        state="recorded",
        text="Son was violent",
        by=ward_nurse,
    )
    pages = [
        address("home-detail", admission),
        reverse("rounds:patient-detail", args=[admission.pk]),
    ]
    for page in pages:
        assert "Son was violent" in text(signed_in(ward_nurse).get(page))
        seen = text(signed_in(read_only).get(page))
        assert "Son was violent" not in seen
        assert "Risks of a visit" not in seen


@pytest.mark.parametrize("who", NOT_TREATING)
def test_only_those_who_treat_write_any_of_it(who, request, admission):
    user = request.getfixturevalue(who)
    with pytest.raises(PermissionDenied):
        record_check(admission=admission, topic="home", answer="yes", by=user)
    with pytest.raises(PermissionDenied):
        record_home(patient=admission.patient, topic="adjustments", state="none", by=user)
    with pytest.raises(PermissionDenied):
        set_key_safe(patient=admission.patient, code="1", by=user)
    with pytest.raises(PermissionDenied):
        note_safeguarding(admission=admission, none=True, by=user)


def test_visit_notes_are_of_those_whom_one_treats(
    admission, elsewhere, ward_nurse, read_only, safe
):
    other = make_admission(ward=elsewhere)
    for one in (admission, other):
        record_home(
            patient=one.patient,
            topic="visit_risks",
            state="recorded",
            marks=["two_people"],
            by=one.admitted_by,
        )
    both = [admission.pk, other.pk]
    notes = visit_notes(both, user=ward_nurse)
    assert set(notes) == {admission.pk}
    assert notes[admission.pk].in_twos
    assert visit_notes(both, user=read_only) == {}
    shown = VisitNotePresenter(notes[admission.pk])
    assert shown.key_safe == "yes, Left of the door"
    assert shown.show_url == address("key-safe-show", admission)
    assert shown.interpreter.words == "not asked"


def test_visit_notes_leave_the_code_in_the_database(
    admission, ward_nurse, safe, django_assert_num_queries
):
    with django_assert_num_queries(4):
        notes = visit_notes([admission.pk], user=ward_nurse)
    known = notes[admission.pk].key_safe
    assert known is not None
    assert "code" in known.get_deferred_fields()


# The key safe


def pages_of(admission):
    """Wherever a code might slip out."""
    yield address("home-detail", admission)
    yield address("key-safe-set", admission)
    for name in ("patient-detail", "admission-summary", "board-row"):
        yield reverse(f"rounds:{name}", args=[admission.pk])
    yield reverse("rounds:ward-board", args=[admission.ward.code])
    yield reverse("observations:alert-list", args=[admission.ward.code])


def test_the_code_is_on_no_page_before_it_is_asked_for(nurse, admission, safe, concern):
    for page in pages_of(admission):
        shown = text(nurse.get(page, follow=True))
        assert CODE not in shown, page
        assert CONCERN not in shown, page


def test_the_code_is_shown_by_a_post_that_is_audited_and_kept_by_no_cache(
    nurse, admission, safe, ward_nurse
):
    page = address("key-safe-show", admission)
    assert nurse.get(page).status_code == 405
    answer = nurse.post(page)
    assert CODE in text(answer)
    assert "no-store" in answer["Cache-Control"]
    event = AuditEvent.objects.get(verb="key-safe-shown")
    assert (event.by, event.subject_id) == (ward_nurse, str(admission.patient_id))
    nurse.post(page, headers={"HX-Request": "true"})
    assert AuditEvent.objects.filter(verb="key-safe-shown").count() == 2


def test_a_fragment_holds_the_code_alone(nurse, admission, safe):
    answer = nurse.post(address("key-safe-show", admission), headers={"HX-Request": "true"})
    assert text(answer).lstrip().startswith('<div id="key-safe">')


@pytest.mark.parametrize("who", NOT_TREATING)
def test_nobody_else_gets_the_code(who, request, signed_in, admission, safe):
    user = request.getfixturevalue(who)
    answer = signed_in(user).post(address("key-safe-show", admission))
    assert answer.status_code in (403, 404)
    assert CODE not in text(answer)
    with pytest.raises(PermissionDenied):
        show_key_safe(admission=admission, by=user)
    assert not AuditEvent.objects.filter(verb="key-safe-shown").exists()


def test_nobody_gets_the_code_once_the_patient_has_left(nurse, admission, safe, ward_nurse):
    discharge(admission=admission, destination="home", by=ward_nurse)
    admission.refresh_from_db()
    with pytest.raises(PermissionDenied):
        show_key_safe(admission=admission, by=ward_nurse)
    assert nurse.post(address("key-safe-show", admission)).status_code == 404


def test_a_changed_code_keeps_the_old_row_and_the_audit_never_holds_either(
    nurse, admission, safe, ward_nurse
):
    page = address("key-safe-set", admission)
    assert "code" in nurse.post(page, {"state": "recorded"}).context["form"].errors
    nurse.post(page, {"state": "recorded", "code": "9001", "place": "Porch"})
    assert admission.patient.key_safes.count() == 2
    assert admission.patient.key_safes.current().get().code == "9001"
    nurse.post(page, {"state": "none"})
    assert not admission.patient.key_safes.current().get().there
    told = " ".join(str(event.detail) for event in AuditEvent.objects.all())
    assert CODE not in told
    assert "9001" not in told


def test_the_database_keeps_one_key_safe_that_is_whole(admission, safe):
    with pytest.raises(IntegrityError, match="a_key_safe_has_its_code"), transaction.atomic():
        KeySafe.objects.update(there=False)
    with pytest.raises(IntegrityError, match="one_current_key_safe"), transaction.atomic():
        KeySafe.objects.create(
            patient=safe.patient, there=False, recorded_at=safe.recorded_at,
            recorded_by=safe.recorded_by,
        )  # fmt: skip


# Safeguarding


def test_it_is_opened_with_a_reason_that_is_written_down(nurse, admission, concern, ward_nurse):
    page = address("safeguarding-open", admission)
    assert CONCERN not in text(nurse.get(page))
    refused = nurse.post(page, {"why": "other", "words": " "})
    assert refused.status_code == 422
    assert CONCERN not in text(refused)
    assert not AuditEvent.objects.filter(verb="safeguarding-opened").exists()
    opened = nurse.post(page, {"why": "A new concern", "words": "Neighbour rang"})
    assert CONCERN in text(opened)
    assert "no-store" in opened["Cache-Control"]
    event = AuditEvent.objects.get(verb="safeguarding-opened")
    assert event.by == ward_nurse
    assert event.detail == {"reason": "A new concern: Neighbour rang"}


@pytest.mark.parametrize("who", NOT_TREATING)
def test_nobody_else_opens_it_or_learns_that_it_is_there(
    who, request, signed_in, admission, concern
):
    user = request.getfixturevalue(who)
    browser = signed_in(user)
    for name in ("safeguarding-open", "safeguarding-write"):
        for answer in (
            browser.get(address(name, admission)),
            browser.post(address(name, admission), {"why": "A new concern"}),
        ):
            assert answer.status_code in (403, 404)
            assert CONCERN not in text(answer)
    with pytest.raises(PermissionDenied):
        open_safeguarding(admission=admission, reason="x", by=user)
    for page in pages_of(admission):
        assert "afeguarding" not in text(browser.get(page, follow=True))


def test_the_patients_page_says_that_it_is_recorded_and_no_more(nurse, admission, concern):
    shown = text(nurse.get(reverse("rounds:patient-detail", args=[admission.pk])))
    assert "Safeguarding: <strong>recorded</strong>" in shown
    assert CONCERN not in shown


def test_nothing_of_it_is_in_the_audits_details_or_the_fhir_patient(
    nurse, admission, concern, safe
):
    told = " ".join(str(event.detail) for event in AuditEvent.objects.all())
    assert CONCERN not in told
    shown = text(nurse.get(f"/fhir/R4/Patient/{admission.patient_id}"))
    assert admission.patient.family_name in shown
    assert CONCERN not in shown
    assert CODE not in shown


def test_a_concern_takes_the_place_of_none_and_is_ended_with_why(admission, ward_nurse):
    note_safeguarding(admission=admission, none=True, by=ward_nurse)
    concern = note_safeguarding(admission=admission, text=CONCERN, by=ward_nurse)
    with pytest.raises(ValidationError, match="End the concern first"):
        note_safeguarding(admission=admission, none=True, by=ward_nurse)
    with pytest.raises(ValidationError, match="no longer holds"):
        end_safeguarding(note=concern, admission=admission, why=" ", by=ward_nurse)
    end_safeguarding(note=concern, admission=admission, why="Explained", by=ward_nurse)
    assert SafeguardingNote.objects.count() == 2
    assert not SafeguardingNote.objects.in_force().exists()


def test_it_is_written_and_ended_on_pages(nurse, admission):
    write = address("safeguarding-write", admission)
    assert "text" in nurse.post(write, {"state": "recorded"}).context["form"].errors
    nurse.post(write, {"state": "recorded", "text": CONCERN, "told_to": "Duty team, 10:40"})
    note = SafeguardingNote.objects.get()
    assert note.told_to == "Duty team, 10:40"
    end = address("safeguarding-end", admission, note.pk)
    assert CONCERN not in text(nurse.get(end))
    nurse.post(end, {"why": "A fall, seen by two"})
    note.refresh_from_db()
    assert note.ended_why == "A fall, seen by two"


def test_the_history_keeps_it_and_it_is_whole(concern):
    SafeguardingNote.objects.filter(pk=concern.pk).update(told_to="Police")
    history = apps.get_model("patients", "SafeguardingNoteEvent").objects
    assert history.get().text == CONCERN
    with pytest.raises(IntegrityError, match="ends_with_who_and_why"), transaction.atomic():
        SafeguardingNote.objects.update(ended_at=timezone.now())
    with pytest.raises(IntegrityError, match="says_what"), transaction.atomic():
        SafeguardingNote.objects.update(text="")


# Whom to call


def test_one_is_first_by_day_and_one_at_night(admission, ward_nurse):
    patient = admission.patient
    for name in ("Ann", "Ben"):
        add_contact(
            patient=patient, name=name, relationship="child", call_first=True,
            first_at_night=True, by=ward_nurse,
        )  # fmt: skip
    told = patient.contacts.order_by("name").values_list(
        "name", "call_first", "first_at_night", "also_nights"
    )
    assert list(told) == [("Ann", False, False, True), ("Ben", True, True, True)]


def test_who_must_not_be_told_stands_first_and_has_no_number(nurse, admission, ward_nurse):
    patient, by = admission.patient, ward_nurse
    add_contact(patient=patient, name="Ann", relationship="daughter", call_first=True, by=by)
    add_contact(
        patient=patient, name="Zed", relationship="ex", phone="07700 900999",
        must_not_be_told=True, by=by,
    )  # fmt: skip
    for page in (
        address("home-detail", admission),
        reverse("rounds:patient-detail", args=[admission.pk]),
    ):
        shown = text(nurse.get(page))
        assert shown.index("Zed, ex") < shown.index("Ann, daughter")
        assert "07700 900999" not in shown
    assert "must not be told: Zed, ex" in text(
        nurse.get(reverse("rounds:board-row", args=[admission.pk]), follow=True)
    )
