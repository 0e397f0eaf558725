"""Who the users are, what they may do and where, and what they looked at and changed."""

from accounts.models.audit import AuditEvent, Look
from accounts.models.people import Membership, Scope, User

__all__ = ["AuditEvent", "Look", "Membership", "Scope", "User"]
