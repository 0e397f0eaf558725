"""Who may open the pages of patients: the ward's people, referrers for their own, nobody else."""

import datetime as dt

import pytest
from django.utils import timezone

from accounts.models import User
from capacity.models import Provider, Ward
from patients.actions.admissions import start_leave
from patients.actions.minimum import prepare_data_set
from patients.actions.people import add_contact
from patients.actions.records import approve, propose_correction, propose_merge
from patients.actions.safeguarding import note_safeguarding
from patients.models import Admission
from tests.capacity.factories import make_beds, make_ward
from tests.matrix.rows import CARING, CLINICAL, SENT, TREATING, Row, changes
from tests.patients.factories import make_admission, make_clinician, make_referral

# Who puts confused records right.
KEEPERS = {"ward_lead", "org_admin"}

ROWS = [
    Row("patients:bed-wards", allowed=CLINICAL),
    Row("patients:bed-list", allowed=CARING, otherwise=404, kwargs="ward_of_matrix"),
    changes("patients:bed-close", "ward_of_matrix"),
    changes("patients:bed-reopen", "bed_of_matrix", "post"),
    Row("patients:referral-list", allowed=CLINICAL | {"referrer"}),
    Row("patients:referral-create", allowed=CLINICAL - {"read_only"} | {"referrer"}),
    Row(
        "patients:referral-detail",
        allowed=CARING | {"referrer"},
        refusals={"other_nurse": 404},
        kwargs="referral_of_matrix",
    ),
    *(
        Row(
            f"patients:referral-{verb}",
            allowed=TREATING,
            refusals={"other_nurse": 404},
            kwargs="referral_of_matrix",
            method="post",
            through=SENT,
        )
        for verb in ("accept", "decline", "hold", "release")
    ),
    Row(
        "patients:referral-withdraw",
        allowed=TREATING | {"referrer"},
        refusals={"other_nurse": 404},
        kwargs="referral_of_matrix",
        method="post",
        through=SENT,
    ),
    Row(
        "patients:referral-clock",
        allowed={"ward_lead"},
        refusals=dict.fromkeys(CARING, 403),
        otherwise=404,
        kwargs="ward_of_matrix",
    ),
    Row("patients:dataset-list", allowed={"returns_officer"}),
    *(
        Row(f"patients:dataset-{name}", allowed={"returns_officer"}, kwargs="data_set_of_matrix")
        for name in ("detail", "csv", "xlsx")
    ),
    *(
        Row(
            f"patients:dataset-{name}",
            allowed={"returns_officer"},
            kwargs=of,
            method="post",
            through=SENT,
            wrong_verb="get",
        )
        for name, of in (
            ("prepare", "morning_of_matrix"),
            ("sign", "data_set_of_matrix"),
            ("reopen", "data_set_of_matrix"),
        )
    ),
    Row("patients:record-list", allowed=KEEPERS),
    *(
        Row(f"patients:record-{page}", allowed=KEEPERS, kwargs=of)
        for page, of in (
            ("detail", "record_of_matrix"),
            ("correct", "record_of_matrix"),
            ("join", "records_of_matrix"),
            ("part", "joined_of_matrix"),
        )
    ),
    Row("patients:change-detail", allowed=KEEPERS, kwargs="change_of_matrix"),
    *(
        Row(
            f"patients:change-{verb}",
            allowed=KEEPERS,
            kwargs="change_of_matrix",
            method="post",
            through=SENT,
        )
        for verb in ("approve", "refuse")
    ),
    Row(
        "patients:change-withdraw",
        kwargs="change_of_matrix",
        method="post",
        why="only whoever proposed it, who is nobody of the cast here",
    ),
    changes("patients:admission-transfer", "admission_of_matrix"),
    changes("patients:admission-move", "admission_of_matrix"),
    changes("patients:admission-leave", "admission_of_matrix"),
    changes("patients:leave-return", "leave_of_matrix"),
    changes("patients:expected-discharge-change", "admission_of_matrix"),
    changes("patients:limit-change", "plan_line_of_matrix"),
    changes("patients:times-change", "plan_line_of_matrix"),
    changes("patients:mode-change", "admission_of_matrix"),
    changes("patients:pause-set", "admission_of_matrix"),
    changes("patients:pause-end", "admission_of_matrix", "post"),
    changes("patients:oxygen-set", "admission_of_matrix"),
    *(
        changes(f"patients:{name}", "admission_of_matrix", method)
        for name in (
            "usual-set",
            "responsible-set",
            "key-safe-set",
            "safeguarding-open",
            "safeguarding-write",
        )
        for method in ("get", "post")
    ),
    changes("patients:key-safe-show", "admission_of_matrix", "post"),
    Row("patients:home-detail", allowed=CARING, otherwise=404, kwargs="admission_of_matrix"),
    changes("patients:home-record", "home_topic_of_matrix"),
    changes("patients:check-record", "check_of_matrix"),
    changes("patients:safeguarding-end", "note_of_matrix"),
    Row("patients:patient-list", allowed=CLINICAL),
    changes("patients:contact-create", "patient_of_matrix"),
    changes("patients:home-board-set", "patient_of_matrix"),
    Row(
        "patients:contact-change",
        allowed=TREATING,
        refusals={"other_nurse": 404},
        kwargs="contact_of_matrix",
    ),
    Row(
        "patients:contact-remove",
        allowed=TREATING,
        refusals={"other_nurse": 404},
        kwargs="contact_of_matrix",
        method="post",
    ),
    changes("patients:safety-record", "topic_of_matrix"),
]


@pytest.fixture
def _ward(db: None) -> Ward:
    make_ward("RT5-elsewhere", name="Elsewhere")
    return make_ward()


@pytest.fixture
def ward_of_matrix(_ward: Ward) -> dict[str, str]:
    return {"code": _ward.code}


@pytest.fixture
def bed_of_matrix(_ward: Ward) -> dict[str, object]:
    return {"code": _ward.code, "pk": make_beds(_ward, 1)[0].pk}


@pytest.fixture
def referral_of_matrix(_ward: Ward, referrer: User) -> dict[str, object]:
    return {"pk": make_referral(ward=_ward, by=referrer).pk}


@pytest.fixture
def record_of_matrix(_ward: Ward) -> dict[str, object]:
    return {"pk": make_referral(ward=_ward).patient_id}


@pytest.fixture
def records_of_matrix(_ward: Ward) -> dict[str, object]:
    one, other = (make_referral(ward=_ward).patient_id for _ in range(2))
    return {"pk": one, "other": other}


@pytest.fixture
def change_of_matrix(_ward: Ward) -> dict[str, object]:
    patient = make_referral(ward=_ward).patient
    proposed = propose_correction(
        patient=patient,
        wanted={"family_name": "Smythe"},
        reason="Passport",
        by=make_clinician(_ward),
    )
    return {"pk": proposed.pk}


@pytest.fixture
def joined_of_matrix(_ward: Ward) -> dict[str, object]:
    kept, other = (make_referral(ward=_ward).patient for _ in range(2))
    lead = make_clinician(_ward)
    change = propose_merge(kept=kept, other=other, reason="Same person", by=lead)
    second = make_clinician(_ward, senior=False)
    return {"pk": approve(change=change, by=second).pk}


@pytest.fixture
def _admission(_ward: Ward) -> Admission:
    return make_admission(ward=_ward)


@pytest.fixture
def admission_of_matrix(_admission: Admission) -> dict[str, object]:
    return {"pk": _admission.pk}


@pytest.fixture
def plan_line_of_matrix(_admission: Admission) -> dict[str, object]:
    return {"pk": _admission.pk, "kind": "spo2"}


@pytest.fixture
def leave_of_matrix(_admission: Admission, ward_nurse: User) -> dict[str, object]:
    detail = start_leave(
        admission=_admission,
        kind="home",
        place="Daughter's house",
        held_by="Ann Sample, daughter",
        expected_back=timezone.now() + dt.timedelta(hours=8),
        bed_held=True,
        by=ward_nurse,
    )
    return {"pk": detail.leave_id}


@pytest.fixture
def patient_of_matrix(_admission: Admission) -> dict[str, object]:
    return {"pk": _admission.patient_id}


@pytest.fixture
def topic_of_matrix(_admission: Admission) -> dict[str, object]:
    return {"pk": _admission.patient_id, "topic": "allergies"}


@pytest.fixture
def home_topic_of_matrix(_admission: Admission) -> dict[str, object]:
    return {"pk": _admission.pk, "topic": "visit_risks"}


@pytest.fixture
def check_of_matrix(_admission: Admission) -> dict[str, object]:
    return {"pk": _admission.pk, "topic": "consent"}


@pytest.fixture
def note_of_matrix(_admission: Admission) -> dict[str, object]:
    by = _admission.admitted_by
    note = note_safeguarding(admission=_admission, text="A concern", by=by)
    return {"pk": _admission.pk, "note": note.pk}


@pytest.fixture
def contact_of_matrix(_admission: Admission, ward_nurse: User) -> dict[str, int]:
    contact = add_contact(
        patient=_admission.patient, name="Ann Sample", relationship="daughter", by=ward_nurse
    )
    return {"pk": contact.pk}


@pytest.fixture
def morning_of_matrix(ward_of_matrix: dict[str, str]) -> dict[str, object]:
    return {"code": "RT5", "day": dt.date(2023, 12, 14)}


@pytest.fixture
def data_set_of_matrix(
    morning_of_matrix: dict[str, object], returns_officer: User
) -> dict[str, int]:
    provider, day = Provider.objects.get(code="RT5"), dt.date(2023, 12, 14)
    return {"pk": prepare_data_set(provider=provider, day=day, by=returns_officer).pk}
