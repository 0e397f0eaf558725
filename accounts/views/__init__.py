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
from accounts.views.profile import profile

__all__ = [
    "audit_list",
    "home",
    "invitation_send",
    "membership_end",
    "membership_grant",
    "people_list",
    "person_invite",
    "person_show",
    "profile",
]
