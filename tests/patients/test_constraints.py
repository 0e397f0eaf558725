"""What the database itself refuses, whoever writes, and what its triggers keep."""

import datetime as dt

import pytest
from django.apps import apps
from django.db import IntegrityError, InternalError, transaction

from patients.actions.care import set_limit
from patients.actions.people import add_contact
from patients.actions.records import propose_correction
from patients.models import (
    Admission,
    Contact,
    Identifier,
    LeaveDetail,
    MonitoringMode,
    PathwayDraft,
    PathwayVersion,
    Pause,
    PlanLine,
    PrescribedOxygen,
    RecordChange,
    Referral,
    ReferralClock,
    SafetyRecord,
    WardPathway,
)
from tests.capacity.factories import make_beds
from tests.patients.factories import (
    MORNING,
    make_admission,
    make_pathway_version,
    make_referral,
)

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)
DAY = dt.timedelta(days=1)


@pytest.fixture
def admission(ward):
    return make_admission(ward=ward, at=MORNING)


def refused(name, write):
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        write()


def test_one_open_admission_a_patient(admission, ward):
    other = make_admission(ward=ward, at=MORNING)
    refused(
        "one_open_admission_a_patient",
        lambda: Admission.objects.filter(pk=other.pk).update(patient=admission.patient),
    )


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("a_discharge_has_its_destination_and_person", {"discharged_at": MORNING + DAY}),
        ("a_discharge_has_its_destination_and_person", {"destination": "home"}),
        (
            "admission_ends_after_start",
            {"discharged_at": MORNING - HOUR, "destination": "home", "discharged_by": 1},
        ),
    ],
)
def test_an_admission_ends_as_a_whole(admission, name, change):
    if "discharged_by" in change:
        change = change | {"discharged_by": admission.admitted_by}
    refused(name, lambda: Admission.objects.filter(pk=admission.pk).update(**change))


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("nhs_number_is_ten_digits", {"value": "999000001"}),
        ("identifier_ends_when_no_longer_current", {"status": "wrong"}),
        ("identifier_ends_when_no_longer_current", {"ends": MORNING}),
    ],
)
def test_an_identifier_is_whole(admission, name, change):
    numbers = Identifier.objects.filter(patient=admission.patient)
    refused(name, lambda: numbers.update(**change))


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("a_declined_referral_says_why", {"outcome": "declined"}),
        ("a_decision_has_its_person_and_time", {"outcome": "waiting"}),
        ("a_decision_has_its_person_and_time", {"decided_by": None}),
        ("a_decision_has_its_person_and_time", {"decided_at": MORNING - HOUR}),
    ],
)
def test_a_decision_is_whole(admission, name, change):
    asked = Referral.objects.filter(pk=admission.referral_id)
    refused(name, lambda: asked.update(**change))


def test_a_held_bed_has_its_time(admission):
    bed = admission.spell.stays.get().bed
    asked = Referral.objects.filter(pk=admission.referral_id)
    refused("a_held_bed_has_its_time", lambda: asked.update(held_bed=bed))
    late = {"held_from": MORNING, "held_until": MORNING}
    refused("a_held_bed_has_its_time", lambda: asked.update(held_bed=bed, **late))


def test_one_bed_is_held_for_one_referral_at_a_time(ward):
    bed = make_beds(ward, 1)[0]
    one, other = (make_referral(ward=ward, accepted=True) for _ in range(2))
    held = {"held_bed": bed, "held_from": MORNING, "held_until": MORNING + HOUR}
    Referral.objects.filter(pk=one.pk).update(**held)
    again = Referral.objects.filter(pk=other.pk)
    refused("one_hold_a_bed_at_a_time", lambda: again.update(**held))
    later = {"held_from": MORNING + HOUR, "held_until": MORNING + DAY}
    assert again.update(**held | later)


@pytest.mark.parametrize("minutes", [4, 7 * 24 * 60 + 1])
def test_a_referral_clock_runs_five_minutes_to_a_week(ward, ward_lead, minutes):
    clock = {"ward": ward, "minutes": minutes, "set_at": MORNING, "set_by": ward_lead}
    name = "a_referral_clock_runs_five_minutes_to_a_week"
    refused(name, lambda: ReferralClock.objects.create(**clock))


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("a_decided_change_has_its_person_and_time", {"outcome": "approved"}),
        ("a_decided_change_has_its_person_and_time", {"decided_at": MORNING}),
        ("two_records_are_joined_or_one_corrected", {"kind": "merge"}),
        ("a_record_change_says_why", {"reason": ""}),
    ],
)
def test_a_change_of_a_record_is_whole(admission, ward_lead, name, change):
    propose_correction(
        patient=admission.patient, wanted={"given_name": "Mary"}, reason="Passport", by=ward_lead
    )
    refused(name, lambda: RecordChange.objects.update(**change))


def test_a_record_is_not_joined_into_itself_nor_asked_about_twice(admission, ward_lead):
    first = {
        "patient": admission.patient,
        "reason": "Same",
        "proposed_by": ward_lead,
        "proposed_at": MORNING,
    }
    itself = first | {"kind": "merge", "other": admission.patient}
    refused(
        "two_records_are_joined_or_one_corrected", lambda: RecordChange.objects.create(**itself)
    )
    RecordChange.objects.create(kind="correction", **first)
    refused(
        "one_open_change_a_record",
        lambda: RecordChange.objects.create(kind="correction", **first),
    )


def test_a_record_is_asked_to_be_joined_once_at_a_time(ward, ward_lead):
    one, two, other = (make_referral(ward=ward).patient for _ in range(3))
    asked = {"kind": "merge", "other": other, "reason": "Same"}
    asked |= {"proposed_by": ward_lead, "proposed_at": MORNING}
    RecordChange.objects.create(patient=one, **asked)
    refused(
        "one_open_change_a_joined_record",
        lambda: RecordChange.objects.create(patient=two, **asked),
    )


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("one_mode_at_a_time", {"mode": "limits_only", "reason": "x"}),
        ("a_mode_says_why", {"mode": "limits_only", "reason": "", "past": True}),
        ("scale_2_and_comfort_need_a_senior", {"mode": "comfort", "reason": "x", "past": True}),
    ],
)
def test_a_mode_is_whole(admission, name, fields):
    fields = dict(fields)
    starts = MORNING - DAY if fields.pop("past", False) else MORNING + HOUR
    refused(
        name,
        lambda: MonitoringMode.objects.create(
            admission=admission,
            decided_by=admission.admitted_by,
            starts=starts,
            ends=starts + HOUR,
            **fields,
        ),
    )


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("low_is_below_high", {"low": 90, "high": 80}),
        ("an_agreed_limit_expires_within_14_days", {"expires_at": MORNING + 15 * DAY}),
    ],
)
def test_a_plan_line_is_whole(admission, name, change):
    lines = PlanLine.objects.filter(admission=admission, kind="spo2")
    refused(name, lambda: lines.update(**change))


def test_one_plan_line_a_kind_at_a_time(admission):
    pulse = PlanLine.objects.filter(admission=admission, kind="pulse")
    refused("one_plan_line_a_kind_at_a_time", lambda: pulse.update(kind="spo2"))


@pytest.mark.parametrize(
    ("name", "hours"),
    [
        ("pause_ends_after_start", 0),
        ("a_long_pause_needs_a_senior", 25),
        ("a_pause_lasts_14_days_at_most", 15 * 24),
    ],
)
def test_a_pause_is_whole(admission, name, hours):
    agreed = admission.admitted_by if hours > 25 else None
    refused(
        name,
        lambda: Pause.objects.create(
            admission=admission,
            starts=MORNING,
            ends=MORNING + hours * HOUR,
            reason="x",
            set_by=admission.admitted_by,
            agreed_by=agreed,
        ),
    )


@pytest.mark.parametrize("flow", [0, -1])
def test_oxygen_flows(admission, flow):
    refused(
        "oxygen_flow_is_positive",
        lambda: PrescribedOxygen.objects.create(
            admission=admission,
            litres_per_minute=flow,
            starts=MORNING,
            prescribed_by=admission.admitted_by,
        ),
    )


def test_one_oxygen_prescription_at_a_time(admission):
    def prescribe():
        PrescribedOxygen.objects.create(
            admission=admission,
            litres_per_minute=2,
            starts=MORNING,
            prescribed_by=admission.admitted_by,
        )

    prescribe()
    refused("one_oxygen_prescription_at_a_time", prescribe)


def test_nobody_is_called_who_must_not_be_told(admission):
    contact = Contact.objects.create(patient=admission.patient, name="A", relationship="b")
    told = Contact.objects.filter(pk=contact.pk)
    refused(
        "nobody_is_called_who_must_not_be_told",
        lambda: told.update(call_first=True, must_not_be_told=True),
    )


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("recorded_says_what_and_whence", {"state": "recorded"}),
        ("safety_record_superseded_later", {"superseded_at": MORNING - HOUR}),
        ("one_current_safety_record_a_topic", {"topic": "resuscitation"}),
    ],
)
def test_a_safety_record_is_whole(admission, name, change):
    allergies = SafetyRecord.objects.filter(patient=admission.patient, topic="allergies")
    refused(name, lambda: allergies.update(**change))


def test_a_pathway_is_offered_once_and_its_limit_follows_what_is_expected(ward):
    version = make_pathway_version()
    WardPathway.objects.create(ward=ward, pathway=version.pathway, version=version)
    refused(
        "pathway_offered_once_a_ward",
        lambda: WardPathway.objects.create(ward=ward, pathway=version.pathway, version=version),
    )
    refused(
        "limit_is_not_before_expected",
        lambda: PathwayVersion.objects.create(pathway=version.pathway, number=9, limit_days=1),
    )
    refused(
        "pathway_version_once",
        lambda: PathwayVersion.objects.create(pathway=version.pathway, number=1),
    )


@pytest.mark.parametrize(
    "change",
    [
        lambda versions: versions.update(limit_days=40),
        lambda versions: versions.update(ruleset={}),
        lambda versions: versions.update(published_at=None),
        lambda versions: versions.delete(),
    ],
)
def test_a_published_version_is_never_edited(db, change):
    version = make_pathway_version()
    with pytest.raises(InternalError), transaction.atomic():
        change(PathwayVersion.objects.filter(pk=version.pk))
    PathwayVersion.objects.filter(pk=version.pk).update(retired_at=MORNING)


def test_a_ward_has_one_draft_of_a_pathway_and_its_versions_say_why(ward, ward_lead):
    version = make_pathway_version()
    told = {"ward": ward, "pathway": version.pathway}
    draft = {"based_on": version, "started_at": MORNING, "saved_at": MORNING}
    PathwayDraft.objects.create(**told, **draft, saved_by=ward_lead)
    refused(
        "one_draft_a_ward_and_pathway",
        lambda: PathwayDraft.objects.create(**told, **draft, saved_by=ward_lead),
    )
    for wrong in ({"published_by": ward_lead}, {"reason": "Ours"}):
        refused(
            "a_wards_version_says_why_and_by_whom",
            lambda wrong=wrong: PathwayVersion.objects.create(
                **told, number=1, published_at=MORNING, **wrong
            ),
        )


def test_a_leave_has_one_detail(admission):
    leave = admission.spell.leaves.create(
        kind="home", starts=MORNING, expected_back=MORNING + HOUR, bed_held=True
    )

    def tell():
        LeaveDetail.objects.create(
            leave=leave,
            admission=admission,
            place="x",
            held_by="y",
            recorded_by=admission.admitted_by,
        )

    tell()
    refused("leave_id", tell)


def test_the_history_keeps_what_people_changed_even_in_bulk(admission, ward_nurse):
    contact = add_contact(
        patient=admission.patient, name="Ann", relationship="daughter", by=ward_nurse
    )
    Contact.objects.filter(pk=contact.pk).update(phone="07700 900001")
    Contact.objects.filter(pk=contact.pk).update(phone="07700 900002")
    history = apps.get_model("patients", "ContactEvent").objects.filter(pgh_obj_id=contact.pk)
    assert list(history.order_by("pgh_id").values_list("phone", flat=True)) == [
        "07700 900001",
        "07700 900002",
    ]


def test_a_changed_limit_leaves_the_old_one_in_force_until_then(admission, ward_nurse):
    set_limit(
        admission=admission,
        kind="spo2",
        low=95,
        high=None,
        reason="x",
        by=ward_nurse,
        at=MORNING + HOUR,
    )
    lines = admission.plan_lines.filter(kind="spo2").order_by("starts")
    assert [(line.low, line.ends) for line in lines] == [(92, MORNING + HOUR), (95, None)]
