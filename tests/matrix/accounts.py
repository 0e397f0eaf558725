"""Who may open the pages of accounts, and what allauth and the wiring answer themselves."""

import pytest
from django.urls import resolve

from accounts.invitations import set_password_path
from accounts.models import Membership, User
from tests.cast import EVERYBODY
from tests.matrix.rows import OPEN, Elsewhere, Row

ADMINISTRATORS = {"org_admin"}

ROWS = [
    Row("accounts:home", allowed=EVERYBODY),
    Row("accounts:profile-show", allowed=EVERYBODY),
    Row("accounts:people-list", allowed=ADMINISTRATORS),
    Row("accounts:person-invite", allowed=ADMINISTRATORS),
    Row("accounts:person-show", allowed=ADMINISTRATORS, kwargs="colleague"),
    Row("accounts:membership-grant", allowed=ADMINISTRATORS, kwargs="colleague", method="post"),
    Row("accounts:invitation-send", allowed=ADMINISTRATORS, kwargs="colleague", method="post"),
    Row(
        "accounts:membership-end", allowed=ADMINISTRATORS, kwargs="role_of_colleague", method="post"
    ),
    Row("accounts:audit-list", allowed={"auditor"}),
    Row("accounts:email-vouched-for", allowed=EVERYBODY),
    # How one gets in: open to everybody. allauth answers any verb by leading elsewhere.
    *(
        Row(name, allowed=EVERYBODY, stranger=OPEN, wrong_verb="")
        for name in (
            "account_login",
            "account_signup",
            "account_reset_password",
            "account_reset_password_done",
            "account_reset_password_from_key_done",
            "account_inactive",
            "account_email_verification_sent",
        )
    ),
    Row(
        "account_reset_password_from_key",
        allowed=EVERYBODY,
        stranger=OPEN,
        kwargs="key_in_an_email",
        wrong_verb="",
    ),
    # allauth's pages about one's own account and half-done sign-ins: nobody else's.
    *(
        Row(name, allowed=EVERYBODY, wrong_verb="")
        for name in (
            "account_email",
            "account_logout",
            "account_change_password",
            "account_set_password",
            "account_confirm_login_code",
            "mfa_index",
            "mfa_authenticate",
            "mfa_activate_totp",
            "usersessions_list",
        )
    ),
    # They ask again for a password or a code, and nobody of the cast has either.
    Row("account_reauthenticate"),
    Row("mfa_reauthenticate"),
    # They ask for a second factor that nobody of the cast has set up.
    *(
        Row(name, allowed=EVERYBODY, wrong_verb="", through=(200, 302, 404))
        for name in (
            "mfa_deactivate_totp",
            "mfa_view_recovery_codes",
            "mfa_generate_recovery_codes",
            "mfa_download_recovery_codes",
        )
    ),
    Elsewhere("account_confirm_email", "no address is ever sent such a link; it answers 404"),
    # The wiring.
    Row("api:schema", allowed=EVERYBODY, stranger=OPEN),
    Elsewhere("livez", "a probe; tests/vwards"),
    Elsewhere("readyz", "a probe; tests/vwards"),
    Elsewhere("metrics", "guarded by address or token; tests/vwards"),
]


@pytest.fixture
def colleague(ward_lead: User) -> dict[str, int]:
    return {"pk": ward_lead.pk}


@pytest.fixture
def role_of_colleague(ward_lead: User) -> dict[str, int]:
    return {"pk": Membership.objects.of(ward_lead).get().pk}


@pytest.fixture
def key_in_an_email(ward_lead: User) -> dict[str, str]:
    return resolve(set_password_path(ward_lead)).kwargs
