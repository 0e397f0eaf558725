"""Where the pages of patients live."""

from django.urls import path, register_converter

from capacity import dates as dates  # addresses may hold a day
from patients.models import Check, HomeRecord, SafetyRecord
from patients.planned import PLANNED
from patients.views import beds, boards, care, datasets, home, moves, people, records, referrals


class KindConverter:
    """A kind of reading that can be planned; another one is no address."""

    regex = "|".join(PLANNED)

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


class TopicConverter(KindConverter):
    regex = "|".join(SafetyRecord.Topic.values)


class CheckConverter(KindConverter):
    regex = "|".join(Check.Topic.values)


class HomeConverter(KindConverter):
    regex = "|".join(HomeRecord.Topic.values)


register_converter(KindConverter, "planned_kind")
register_converter(TopicConverter, "safety_topic")
register_converter(CheckConverter, "check_topic")
register_converter(HomeConverter, "home_topic")

app_name = "patients"

_admission = "admissions/<uuid:pk>"
_referral = "referrals/<uuid:pk>"
_ward = "wards/<slug:code>/beds"

urlpatterns = [
    path("beds/", beds.bed_wards, name="bed-wards"),
    path(f"{_ward}/", beds.bed_list, name="bed-list"),
    path(f"{_ward}/close/", beds.bed_close, name="bed-close"),
    path(f"{_ward}/<int:pk>/reopen/", beds.bed_reopen, name="bed-reopen"),
    path("wards/<slug:code>/clock/", referrals.referral_clock, name="referral-clock"),
    path("referrals/", referrals.referral_list, name="referral-list"),
    path("referrals/new/", referrals.referral_create, name="referral-create"),
    path(f"{_referral}/", referrals.referral_detail, name="referral-detail"),
    path(f"{_referral}/accept/", referrals.referral_accept, name="referral-accept"),
    path(f"{_referral}/decline/", referrals.referral_decline, name="referral-decline"),
    path(f"{_referral}/hold/", referrals.referral_hold, name="referral-hold"),
    path(f"{_referral}/release/", referrals.referral_release, name="referral-release"),
    path(f"{_referral}/withdraw/", referrals.referral_withdraw, name="referral-withdraw"),
    path(f"{_admission}/transfer/", moves.admission_transfer, name="admission-transfer"),
    path(f"{_admission}/bed/", moves.admission_move, name="admission-move"),
    path(f"{_admission}/leave/", moves.admission_leave, name="admission-leave"),
    path("leaves/<uuid:pk>/return/", moves.leave_return, name="leave-return"),
    path(
        f"{_admission}/expected-discharge/",
        care.expected_discharge_change,
        name="expected-discharge-change",
    ),
    path(f"{_admission}/limits/<planned_kind:kind>/", care.limit_change, name="limit-change"),
    path(f"{_admission}/times/<planned_kind:kind>/", care.times_change, name="times-change"),
    path(f"{_admission}/mode/", care.mode_change, name="mode-change"),
    path(f"{_admission}/pause/", care.pause_set, name="pause-set"),
    path(f"{_admission}/pause/end/", care.pause_end, name="pause-end"),
    path(f"{_admission}/oxygen/", care.oxygen_set, name="oxygen-set"),
    path(f"{_admission}/usual/", care.usual_set, name="usual-set"),
    path(f"{_admission}/responsible/", care.responsible_set, name="responsible-set"),
    path(f"{_admission}/home/", home.home_detail, name="home-detail"),
    path(f"{_admission}/home/<home_topic:topic>/", home.home_record, name="home-record"),
    path(f"{_admission}/checks/<check_topic:topic>/", home.check_record, name="check-record"),
    path(f"{_admission}/key-safe/", home.key_safe_set, name="key-safe-set"),
    path(f"{_admission}/key-safe/show/", home.key_safe_show, name="key-safe-show"),
    path(f"{_admission}/safeguarding/", home.safeguarding_open, name="safeguarding-open"),
    path(f"{_admission}/safeguarding/new/", home.safeguarding_write, name="safeguarding-write"),
    path(
        f"{_admission}/safeguarding/<int:note>/end/",
        home.safeguarding_end,
        name="safeguarding-end",
    ),
    path("records/", records.record_list, name="record-list"),
    path("records/<uuid:pk>/", records.record_detail, name="record-detail"),
    path("records/<uuid:pk>/correct/", records.record_correct, name="record-correct"),
    path("records/<uuid:pk>/join/<uuid:other>/", records.record_join, name="record-join"),
    path("records/changes/<uuid:pk>/", records.change_detail, name="change-detail"),
    path("records/changes/<uuid:pk>/approve/", records.change_approve, name="change-approve"),
    path("records/changes/<uuid:pk>/refuse/", records.change_refuse, name="change-refuse"),
    path("records/changes/<uuid:pk>/withdraw/", records.change_withdraw, name="change-withdraw"),
    path("records/changes/<uuid:pk>/part/", records.record_part, name="record-part"),
    path("data-set/", datasets.dataset_list, name="dataset-list"),
    path("data-set/<str:code>/<day:day>/", datasets.dataset_prepare, name="dataset-prepare"),
    path("data-set/<int:pk>/", datasets.dataset_detail, name="dataset-detail"),
    path("data-set/<int:pk>/sign/", datasets.dataset_sign, name="dataset-sign"),
    path("data-set/<int:pk>/reopen/", datasets.dataset_reopen, name="dataset-reopen"),
    path("data-set/<int:pk>/lines.csv", datasets.dataset_csv, name="dataset-csv"),
    path("data-set/<int:pk>/lines.xlsx", datasets.dataset_xlsx, name="dataset-xlsx"),
    path("patients/", people.patient_list, name="patient-list"),
    path("patients/<uuid:pk>/contacts/new/", people.contact_create, name="contact-create"),
    path("patients/<uuid:pk>/home-board/", boards.home_board_set, name="home-board-set"),
    path("contacts/<int:pk>/", people.contact_change, name="contact-change"),
    path("contacts/<int:pk>/remove/", people.contact_remove, name="contact-remove"),
    path(
        "patients/<uuid:pk>/safety/<safety_topic:topic>/",
        people.safety_record,
        name="safety-record",
    ),
]
