"""Who may hand out kit and keys, and move or strike readings."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.utils import timezone

from accounts.models import User
from accounts.policies import ADMINISTRATORS, reach
from accounts.roles import TREATING
from capacity.models import Ward
from lib import london
from observations.models import Alert, Device, Gateway, Prompt, UnclaimedReading
from patients.models import Admission


def can_treat(user: User, ward: Ward) -> bool:
    """Whether the user may change the care of this ward's patients."""
    return Ward.objects.treating(user).filter(pk=ward.pk).exists()


def check_can_treat(user: User, ward: Ward) -> None:
    if not can_treat(user, ward):
        raise PermissionDenied("Only this ward's clinicians do that.")


def can_manage_kit(user: User, admission: Admission) -> bool:
    return can_treat(user, admission.ward)


def check_can_manage_kit(user: User, admission: Admission) -> None:
    if not can_manage_kit(user, admission):
        raise PermissionDenied("Only clinicians of the patient's ward hand out and take back kit.")


def can_manage_device(user: User, device: Device) -> bool:
    """Whoever treats its holder; kit that nobody holds is its organisation's clinicians'."""
    holding = device.holdings.open().select_related("admission__ward").first()
    if holding is not None:
        return can_treat(user, holding.admission.ward)
    own = reach(user, TREATING)
    treated = Ward.objects.treating(user).filter(lead_provider=device.provider)
    return device.provider.code in own.providers or treated.exists()


def check_can_manage_device(user: User, device: Device) -> None:
    if not can_manage_device(user, device):
        raise PermissionDenied("Only clinicians of the holder's ward, or of its owner, do that.")


def can_correct_readings(user: User, admission: Admission) -> bool:
    return can_treat(user, admission.ward)


def check_can_correct_readings(user: User, admission: Admission) -> None:
    if not can_correct_readings(user, admission):
        raise PermissionDenied("Only clinicians of the patient's ward correct readings.")


def can_decide_reading(user: User, reading: UnclaimedReading) -> bool:
    """The clinicians of the ward in whose tray it lies."""
    return reading.ward is not None and can_treat(user, reading.ward)


def check_can_decide_reading(user: User, reading: UnclaimedReading) -> None:
    if not can_decide_reading(user, reading):
        raise PermissionDenied("Only clinicians of the ward decide about its tray.")


def can_manage_keys(user: User | None, gateway: Gateway) -> bool:
    """Administrators of an organisation that the gateway serves; None is the command line."""
    if user is None:
        return True
    own = reach(user, ADMINISTRATORS)
    served = gateway.allowed.on(london.day_of(timezone.now()))
    return own.england or served.filter(provider__code__in=own.providers).exists()


def check_can_manage_keys(user: User | None, gateway: Gateway) -> None:
    if not can_manage_keys(user, gateway):
        raise PermissionDenied("Only an administrator of an organisation it serves manages keys.")


def can_place_readings(user: User, gateway: Gateway) -> bool:
    """Readings that no ward can see: those who run the gateway put them where somebody looks."""
    return can_manage_keys(user, gateway)


def check_can_place_readings(user: User, gateway: Gateway) -> None:
    if not can_place_readings(user, gateway):
        raise PermissionDenied("Only an administrator of an organisation it serves places them.")


def can_answer(user: User, alert: Alert) -> bool:
    """Own, act on, hand on, escalate or close: the clinicians of the ward the patient is on."""
    return can_treat(user, alert.ward_now)


def check_can_answer(user: User, alert: Alert) -> None:
    if not can_answer(user, alert):
        raise PermissionDenied("Only clinicians of the alert's ward answer it.")


def can_finish_prompt(user: User, prompt: Prompt) -> bool:
    return can_treat(user, prompt.ward_now)


def check_can_finish_prompt(user: User, prompt: Prompt) -> None:
    if not can_finish_prompt(user, prompt):
        raise PermissionDenied("Only clinicians of the prompt's ward do that.")


def can_raise_concern(user: User, admission: Admission) -> bool:
    """Whoever treats the patient writes down what a carer said."""
    return can_treat(user, admission.ward)


def check_can_raise_concern(user: User, admission: Admission) -> None:
    if not can_raise_concern(user, admission):
        raise PermissionDenied("Only clinicians of the patient's ward record a concern.")
