"""The kit's pages: who wears what, and handing out, taking back, correcting and finishing."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEvent
from lib import london
from observations.actions.devices import (
    DeviceRefusedError,
    issue_device,
    return_device,
    set_device_status,
    want_back,
)
from observations.draining import drain
from observations.intake import inbox
from observations.kinds import NUMBERS
from observations.models import Device, DeviceStatus, Holding, Prompt, Reading
from patients.actions.admissions import discharge
from tests.capacity.factories import make_ward
from tests.observations.factories import (
    body_of,
    make_gateway,
    make_held_hub,
    make_hub,
    make_key,
    make_set,
)
from tests.patients.factories import make_admission, make_patient

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def now():
    return timezone.now().replace(microsecond=0)


@pytest.fixture
def admission(ward_nurse, now):
    patient = make_patient(family_name="Wearer")
    return make_admission(by=ward_nurse, at=now - 48 * HOUR, patient=patient)


@pytest.fixture
def hub(admission, ward_nurse):
    return make_held_hub(admission, by=ward_nurse, serial="HUB-A")


@pytest.fixture
def nurse(signed_in, ward_nurse):
    return signed_in(ward_nurse)


def told_of(device, *, battery, at, **more):
    told = {"battery": battery, "battery_at": at, "measured_at": at, **more}
    DeviceStatus.objects.update_or_create(device=device, defaults=told)


def text(answer):
    return " ".join(answer.content.decode().split())


def kit_page(browser, admission):
    return browser.get(reverse("observations:device-list", args=[admission.ward.code]))


def moment(at, name):
    local = timezone.localtime(at)
    return {f"{name}_0": f"{local:%d/%m/%Y}", f"{name}_1": f"{local:%H:%M}"}


def send(device, at):
    key = make_key(make_gateway(device.provider))
    inbox.accept(key=key, body=body_of(make_set(device, at)), at=at)
    drain.drain_all(at=at)


# Who wears what


def test_the_page_says_who_wears_what_and_when_it_was_last_heard(nurse, admission, hub, now):
    send(hub, now - 3 * HOUR)
    worn = kit_page(nurse, admission).context["kit"].worn[0]
    assert (worn.serial, *worn.last_reading[:2]) == ("HUB-A", now - 3 * HOUR, "3 h")
    assert "WEARER" in worn.whom


def test_kit_that_needs_a_look_stands_first_and_is_counted(nurse, admission, hub, ward_nurse, now):
    low = make_held_hub(admission, by=ward_nurse, serial="HUB-Z")
    for device, battery in ((low, 9), (hub, 90)):
        DeviceStatus.objects.create(device=device, battery=battery, measured_at=now)
    kit = kit_page(nurse, admission).context["kit"]
    assert [(one.serial, one.concerns) for one in kit.worn] == [
        ("HUB-Z", ["Battery 9%, low"]),
        ("HUB-A", []),
    ]
    assert kit.sentence.startswith("2 devices with patients, 1 needs a look; 0 wanted back;")


@pytest.mark.parametrize(
    ("battery", "hours", "words"),
    [(80, 1, "80%"), (80, 72, "80%, 3 days ago"), (9, 9, "9%, low, 9 h ago")],
)
def test_a_charge_told_long_ago_says_so(nurse, admission, hub, now, battery, hours, words):
    at = now - hours * HOUR
    DeviceStatus.objects.create(
        device=hub, battery=battery, battery_at=at, signal=60, measured_at=at
    )
    (worn,) = kit_page(nurse, admission).context["kit"].worn
    assert worn.battery == words
    assert worn.signal == "60%"


def test_silent_kinds_are_named_for_the_device_that_measures_them(nurse, admission, hub, now):
    due = {"due_at": now - 9 * HOUR, "late_at": now - 8 * HOUR, "silent_at": now - 7 * HOUR}
    admission.due_times.update_or_create(kind=NUMBERS["spo2"], defaults=due)
    admission.due_times.update_or_create(kind=NUMBERS["weight"], defaults=due)
    since = london.near_moment(now - 9 * HOUR, now)
    told = kit_page(nurse, admission).context["kit"].worn[0].concerns
    assert told == [f"Silent: SpO2, due {since}"]


def test_kit_that_is_well_stands_together_by_patient(nurse, admission, hub, ward_nurse, now):
    """Forty patients with four pieces each are forty lines, below what needs a look."""
    make_held_hub(admission, by=ward_nurse, serial="HUB-B")
    other = make_admission(by=ward_nurse, patient=make_patient(family_name="Another"))
    make_held_hub(other, by=ward_nurse, serial="HUB-C")
    flat = make_held_hub(other, by=ward_nurse, serial="HUB-D")
    told_of(flat, battery=3, at=now)
    kit = kit_page(nurse, admission).context["kit"]
    assert [[one.serial for one in held.lines] for held in kit.held] == [
        ["HUB-C"],
        ["HUB-A", "HUB-B"],
    ]
    assert [one.serial for one in kit.concerned] == ["HUB-D"]


def test_a_devices_page_tells_its_signal_and_firmware_and_when(nurse, hub, now):
    told_of(hub, battery=11, at=now - HOUR, signal=34, firmware="4.2.1")
    page = text(nurse.get(reverse("observations:device-show", args=[hub.pk])))
    for fact in ("<dt>Signal</dt><dd>34%", "<dt>Firmware</dt><dd>4.2.1", "Battery 11%, low:"):
        assert fact in page
    assert ">60 min</time> ago" in page


def test_kit_of_the_discharged_is_wanted_back_and_says_when_it_still_measures(
    nurse, admission, hub, ward_nurse, now
):
    discharge(admission=admission, destination="home", by=ward_nurse, at=now - 5 * HOUR)
    want_back(admission=admission, by=ward_nurse)
    quiet = kit_page(nurse, admission).context["kit"]
    assert (quiet.worn, [one.concerns for one in quiet.wanted]) == ([], [[]])
    send(hub, now - HOUR)
    kit = kit_page(nurse, admission).context["kit"]
    assert kit.wanted[0].concerns == ["Still measuring after discharge: call"]
    assert "still measures after discharge" in kit.prompts[0].text


def test_an_empty_ward_says_so(nurse, ward_nurse):
    admission = make_admission(by=ward_nurse)
    page = text(kit_page(nurse, admission))
    assert "No patient of this ward has kit." in page
    assert "Nothing is in store." in page


def test_the_page_takes_no_more_queries_with_more_kit(
    nurse, admission, hub, ward_nurse, django_assert_max_num_queries
):
    for _ in range(6):
        make_held_hub(make_admission(), by=ward_nurse)
        make_hub()
    with django_assert_max_num_queries(30):
        kit_page(nurse, admission)


# Out and back


def issue(browser, admission, device):
    address = reverse("observations:device-issue", args=[admission.ward.code])
    typed = {"admission": admission.pk, "device": device.pk, "state": "working"}
    return browser.post(address, typed)


def test_a_device_is_issued_once(nurse, admission):
    device = make_hub()
    assert issue(nurse, admission, device).status_code == 302
    again = issue(nurse, admission, device)
    assert again.status_code == 422
    assert "Choose a device that is in store." in text(again)
    assert Holding.objects.get().admission == admission


def test_an_empty_store_says_what_to_do(nurse, admission):
    address = reverse("observations:device-issue", args=[admission.ward.code])
    assert "Nothing is in store: take a device back first" in text(nurse.get(address))
    make_hub(provider=admission.ward.lead_provider)
    assert "Nothing is in store" not in text(nurse.get(address))


def test_nobody_of_another_ward_can_be_chosen(nurse, admission):
    stranger = make_admission(ward=make_ward("RT5-elsewhere", name="Elsewhere"))
    address = reverse("observations:device-issue", args=[admission.ward.code])
    typed = {"admission": stranger.pk, "device": make_hub().pk, "state": "working"}
    answer = nurse.post(address, typed)
    assert answer.status_code == 422
    assert not Holding.objects.exists()


def test_taking_back_is_confirmed_by_name_and_happens_once(nurse, admission, hub):
    address = reverse("observations:holding-return", args=[hub.holdings.get().pk])
    assert "HUB-A is back from WEARER, Margaret" in text(nurse.get(address))
    assert nurse.post(address).status_code == 302
    assert nurse.post(address).status_code == 404
    hub.refresh_from_db()
    assert hub.status == Device.Status.IN_STORE


def test_a_return_written_twice_does_not_move_the_first(admission, hub, ward_nurse, now):
    holding = hub.holdings.get()
    return_device(holding=holding, by=ward_nurse, at=now - HOUR)
    with pytest.raises(DeviceRefusedError, match="back already"):
        return_device(holding=holding, by=ward_nurse, at=now)
    assert Holding.objects.get().ends == now - HOUR


def test_correcting_a_holder_gives_the_readings_to_whom_they_are(
    nurse, admission, hub, ward_nurse, now
):
    other = make_admission(
        by=ward_nurse, at=now - 48 * HOUR, patient=make_patient(family_name="Later")
    )
    return_device(holding=hub.holdings.get(), by=ward_nurse, at=now - 2 * HOUR)
    issue_device(device=hub, admission=other, by=ward_nurse, at=now - HOUR)
    send(hub, now - 3 * HOUR)
    assert set(Reading.objects.values_list("admission_id", flat=True)) == {admission.pk}
    first, second = hub.holdings.order_by("starts")
    page = text(nurse.get(reverse("observations:holding-correct", args=[first.pk])))
    assert "WEARER" in page
    assert "also held by LATER" in page
    shorter = moment(first.starts, "starts") | moment(now - 5 * HOUR, "ends")
    address = reverse("observations:holding-correct", args=[first.pk])
    assert nurse.post(address, shorter | {"reason": "Swapped at noon"}).status_code == 302
    longer = moment(now - 4 * HOUR, "starts") | {"reason": "Swapped at noon"}
    address = reverse("observations:holding-correct", args=[second.pk])
    assert nurse.post(address, longer).status_code == 302
    assert set(Reading.objects.values_list("admission_id", flat=True)) == {other.pk}
    assert nurse.post(address, longer).status_code == 404


@pytest.mark.parametrize(
    ("typed", "wrong"),
    [
        ({"reason": ""}, "reason"),
        ({"starts_0": "31/02/2026"}, "starts"),
        ({"starts_0": "01/01/2090"}, "starts"),
        ({"ends_0": "01/01/2001", "ends_1": "10:00"}, "ends"),
    ],
)
def test_a_correction_that_cannot_be_stays_on_the_page(nurse, hub, typed, wrong):
    holding = hub.holdings.get()
    address = reverse("observations:holding-correct", args=[holding.pk])
    answer = nurse.post(address, moment(holding.starts, "starts") | {"reason": "x"} | typed)
    assert answer.status_code == 422
    assert wrong in answer.context["form"].errors
    assert Holding.objects.count() == 1


def test_times_left_as_they_stood_keep_their_seconds(nurse, hub, now):
    holding = hub.holdings.get()
    exact = holding.starts.replace(second=31, microsecond=5)
    Holding.objects.update(starts=exact)
    address = reverse("observations:holding-correct", args=[holding.pk])
    ends = moment(now - HOUR, "ends")
    nurse.post(address, moment(exact, "starts") | ends | {"reason": "Collected at ten"})
    assert Holding.objects.believed().get().starts == exact


# One device


def test_a_devices_page_hides_holders_of_other_wards(signed_in, other_nurse, admission, hub):
    make_ward("RT5-elsewhere", name="Elsewhere")
    page = text(signed_in(other_nurse).get(reverse("observations:device-show", args=[hub.pk])))
    assert "A patient of another ward" in page
    assert "WEARER" not in page
    assert "Correct times" not in page


def test_a_devices_page_names_its_holders_and_their_times(nurse, admission, hub):
    page = text(nurse.get(reverse("observations:device-show", args=[hub.pk])))
    assert "WEARER" in page
    assert "Take back" in page


def test_held_kit_is_not_put_in_store_unseen(nurse, admission, hub, ward_nurse):
    address = reverse("observations:device-status", args=[hub.pk])
    refused = nurse.post(address, {"status": "in_store", "note": "On the shelf"})
    assert "Take it back first" in text(refused)
    nurse.post(address, {"status": "faulty", "note": "Cracked screen"})
    hub.refresh_from_db()
    assert hub.status == "faulty"
    assert AuditEvent.objects.get(verb="device-status-set").detail["note"] == "Cracked screen"
    return_device(holding=hub.holdings.get(), by=ward_nurse)
    hub.refresh_from_db()
    assert hub.status == "faulty"
    assert issue(nurse, admission, hub).status_code == 422


@pytest.mark.parametrize("who", ["other_nurse", "read_only", "icb_manager", "org_admin"])
def test_only_the_holders_clinicians_say_what_state_it_is_in(hub, who, request):
    with pytest.raises(PermissionDenied):
        set_device_status(device=hub, status="lost", note="x", by=request.getfixturevalue(who))


# What the readings ask for


def test_a_prompt_is_done_once_with_its_outcome(nurse, admission, hub, ward_nurse):
    prompt = Prompt.objects.create(
        kind="repeat_measurement",
        ward=admission.ward,
        admission=admission,
        device=hub,
        text="SpO2 was sent as 970 %: repeat.",
        raised_at=timezone.now(),
    )
    assert "970 %" in text(kit_page(nurse, admission))
    address = reverse("observations:prompt-finish", args=[prompt.pk])
    assert nurse.post(address, {"outcome": " "}).status_code == 422
    assert nurse.post(address, {"outcome": "97 %"}).status_code == 302
    assert "already" in text(nurse.post(address, {"outcome": "96 %"}))
    prompt.refresh_from_db()
    assert (prompt.outcome, prompt.done_by) == ("97 %", ward_nurse)
    assert kit_page(nurse, admission).context["kit"].prompts == []
