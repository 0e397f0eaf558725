"""How one gets in, and how a screen left alone lets nobody else in."""

import datetime as dt
from collections.abc import Callable

import pytest
import time_machine
from allauth.mfa.totp.internal import auth as totp
from django.core import mail
from django.test import Client

from accounts.models import AuditEvent, User
from tests.caches import forget

SignedIn = Callable[[User], Client]
PASSWORD = "three ducks on one pond"
POLL = {"HX-Request": "true", "X-Poll": "1"}
START = dt.datetime(2026, 3, 2, 9, 0, tzinfo=dt.UTC)


@pytest.fixture
def nurse(ward_nurse: User) -> User:
    ward_nurse.set_password(PASSWORD)
    ward_nurse.save()
    return ward_nurse


def sign_in(client: Client, login: str, password: str = PASSWORD):
    return client.post("/accounts/login/", {"login": login, "password": password})


def is_in(client: Client) -> bool:
    return client.get("/accounts/profile/").status_code == 200


def test_a_stranger_at_the_door_gets_a_form_with_login_and_password(client: Client, db: None):
    answer = client.get("/", follow=True)
    assert answer.redirect_chain == [("/accounts/login/?next=/", 302)]
    page = answer.content.decode()
    assert 'name="login"' in page
    assert 'name="password"' in page


@pytest.mark.parametrize("login", ["nurse", "nurse@example.nhs.uk", "NURSE@EXAMPLE.NHS.UK"])
def test_one_signs_in_by_username_or_address(client: Client, nurse: User, login: str):
    assert sign_in(client, login).status_code == 302
    assert is_in(client)
    assert AuditEvent.objects.filter(verb="signed-in", by=nurse).count() == 1


def test_a_wrong_password_and_an_unknown_name_get_the_same_words(client: Client, nurse: User):
    wrong = sign_in(client, "nurse", "wrong").context["form"].errors
    unknown = sign_in(client, "nobody", "wrong").context["form"].errors
    assert wrong == unknown
    assert not is_in(client)


def test_guessing_is_stopped_after_five_tries(client: Client, nurse: User):
    for _ in range(5):
        sign_in(client, "nurse", "guess")
    assert sign_in(client, "nurse").status_code != 302
    assert not is_in(client)


def test_signing_out_is_written_down(client: Client, nurse: User):
    sign_in(client, "nurse")
    client.post("/accounts/logout/")
    assert not is_in(client)
    assert AuditEvent.objects.filter(verb="signed-out", by=nurse).exists()


def test_nobody_signs_up_by_themselves(client: Client, db: None):
    typed = {"username": "me", "email": "me@example.com", "password1": PASSWORD}
    client.post("/accounts/signup/", {**typed, "password2": PASSWORD})
    assert not User.objects.filter(username="me").exists()


def test_asking_for_a_new_password_does_not_tell_who_exists(nurse: User):
    known = Client().post("/accounts/password/reset/", {"email": nurse.email})
    unknown = Client().post("/accounts/password/reset/", {"email": "who@example.com"})
    assert known.status_code == unknown.status_code == 302
    assert known["Location"] == unknown["Location"]
    assert [sent.to for sent in mail.outbox] == [[nurse.email], ["who@example.com"]]


def test_a_new_password_ends_the_other_sessions(nurse: User):
    here, elsewhere = Client(), Client()
    sign_in(here, "nurse")
    sign_in(elsewhere, "nurse")
    new = "four geese on two ponds"
    typed = {"oldpassword": PASSWORD, "password1": new, "password2": new}
    assert here.post("/accounts/password/change/", typed).status_code == 302
    assert is_in(here)
    assert not is_in(elsewhere)
    assert AuditEvent.objects.filter(verb="password-set", by=nurse).exists()


@pytest.mark.parametrize("weak", ["short", "password1234", "nurse@example.nhs.uk"])
def test_a_weak_password_is_refused(client: Client, nurse: User, weak: str):
    sign_in(client, "nurse")
    typed = {"oldpassword": PASSWORD, "password1": weak, "password2": weak}
    assert client.post("/accounts/password/change/", typed).status_code == 200
    nurse.refresh_from_db()
    assert nurse.check_password(PASSWORD)


def test_without_a_second_factor_one_gets_no_further_than_setting_it_up(
    settings, ward_nurse: User, signed_in: SignedIn
):
    settings.MFA_REQUIRED = True
    browser = signed_in(ward_nurse)
    assert browser.get("/accounts/profile/")["Location"] == "/accounts/2fa/totp/activate/"
    assert browser.post("/accounts/logout/").status_code == 302


def code_for(secret: str) -> str:
    counter = next(totp.yield_hotp_counters_from_time())
    return str(totp.format_hotp_value(totp.hotp_value(secret, counter)))


def test_a_second_factor_is_set_up_and_from_then_on_asked_for(
    settings, client: Client, nurse: User
):
    settings.MFA_REQUIRED = True
    sign_in(client, "nurse")
    page = client.get("/", follow=True)
    assert page.request["PATH_INFO"] == "/accounts/2fa/totp/activate/"
    secret = client.session[totp.SECRET_SESSION_KEY]
    client.post("/accounts/2fa/totp/activate/", {"code": code_for(secret)})
    assert is_in(client)

    forget()  # each code is good for one use
    again = Client()
    sign_in(again, "nurse")
    assert not is_in(again)
    again.post("/accounts/2fa/authenticate/", {"code": code_for(secret)})
    assert is_in(again)


def test_the_database_holds_no_second_factor_in_the_clear(settings, nurse: User):
    secret = totp.generate_totp_secret()
    kept = totp.TOTP.activate(nurse, secret).instance
    assert secret not in str(kept.data)
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "a new one", [settings.SECRET_KEY]
    assert totp.TOTP(kept).validate_code(code_for(secret))


def test_a_second_factor_long_after_signing_in_asks_for_the_password_again(
    client: Client, nurse: User
):
    with time_machine.travel(START, tick=False) as clock:
        sign_in(client, "nurse")
        clock.shift(dt.timedelta(minutes=6))
        answer = client.get("/accounts/2fa/totp/activate/")
    assert answer["Location"].startswith("/accounts/reauthenticate/")


def test_the_second_factor_is_asked_for_at_signing_in(settings, client: Client, nurse: User):
    settings.MFA_REQUIRED = True
    totp.TOTP.activate(nurse, totp.generate_totp_secret())
    assert sign_in(client, "nurse")["Location"] == "/accounts/2fa/authenticate/"
    assert not is_in(client)


def test_a_session_without_a_second_factor_opens_no_api(
    settings, ward_nurse: User, rf, signed_in: SignedIn
):
    from rest_framework.exceptions import PermissionDenied
    from rest_framework.request import Request

    from accounts.authentication import SessionAuthentication

    request = rf.get("/api/v1/")
    request.user = ward_nurse
    assert SessionAuthentication().authenticate(Request(request)) == (ward_nurse, None)
    settings.MFA_REQUIRED = True
    with pytest.raises(PermissionDenied):
        SessionAuthentication().authenticate(Request(request))


def test_a_screen_left_alone_signs_itself_out(ward_nurse: User, signed_in: SignedIn):
    browser = signed_in(ward_nurse)
    with time_machine.travel(START, tick=False) as clock:
        assert is_in(browser)
        clock.shift(dt.timedelta(minutes=29))
        assert is_in(browser)
        clock.shift(dt.timedelta(minutes=29))
        assert is_in(browser)
        clock.shift(dt.timedelta(minutes=31))
        assert not is_in(browser)
    assert AuditEvent.objects.get(verb="signed-out").detail == {"why": "left alone"}


def test_who_is_made_inactive_is_signed_in_no_longer(ward_nurse: User, signed_in: SignedIn):
    browser = signed_in(ward_nurse)
    assert is_in(browser)
    User.objects.filter(pk=ward_nurse.pk).update(is_active=False)
    assert not is_in(browser)


def test_polls_keep_no_session_alive(ward_nurse: User, signed_in: SignedIn):
    browser = signed_in(ward_nurse)
    with time_machine.travel(START, tick=False) as clock:
        assert is_in(browser)
        answers = []
        for _ in range(3):
            clock.shift(dt.timedelta(minutes=10, seconds=1))
            answers.append(browser.get("/accounts/profile/", headers=POLL).status_code)
    assert answers == [200, 200, 401]


def test_a_fragment_for_a_stranger_leads_the_whole_page_to_the_form_and_back(
    client: Client, db: None
):
    headers = {**POLL, "HX-Current-URL": "http://testserver/accounts/people/?page=2"}
    answer = client.get("/accounts/profile/", headers=headers)
    assert answer.status_code == 401
    assert answer["HX-Redirect"] == "/accounts/login/?next=%2Faccounts%2Fpeople%2F"


def test_no_cache_keeps_a_page_of_somebody_signed_in(ward_nurse: User, signed_in: SignedIn):
    answer = signed_in(ward_nurse).get("/accounts/profile/")
    assert answer["Cache-Control"] == "no-store, private"
    assert {"Cookie", "HX-Request"} <= {name.strip() for name in answer["Vary"].split(",")}


def test_the_audit_knows_the_address_it_came_from(client: Client, nurse: User):
    client.post(
        "/accounts/login/",
        {"login": "nurse", "password": PASSWORD},
        REMOTE_ADDR="192.0.2.7",
    )
    assert AuditEvent.objects.get(verb="signed-in").from_address == "192.0.2.7"


def test_one_signs_in_while_redis_is_down(client: Client, nurse: User, settings):
    dead = {"BACKEND": "lib.caches.ForgivingRedisCache", "LOCATION": "redis://127.0.0.1:1/0"}
    settings.CACHES = {"default": dead}
    sign_in(client, "nurse")
    assert is_in(client)
