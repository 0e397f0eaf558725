"""The pages of accounts."""

from accounts.views.audit import audit_list
from accounts.views.home import home
from accounts.views.people import (
    invitation_send,
    membership_end,
    membership_grant,
    people_list,
    person_invite,
    person_show,
)
from accounts.views.profiles import own_email, profile_show

__all__ = [
    "audit_list",
    "home",
    "invitation_send",
    "membership_end",
    "membership_grant",
    "own_email",
    "people_list",
    "person_invite",
    "person_show",
    "profile_show",
]
