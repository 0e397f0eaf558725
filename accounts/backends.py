"""Who is behind a session: signing in is allauth's, reading who it was is done at once."""

from __future__ import annotations

from allauth.account.auth_backends import AuthenticationBackend

from accounts.models import User
from accounts.policies import with_memberships


class StaffBackend(AuthenticationBackend):
    """By username or address; each request of theirs reads user and memberships together."""

    def get_user(self, user_id: int) -> User | None:
        user = with_memberships(user_id)
        return user if user is not None and self.user_can_authenticate(user) else None
