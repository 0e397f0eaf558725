"""Who may open the addresses of the clinicians' desk."""

import datetime as dt

import pytest
from django.utils import timezone

from patients.models import Admission
from rounds.actions.handovers import offer_handover
from rounds.actions.pathways import start_draft
from rounds.actions.rounds import start_round
from rounds.actions.stays import discharge_with_open
from tests.capacity.factories import make_ward
from tests.matrix.rows import UNAUTHORISED, Row
from tests.patients.factories import (
    make_admission,
    make_clinician,
    make_pathway_version,
    make_referral,
)
from tests.rounds.factories import make_review, make_task

# The ward's own, and who covers the provider's wards at night.
CARING = {"ward_nurse", "ward_lead", "ward_doctor", "out_of_hours", "read_only"}
CLINICAL = CARING | {"other_nurse"}
TREATING = CARING - {"read_only"}
# 422: the form comes back and says what is missing, to whoever may send it.
SENT = (200, 302, 422)


def changes(name: str, kwargs: str, method: str = "get") -> Row:
    """Those who treat; read only is told no, all others that nobody is there."""
    return Row(
        name,
        allowed=TREATING,
        refusals={"read_only": 403},
        otherwise=404,
        kwargs=kwargs,
        method=method,
        through=SENT,
    )


ROWS = [
    Row("rounds:ward-list", allowed=CLINICAL, kwargs="both_wards", otherwise=404),
    Row("rounds:ward-board", allowed=CARING, kwargs="soar_valley", otherwise=404),
    Row("rounds:board-row", allowed=CARING, kwargs="patient_of_soar_valley", otherwise=404),
    Row(
        "api:rounds_api:ward-board",
        allowed=CARING,
        kwargs="soar_valley",
        otherwise=404,
        stranger=UNAUTHORISED,
    ),
    Row("rounds:patient-detail", allowed=CARING, kwargs="patient_of_soar_valley", otherwise=404),
    Row("rounds:admission-summary", allowed=CARING, kwargs="patient_of_soar_valley", otherwise=404),
    Row("rounds:summary-pdf", allowed=CARING, kwargs="patient_of_soar_valley", otherwise=404),
    *(
        Row(
            name,
            allowed={"ward_lead"},
            refusals=dict.fromkeys(CARING - {"ward_lead"}, 403),
            otherwise=404,
            kwargs="soar_valley",
            method=method,
            through=SENT,
        )
        for name in ("rounds:questions-edit", "rounds:video-edit")
        for method in ("get", "post")
    ),
    *(
        Row(f"rounds:{name}", allowed=CARING, kwargs=kwargs, otherwise=404)
        for name, kwargs in (
            ("pathway-list", "soar_valley"),
            ("pathway-detail", "pathway_of_soar_valley"),
            ("pathway-version", "version_of_soar_valley"),
        )
    ),
    *(
        Row(
            f"rounds:{name}",
            allowed={"ward_lead"},
            refusals=dict.fromkeys(CARING - {"ward_lead"}, 403),
            otherwise=404,
            kwargs=kwargs,
            method=method,
            through=SENT,
        )
        for name, kwargs, method in (
            ("pathway-offer", "pathway_of_soar_valley", "post"),
            ("pathway-stop", "pathway_of_soar_valley", "post"),
            ("pathway-begin", "pathway_of_soar_valley", "post"),
            ("pathway-edit", "draft_of_soar_valley", "get"),
            ("pathway-edit", "draft_of_soar_valley", "post"),
            ("pathway-discard", "draft_of_soar_valley", "post"),
            ("pathway-publish", "draft_of_soar_valley", "get"),
            ("pathway-publish", "draft_of_soar_valley", "post"),
        )
    ),
    Row("rounds:summary-bundle", allowed=CARING, kwargs="left_soar_valley", otherwise=404),
    Row(
        "fhir_stays:end-of-stay",
        allowed=CARING,
        kwargs="fhir_left_soar_valley",
        otherwise=404,
        stranger=UNAUTHORISED,
    ),
    *(
        changes(f"rounds:{name}", "patient_of_soar_valley", method)
        for name in (
            "admission-discharge",
            "discharge-take-back",
            "readings-create",
            "review-create",
            "task-create",
            "pathway-change",
        )
        for method in ("get", "post")
    ),
    *(
        changes(f"rounds:{name}", kwargs, method)
        for name, kwargs in (
            ("round-create", "soar_valley"),
            ("round-end", "round_of_soar_valley"),
            ("round-patient", "place_of_soar_valley"),
            ("place-excuse", "place_of_soar_valley"),
        )
        for method in ("get", "post")
    ),
    *(
        Row(
            name,
            allowed={"ward_nurse", "ward_doctor"},
            refusals=dict.fromkeys(("ward_lead", "out_of_hours", "read_only"), 403),
            otherwise=404,
            kwargs="review_of_soar_valley",
            method=method,
            through=SENT,
        )
        for name in ("rounds:review-correct", "rounds:review-withdraw")
        for method in ("get", "post")
    ),
    Row("rounds:round-detail", allowed=CARING, kwargs="round_of_soar_valley", otherwise=404),
    Row("rounds:round-progress", allowed=CARING, kwargs="round_of_soar_valley", otherwise=404),
    *(
        changes(f"rounds:{name}", "soar_valley", method)
        for name in ("handover-prepare", "handover-take")
        for method in ("get", "post")
    ),
    changes("rounds:handover-note-save", "note_of_soar_valley", "post"),
    *(
        changes(f"rounds:handover-{answer}", "handover_of_soar_valley", "post")
        for answer in ("accept", "decline", "withdraw")
    ),
    Row("rounds:handover-detail", allowed=CARING, kwargs="handover_of_soar_valley", otherwise=404),
    Row("rounds:handover-list", allowed=CARING, kwargs="soar_valley", otherwise=404),
    changes("rounds:draft-save", "patient_of_soar_valley", "post"),
    changes("rounds:draft-discard", "patient_of_soar_valley", "post"),
    changes("rounds:task-complete", "task_of_soar_valley"),
    changes("rounds:task-complete", "task_of_soar_valley", "post"),
    changes("rounds:task-change", "task_of_soar_valley"),
    changes("rounds:task-change", "task_of_soar_valley", "post"),
    changes("rounds:task-reopen", "task_of_soar_valley", "post"),
    Row("rounds:ward-visits", allowed=CARING, kwargs="soar_valley", otherwise=404),
    changes("rounds:visits-share", "soar_valley", "post"),
    changes("rounds:admission-create", "awaited_at_soar_valley"),
    changes("rounds:admission-create", "awaited_at_soar_valley", "post"),
]


@pytest.fixture
def both_wards(db):
    make_ward()
    make_ward("RT5-elsewhere", name="Elsewhere")
    return {}


@pytest.fixture
def soar_valley(db):
    return {"code": make_ward().code}


@pytest.fixture
def pathway_of_soar_valley(db):
    return {"code": make_ward().code, "pathway": make_pathway_version().pathway_id}


@pytest.fixture
def version_of_soar_valley(pathway_of_soar_valley):
    return pathway_of_soar_valley | {"pk": make_pathway_version().pk}


@pytest.fixture
def draft_of_soar_valley(pathway_of_soar_valley, ward_lead):
    pathway = make_pathway_version().pathway
    start_draft(ward=make_ward(), pathway=pathway, by=ward_lead)
    return pathway_of_soar_valley


@pytest.fixture
def patient_of_soar_valley(db):
    return {"pk": make_admission(ward=make_ward()).pk}


@pytest.fixture
def left_soar_valley(db):
    ward = make_ward()
    admission = make_admission(ward=ward, at=timezone.now() - dt.timedelta(days=1))
    discharge_with_open(admission=admission, destination="home", by=make_clinician(ward))
    return {"pk": admission.pk}


@pytest.fixture
def fhir_left_soar_valley(left_soar_valley):
    return {"name": str(left_soar_valley["pk"])}


@pytest.fixture
def task_of_soar_valley(db):
    ward = make_ward()
    admission = make_admission(ward=ward)
    task = make_task(admission, by=make_clinician(ward), due_at=admission.admitted_at)
    return {"pk": task.pk}


@pytest.fixture
def round_of_soar_valley(db):
    ward = make_ward()
    make_admission(ward=ward)
    return {"pk": start_round(ward=ward, shift="morning", by=make_clinician(ward)).pk}


@pytest.fixture
def place_of_soar_valley(round_of_soar_valley):
    return round_of_soar_valley | {"admission": Admission.objects.get().pk}


@pytest.fixture
def note_of_soar_valley(db):
    ward = make_ward()
    return {"code": ward.code, "admission": make_admission(ward=ward).pk}


@pytest.fixture
def handover_of_soar_valley(db):
    ward = make_ward()
    return {"pk": offer_handover(ward=ward, by=make_clinician(ward)).pk}


@pytest.fixture
def review_of_soar_valley(ward_nurse, ward_lead):
    """By the one, for whom the others of the ward sign none."""
    admission = make_admission(ward=make_ward())
    return {"pk": make_review(admission, by=ward_nurse, at=admission.admitted_at).pk}


@pytest.fixture
def awaited_at_soar_valley(db):
    return {"pk": make_referral(ward=make_ward(), accepted=True).pk}
