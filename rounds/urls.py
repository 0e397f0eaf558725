"""Where the pages of rounds live."""

from django.urls import URLPattern, path

from rounds.views import (
    board,
    drafts,
    handovers,
    pathway_drafts,
    pathways,
    patient,
    questions,
    reviews,
    rounds,
    stays,
    summary,
    tasks,
    video,
    visits,
)

app_name = "rounds"

_admission = "admissions/<uuid:pk>"
_round = "rounds/<uuid:pk>"
_pathways = "wards/<slug:code>/pathways"
_pathway = f"{_pathways}/<slug:pathway>"
_handover = "handovers/<uuid:pk>"

urlpatterns: list[URLPattern] = [
    path("wards/", board.ward_list, name="ward-list"),
    path("wards/<slug:code>/board/", board.ward_board, name="ward-board"),
    path("wards/<slug:code>/questions/", questions.questions_edit, name="questions-edit"),
    path(f"{_pathways}/", pathways.pathway_list, name="pathway-list"),
    path(f"{_pathway}/", pathways.pathway_detail, name="pathway-detail"),
    path(f"{_pathway}/versions/<int:pk>/", pathways.pathway_version, name="pathway-version"),
    path(f"{_pathway}/offer/", pathways.pathway_offer, name="pathway-offer"),
    path(f"{_pathway}/stop/", pathways.pathway_stop, name="pathway-stop"),
    path(f"{_pathway}/draft/new/", pathway_drafts.pathway_begin, name="pathway-begin"),
    path(f"{_pathway}/draft/", pathway_drafts.pathway_edit, name="pathway-edit"),
    path(f"{_pathway}/draft/discard/", pathway_drafts.pathway_discard, name="pathway-discard"),
    path(f"{_pathway}/draft/publish/", pathway_drafts.pathway_publish, name="pathway-publish"),
    path("admissions/<uuid:pk>/row/", board.board_row, name="board-row"),
    path(f"{_admission}/", patient.patient_detail, name="patient-detail"),
    path(f"{_admission}/discharge/", stays.admission_discharge, name="admission-discharge"),
    path(f"{_admission}/pathway/", pathways.pathway_change, name="pathway-change"),
    path(f"{_admission}/summary/", summary.admission_summary, name="admission-summary"),
    path(f"{_admission}/summary.pdf", summary.summary_pdf, name="summary-pdf"),
    path(f"{_admission}/summary.json", summary.summary_bundle, name="summary-bundle"),
    path(f"{_admission}/take-back/", stays.discharge_take_back, name="discharge-take-back"),
    path(f"{_admission}/readings/new/", reviews.readings_create, name="readings-create"),
    path(f"{_admission}/reviews/new/", reviews.review_create, name="review-create"),
    path("reviews/<uuid:pk>/correct/", reviews.review_correct, name="review-correct"),
    path("reviews/<uuid:pk>/withdraw/", reviews.review_withdraw, name="review-withdraw"),
    path(f"{_admission}/draft/", drafts.draft_save, name="draft-save"),
    path(f"{_admission}/draft/discard/", drafts.draft_discard, name="draft-discard"),
    path("wards/<slug:code>/rounds/new/", rounds.round_create, name="round-create"),
    path(f"{_round}/", rounds.round_detail, name="round-detail"),
    path(f"{_round}/progress/", rounds.round_progress, name="round-progress"),
    path(f"{_round}/end/", rounds.round_end, name="round-end"),
    path(f"{_round}/patients/<uuid:admission>/", rounds.round_patient, name="round-patient"),
    path(f"{_round}/patients/<uuid:admission>/excuse/", rounds.place_excuse, name="place-excuse"),
    path("wards/<slug:code>/handover/", handovers.handover_prepare, name="handover-prepare"),
    path(
        "wards/<slug:code>/handover/notes/<uuid:admission>/",
        handovers.handover_note_save,
        name="handover-note-save",
    ),
    path("wards/<slug:code>/handovers/", handovers.handover_list, name="handover-list"),
    path("wards/<slug:code>/take-over/", handovers.handover_take, name="handover-take"),
    path(f"{_handover}/", handovers.handover_detail, name="handover-detail"),
    path(f"{_handover}/accept/", handovers.handover_accept, name="handover-accept"),
    path(f"{_handover}/decline/", handovers.handover_decline, name="handover-decline"),
    path(f"{_handover}/withdraw/", handovers.handover_withdraw, name="handover-withdraw"),
    path(f"{_admission}/tasks/new/", tasks.task_create, name="task-create"),
    path("tasks/<uuid:pk>/complete/", tasks.task_complete, name="task-complete"),
    path("tasks/<uuid:pk>/change/", tasks.task_change, name="task-change"),
    path("tasks/<uuid:pk>/reopen/", tasks.task_reopen, name="task-reopen"),
    path("wards/<slug:code>/visits/", visits.ward_visits, name="ward-visits"),
    path("wards/<slug:code>/visits/share/", visits.visits_share, name="visits-share"),
    path("wards/<slug:code>/video/", video.video_edit, name="video-edit"),
    path("referrals/<uuid:pk>/admit/", stays.admission_create, name="admission-create"),
]
