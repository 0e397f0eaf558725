"""Who may see which figures, the stays behind them, and who may change beds."""

from __future__ import annotations

import datetime as dt

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet

from accounts.models import User
from accounts.policies import AnyUser, Reach, has_role, reach
from accounts.roles import ANSWERING, CARING, FIGURES, SEEING_RETURNS, TREATING, Role
from capacity.models import IntegratedCareBoard, Provider, Ward
from capacity.models.sitreps import providers_within

MANAGING = frozenset({Role.WARD_LEAD, Role.ORGANISATION_ADMINISTRATOR, Role.ICB_MANAGER})
IMPORTING = frozenset({Role.ICB_MANAGER, Role.ORGANISATION_ADMINISTRATOR})
SEEING_STAYS = CARING | {Role.ORGANISATION_ADMINISTRATOR}


def can_see_figures(user: AnyUser) -> bool:
    """Figures of some ward or ICB; which ones, `visible_to` says."""
    return has_role(user, FIGURES)


def check_can_see_figures(user: AnyUser) -> None:
    if not can_see_figures(user):
        raise PermissionDenied("Capacity is for those who run or plan wards.")


def can_import_published(user: AnyUser) -> bool:
    """Published months are England's, so whoever stores them answers for all of it."""
    return reach(user, IMPORTING).england


def check_can_import_published(user: AnyUser) -> None:
    if not can_import_published(user):
        raise PermissionDenied("Who plans for all of England imports published months.")


def can_plan(user: AnyUser, icb: IntegratedCareBoard) -> bool:
    """Targets and bed plans are the ICB's own."""
    return reach(user, {Role.ICB_MANAGER}).covers(icb=icb.code)


def check_can_plan(user: AnyUser, icb: IntegratedCareBoard) -> None:
    if not can_plan(user, icb):
        raise PermissionDenied("An ICB's own managers set its targets and plan its beds.")


def can_set_leave(user: AnyUser) -> bool:
    """Whether people on leave count in occupancy is one answer for all of England."""
    return reach(user, {Role.ICB_MANAGER}).england


def check_can_set_leave(user: AnyUser) -> None:
    if not can_set_leave(user):
        raise PermissionDenied("Who plans for all of England says whether people on leave count.")


def own_icbs(user: AnyUser) -> frozenset[str]:
    """Codes of the ICBs that are the user's own, for marking them among all."""
    return reach(user, FIGURES).icbs


def can_see_stays(user: AnyUser, ward: Ward, *, at: dt.datetime | None = None) -> bool:
    """Bed, pathway and day n of each stay: who cares there, and who administers it.

    An ICB's managers get the breakdown instead: rows of a small ward could lead to a person.
    """
    return _covers(reach(user, SEEING_STAYS, at=at), ward)


def check_can_see_stays(user: AnyUser, ward: Ward) -> None:
    if not can_see_stays(user, ward):
        raise PermissionDenied("The stays behind a figure open for the ward's own staff only.")


def can_close_bed(user: AnyUser, ward: Ward) -> bool:
    """Who runs the ward today closes and opens its beds."""
    return _covers(reach(user, TREATING | {Role.ORGANISATION_ADMINISTRATOR}), ward)


def check_can_close_bed(user: AnyUser, ward: Ward) -> None:
    if not can_close_bed(user, ward):
        raise PermissionDenied("Only the ward's own staff close and open its beds.")


def can_change_beds(user: AnyUser, ward: Ward) -> bool:
    """How many beds there are is for those who answer for the ward."""
    return _covers(reach(user, MANAGING), ward)


def check_can_change_beds(user: AnyUser, ward: Ward) -> None:
    if not can_change_beds(user, ward):
        raise PermissionDenied("Ask the ward's lead or its organisation to change its beds.")


def can_set_hours(user: AnyUser, ward: Ward, *, at: dt.datetime | None = None) -> bool:
    """When the ward is staffed, and whom to call, is its lead's to say."""
    return _covers(reach(user, {Role.WARD_LEAD}, at=at), ward)


def check_can_set_hours(user: AnyUser, ward: Ward, *, at: dt.datetime | None = None) -> None:
    if not can_set_hours(user, ward, at=at):
        raise PermissionDenied("Only the ward's lead sets its hours.")


def can_tell_staffed(user: AnyUser, ward: Ward, *, at: dt.datetime | None = None) -> bool:
    """How many beds the team can staff is its lead's to say."""
    return _covers(reach(user, {Role.WARD_LEAD}, at=at), ward)


def check_can_tell_staffed(user: AnyUser, ward: Ward, *, at: dt.datetime | None = None) -> None:
    if not can_tell_staffed(user, ward, at=at):
        raise PermissionDenied("Only the ward's lead tells how many of its beds are staffed.")


def sees_small_numbers(user: AnyUser, *, ward: str = "", provider: str = "", icb: str = "") -> bool:
    """Deaths and personal characteristics of 1 to 7: who cares for that place's patients, and who
    administers it. For an ICB's managers they are hidden, on screen too."""
    return reach(user, SEEING_STAYS).covers(ward=ward, provider=provider, icb=icb)


def can_state_change(user: AnyUser, *, ward: str = "", provider: str = "", icb: str = "") -> bool:
    """Who answers for a place says when its figures begin anew."""
    return reach(user, MANAGING).covers(ward=ward, provider=provider, icb=icb)


def check_can_state_change(
    user: AnyUser, *, ward: str = "", provider: str = "", icb: str = ""
) -> None:
    if not can_state_change(user, ward=ward, provider=provider, icb=icb):
        raise PermissionDenied("Ask who answers for this place to state a change.")


# Returns


def can_see_returns(user: AnyUser) -> bool:
    """What providers return, as counts; whose, `returning_providers` says."""
    return has_role(user, SEEING_RETURNS)


def check_can_see_returns(user: AnyUser) -> None:
    if not can_see_returns(user):
        raise PermissionDenied("Returns are for those who send them, and for their ICB.")


def returning_providers(user: User) -> QuerySet[Provider]:
    """Providers of whose returns the user sees at least the lines of their own ICB."""
    return providers_within(user, SEEING_RETURNS)


def returned_icbs(user: AnyUser, provider: Provider) -> frozenset[str] | None:
    """Codes of the ICBs whose lines of this provider's return the user sees; None: of all."""
    who = reach(user, SEEING_RETURNS)
    return None if who.covers(provider=provider.code) else who.icbs


def can_answer_for_returns(user: AnyUser, provider: Provider) -> bool:
    """Prepares, signs and reopens; one person may do all three, and each is written down."""
    return reach(user, ANSWERING).covers(provider=provider.code)


def check_can_answer_for_returns(user: AnyUser, provider: Provider) -> None:
    if not can_answer_for_returns(user, provider):
        raise PermissionDenied("Only the provider's returns officer or administrator does that.")


def _covers(who: Reach, ward: Ward) -> bool:
    return who.covers(ward=ward.code, provider=ward.lead_provider.code, icb=ward.icb.code)
