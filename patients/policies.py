"""Who may refer, admit, move, and change a patient's care; each question asked in one place."""

from __future__ import annotations

import datetime as dt

from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet

from accounts.models import Membership, User
from accounts.policies import AnyUser, has_role, is_senior_for, london_day, reach
from accounts.roles import CARING, EXPORTING, RECORD_KEEPERS, TREATING, Role, Scope
from capacity.models import Provider, Ward
from patients.models import Admission, Patient, RecordChange, Referral

REFERRING = TREATING | {Role.REFERRER}
LEADS = frozenset({Role.WARD_LEAD})


def _covers(user: AnyUser, roles: frozenset[Role], ward: Ward, at: dt.datetime | None) -> bool:
    return reach(user, roles, at=at).covers(
        ward=ward.code, provider=ward.lead_provider.code, icb=ward.icb.code
    )


def _check(allowed: bool, why: str) -> None:  # noqa: FBT001  # the thing checked comes first
    if not allowed:
        raise PermissionDenied(why)


# Wards


def can_treat_on(user: AnyUser, ward: Ward, *, at: dt.datetime | None = None) -> bool:
    return _covers(user, TREATING, ward, at)


def check_can_treat_on(user: AnyUser, ward: Ward, *, at: dt.datetime | None = None) -> None:
    _check(can_treat_on(user, ward, at=at), "Only this ward's clinicians do that.")


def can_see_on(user: AnyUser, ward: Ward, *, at: dt.datetime | None = None) -> bool:
    """Whether they may see this ward's patients at all."""
    return _covers(user, CARING, ward, at)


def can_admit(user: AnyUser, ward: Ward, *, at: dt.datetime | None = None) -> bool:
    return can_treat_on(user, ward, at=at)


def check_can_admit(user: AnyUser, ward: Ward, *, at: dt.datetime | None = None) -> None:
    _check(can_admit(user, ward, at=at), "Only this ward's clinicians admit to it.")


def leads(user: AnyUser, ward: Ward, *, at: dt.datetime | None = None) -> bool:
    """Whether they lead this ward."""
    return _covers(user, LEADS, ward, at)


def can_go_over_capacity(user: AnyUser, ward: Ward, *, at: dt.datetime | None = None) -> bool:
    return leads(user, ward, at=at)


def check_can_go_over_capacity(user: AnyUser, ward: Ward, *, at: dt.datetime | None = None) -> None:
    _check(
        can_go_over_capacity(user, ward, at=at),
        "Only the ward's lead admits over capacity, without a bed.",
    )


def is_senior_on(user: AnyUser, ward: Ward, *, at: dt.datetime | None = None) -> bool:
    """A senior decision-maker there: their agreement loosens care."""
    return is_senior_for(
        user, ward=ward.code, provider=ward.lead_provider.code, icb=ward.icb.code, at=at
    )


def clinicians_on(ward: Ward, *, at: dt.datetime | None = None) -> QuerySet[User]:
    """Whoever may change the care of this ward's patients."""
    return _people(_treating_on(ward, at))


def seniors_on(ward: Ward, *, at: dt.datetime | None = None) -> QuerySet[User]:
    """Whose agreement can be recorded there."""
    return _people(_treating_on(ward, at).filter(senior_decision_maker=True))


def _treating_on(ward: Ward, at: dt.datetime | None) -> QuerySet[Membership]:
    here = Q(scope=Scope.WARD, code=ward.code)
    here |= Q(scope=Scope.PROVIDER, code=ward.lead_provider.code)
    here |= Q(scope=Scope.ICB, code=ward.icb.code)
    held = Membership.objects.on(london_day(at)).in_roles(TREATING)
    return held.filter(here, user__is_active=True)


def _people(held: QuerySet[Membership]) -> QuerySet[User]:
    return User.objects.filter(pk__in=held.values("user")).order_by("last_name", "first_name")


# Pathways


def can_edit_pathways(user: AnyUser, ward: Ward, *, at: dt.datetime | None = None) -> bool:
    """What the ward offers, and by which rules, is its lead's to word; looser ones a senior's."""
    return leads(user, ward, at=at)


def check_can_edit_pathways(user: AnyUser, ward: Ward, *, at: dt.datetime | None = None) -> None:
    _check(can_edit_pathways(user, ward, at=at), "Only the ward's lead changes its pathways.")


# Referrals


def can_refer(user: AnyUser, ward: Ward, *, at: dt.datetime | None = None) -> bool:
    return _covers(user, REFERRING, ward, at)


def check_can_refer(user: AnyUser, ward: Ward, *, at: dt.datetime | None = None) -> None:
    _check(can_refer(user, ward, at=at), "You do not refer to this ward.")


def can_refer_somewhere(user: AnyUser, *, at: dt.datetime | None = None) -> bool:
    return has_role(user, REFERRING, at)


def check_can_refer_somewhere(user: AnyUser, *, at: dt.datetime | None = None) -> None:
    _check(can_refer_somewhere(user, at=at), "You do not refer to any ward.")


def can_see_referrals(user: AnyUser, *, at: dt.datetime | None = None) -> bool:
    return has_role(user, CARING | {Role.REFERRER}, at)


def check_can_see_referrals(user: AnyUser, *, at: dt.datetime | None = None) -> None:
    _check(can_see_referrals(user, at=at), "Referrals are for clinicians and referrers.")


def can_decide(user: AnyUser, referral: Referral, *, at: dt.datetime | None = None) -> bool:
    return can_treat_on(user, referral.ward, at=at)


def check_can_decide(user: AnyUser, referral: Referral, *, at: dt.datetime | None = None) -> None:
    _check(can_decide(user, referral, at=at), "Only the ward's clinicians accept or decline.")


def can_withdraw(user: AnyUser, referral: Referral, *, at: dt.datetime | None = None) -> bool:
    """Whoever referred, and the ward for them."""
    return referral.referred_by_id == user.pk or can_decide(user, referral, at=at)


def check_can_withdraw(user: AnyUser, referral: Referral, *, at: dt.datetime | None = None) -> None:
    _check(can_withdraw(user, referral, at=at), "Only the referrer or the ward withdraws it.")


def can_set_clock(user: AnyUser, ward: Ward, *, at: dt.datetime | None = None) -> bool:
    """Within how long the ward wants to decide on a referral."""
    return _covers(user, LEADS, ward, at)


def check_can_set_clock(user: AnyUser, ward: Ward, *, at: dt.datetime | None = None) -> None:
    _check(can_set_clock(user, ward, at=at), "Only the ward's lead sets the clock.")


# Confused records


def can_keep_records(user: AnyUser, *, at: dt.datetime | None = None) -> bool:
    return has_role(user, RECORD_KEEPERS, at)


def check_can_keep_records(user: AnyUser, *, at: dt.datetime | None = None) -> None:
    _check(
        can_keep_records(user, at=at),
        "Only ward leads and an organisation's administrators put records right.",
    )


def can_keep_record(user: User, *patients: Patient) -> bool:
    """Of each of them: a ward that the user answers for has or had them, or was asked to."""
    ids = {patient.pk for patient in patients}
    return Patient.objects.kept_by(user).filter(pk__in=ids).count() == len(ids)


def check_can_keep_record(user: User, *patients: Patient) -> None:
    _check(can_keep_record(user, *patients), "Only those who answer for this record do that.")


def can_decide_change(user: User, change: RecordChange) -> bool:
    """Somebody else than who proposed it."""
    both = [one for one in (change.patient, change.other) if one is not None]
    return change.is_open and user.pk != change.proposed_by_id and can_keep_record(user, *both)


def check_can_decide_change(user: User, change: RecordChange) -> None:
    _check(user.pk != change.proposed_by_id, "A second person decides, not who proposed it.")
    check_can_keep_record(user, *filter(None, (change.patient, change.other)))


def can_withdraw_change(user: User, change: RecordChange) -> bool:
    return change.is_open and user.pk == change.proposed_by_id


# The minimum data set


def can_export_data_set(
    user: AnyUser, provider: Provider, *, at: dt.datetime | None = None
) -> bool:
    """A line a person, under a pseudonym: the provider's returns officer, and nobody else."""
    return reach(user, EXPORTING, at=at).covers(provider=provider.code)


def check_can_export_data_set(
    user: AnyUser, provider: Provider, *, at: dt.datetime | None = None
) -> None:
    _check(can_export_data_set(user, provider, at=at), "Only the returns officer does that.")


def check_can_export_data_sets(user: AnyUser) -> None:
    _check(has_role(user, EXPORTING), "Only a returns officer sees the minimum data set.")


def exporting_providers(user: AnyUser) -> QuerySet[Provider]:
    """Of whose patients the user exports lines."""
    return Provider.objects.filter(code__in=reach(user, EXPORTING).providers)


# Patients and their care


def can_look_for_patients(user: AnyUser, *, at: dt.datetime | None = None) -> bool:
    return has_role(user, CARING, at)


def check_can_look_for_patients(user: AnyUser, *, at: dt.datetime | None = None) -> None:
    _check(can_look_for_patients(user, at=at), "Only clinicians look for patients.")


def can_change_patient(user: AnyUser, patient: Patient, *, at: dt.datetime | None = None) -> bool:
    """Contacts, identifiers and safety records: whoever treats them, or is asked to."""
    wards = Ward.objects.filter(referrals__patient=patient, referrals__outcome="waiting")
    wards |= Ward.objects.filter(
        admissions__patient=patient, admissions__discharged_at__isnull=True
    )
    wards |= Ward.objects.filter(
        referrals__patient=patient,
        referrals__outcome="accepted",
        referrals__admission__isnull=True,
    )
    found = wards.distinct().select_related("lead_provider", "icb")
    return any(can_treat_on(user, ward, at=at) for ward in found)


def check_can_change_patient(
    user: AnyUser, patient: Patient, *, at: dt.datetime | None = None
) -> None:
    _check(can_change_patient(user, patient, at=at), "Only those who treat this patient do that.")


def can_change_care(user: AnyUser, admission: Admission, *, at: dt.datetime | None = None) -> bool:
    return can_treat_on(user, admission.ward, at=at)


def check_can_change_care(
    user: AnyUser, admission: Admission, *, at: dt.datetime | None = None
) -> None:
    _check(can_change_care(user, admission, at=at), "Only those who treat this patient do that.")


def can_see_home(user: AnyUser, admission: Admission, *, at: dt.datetime | None = None) -> bool:
    """Risks of a visit and the way in: whoever treats them, while they are on the ward."""
    return admission.is_open and can_treat_on(user, admission.ward, at=at)


def check_can_see_home(
    user: AnyUser, admission: Admission, *, at: dt.datetime | None = None
) -> None:
    _check(can_see_home(user, admission, at=at), "Only those who treat this patient see that.")


def can_read_safeguarding(
    user: AnyUser, admission: Admission, *, at: dt.datetime | None = None
) -> bool:
    """Nobody else is told so much as whether there is something to read."""
    return admission.is_open and can_treat_on(user, admission.ward, at=at)


def check_can_read_safeguarding(
    user: AnyUser, admission: Admission, *, at: dt.datetime | None = None
) -> None:
    _check(
        can_read_safeguarding(user, admission, at=at), "Only those who treat this patient do that."
    )


def can_loosen(user: AnyUser, admission: Admission, *, at: dt.datetime | None = None) -> bool:
    """Looser limits, scale 2, comfort, a pause over 24 h: a senior, or with their agreement."""
    return is_senior_on(user, admission.ward, at=at)


def can_discharge(user: AnyUser, admission: Admission, *, at: dt.datetime | None = None) -> bool:
    return can_change_care(user, admission, at=at)


def check_can_discharge(
    user: AnyUser, admission: Admission, *, at: dt.datetime | None = None
) -> None:
    check_can_change_care(user, admission, at=at)
