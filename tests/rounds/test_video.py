"""Video calls by the team's one link: encrypted, its lead's to set, and silent about patients."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEvent
from rounds.actions.video import set_video_link
from rounds.models import Task, VideoLink
from tests.patients.factories import make_admission
from tests.rounds.factories import make_task

ROOM = "https://video.example.nhs.uk/soar-valley"


def test_the_lead_sets_changes_and_takes_away_the_link(ward, ward_lead):
    set_video_link(ward=ward, url=f" {ROOM} ", by=ward_lead)
    set_video_link(ward=ward, url=f"{ROOM}-2", by=ward_lead)
    assert VideoLink.objects.get().url == f"{ROOM}-2"
    set_video_link(ward=ward, url="", by=ward_lead)
    assert not VideoLink.objects.exists()
    told = AuditEvent.objects.filter(verb="video-link-set").order_by("pk")
    assert [event.detail["url"] for event in told] == [ROOM, f"{ROOM}-2", ""]


@pytest.mark.parametrize(
    "wrong",
    [
        "http://video.example.nhs.uk/",
        "javascript:alert(1)",
        "https://",
        "https://name:word@video.example.nhs.uk/",
        "video.example.nhs.uk",
        f"https://{'a' * 320}.uk/",
    ],
)
def test_what_is_no_encrypted_address_is_refused_beside_its_box(signed_in, ward, ward_lead, wrong):
    with pytest.raises(ValidationError):
        set_video_link(ward=ward, url=wrong, by=ward_lead)
    answer = signed_in(ward_lead).post(
        reverse("rounds:video-edit", args=[ward.code]), {"url": wrong}
    )
    assert answer.status_code == 422
    assert 'id="id_url_error"' in answer.content.decode()
    assert not VideoLink.objects.exists()


@pytest.mark.parametrize("who", ["ward_nurse", "ward_doctor", "other_nurse", "org_admin"])
def test_only_the_wards_lead_sets_it(ward, who, request):
    with pytest.raises(PermissionDenied):
        set_video_link(ward=ward, url=ROOM, by=request.getfixturevalue(who))


def test_the_database_takes_no_plain_http(ward, ward_lead):
    with pytest.raises(IntegrityError), transaction.atomic():
        VideoLink.objects.create(
            ward=ward, url="http://a.example/", set_at=timezone.now(), set_by=ward_lead
        )


def test_the_link_tells_the_other_side_nothing(signed_in, ward, ward_lead, now):
    admission = make_admission(ward=ward, at=now)
    Task.objects.filter(pk=make_task(admission, by=ward_lead, due_at=now).pk).update(kind="video")
    set_video_link(ward=ward, url=ROOM, by=ward_lead)
    browser = signed_in(ward_lead)
    for page in (
        reverse("rounds:ward-visits", args=[ward.code]),
        reverse("rounds:patient-detail", args=[admission.pk]),
    ):
        told = browser.get(page).content.decode()
        whole = f'href="{ROOM}" rel="noopener noreferrer" referrerpolicy="no-referrer"'
        assert told.count(f'href="{ROOM}') == told.count(whole) > 0, page
