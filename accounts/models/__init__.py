"""Who the users are, what they may do and where, and what they looked at and changed."""

from accounts.models.audit import AuditEvent, Look
from accounts.models.people import Membership, User
from accounts.roles import Scope

__all__ = ["AuditEvent", "Look", "Membership", "Scope", "User"]
