"""Keys: shown once, replaced, revoked, by administrators of an organisation that is served."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from observations.draining import drain
from observations.intake import inbox
from observations.models import DeviceKey, GatewayProvider, Inbox
from tests.capacity.factories import make_provider, make_ward
from tests.observations.factories import make_gateway, make_key, post

pytestmark = pytest.mark.django_db


@pytest.fixture
def gateway():
    make_ward()
    return make_gateway(make_provider(), name="North")


@pytest.fixture
def admin(signed_in, org_admin):
    return signed_in(org_admin)


def text(answer):
    return " ".join(answer.content.decode().split())


def secret_on(answer):
    return answer.context["shown"].secret


def test_a_key_is_shown_once_works_and_is_kept_by_nobody(admin, gateway):
    answer = admin.post(reverse("observations:key-issue", args=[gateway.pk]))
    secret = secret_on(answer)
    assert secret in text(answer)
    assert "no-store" in answer["Cache-Control"]
    assert post(secret, []).status_code == 202
    assert secret not in text(admin.get(reverse("observations:gateway-list")))


def test_a_replaced_key_holds_for_a_week_beside_the_new_one(admin, gateway):
    old = make_key(gateway)
    key = DeviceKey.objects.get()
    fresh = secret_on(admin.post(reverse("observations:key-rotate", args=[key.pk])))
    assert [post(one, []).status_code for one in (old, fresh)] == [202, 202]
    key.refresh_from_db()
    assert key.expires_at is not None
    assert key.expires_at - timezone.now() < dt.timedelta(days=7)


def test_a_key_that_has_been_replaced_is_not_replaced_again(admin, gateway):
    """A second successor would end with the old key, and nobody would know why."""
    make_key(gateway)
    address = reverse("observations:key-rotate", args=[DeviceKey.objects.get().pk])
    assert f'action="{address}"' in text(admin.get(reverse("observations:gateway-list")))
    admin.post(address)
    answer = admin.post(address, follow=True)
    assert "This key has been replaced already" in text(answer)
    assert f'action="{address}"' not in text(answer)
    assert "Replaced. Valid until" in text(answer)
    assert DeviceKey.objects.count() == 2
    assert DeviceKey.objects.filter(expires_at=None).count() == 1


def test_a_key_that_ended_is_not_replaced(admin, gateway):
    make_key(gateway, expires_at=timezone.now() - dt.timedelta(hours=1))
    address = reverse("observations:key-rotate", args=[DeviceKey.objects.get().pk])
    assert "This key is no longer valid" in text(admin.post(address, follow=True))
    assert DeviceKey.objects.count() == 1


def test_a_successor_lasts_no_longer_than_the_key_was_meant_to(admin, gateway):
    ends = timezone.now() + dt.timedelta(days=60)
    make_key(gateway, expires_at=ends)
    admin.post(reverse("observations:key-rotate", args=[DeviceKey.objects.get().pk]))
    old, fresh = DeviceKey.objects.order_by("pk")
    assert old.expires_at is not None
    assert old.expires_at < timezone.now() + dt.timedelta(days=7)
    assert fresh.expires_at == ends


def test_when_a_key_was_last_used_is_shown(admin, gateway):
    inbox.accept(key=make_key(gateway), body=b'{"readings": []}')
    page = reverse("observations:gateway-list")
    assert "never" in text(admin.get(page))
    drain.drain_all()
    assert "never</td>" not in text(admin.get(page))


def test_a_revoked_key_opens_nothing_from_then_on(admin, gateway):
    secret = make_key(gateway)
    key = DeviceKey.objects.get()
    address = reverse("observations:key-revoke", args=[key.pk])
    assert admin.post(address).status_code == 302
    assert post(secret, []).status_code == 401
    assert admin.post(address).status_code == 404
    assert "Revoked" in text(admin.get(reverse("observations:gateway-list")))


def test_revoking_is_asked_for_by_name_on_a_page_of_its_own(admin, gateway):
    """A slip would cut off every patient behind the gateway."""
    secret = make_key(gateway)
    key = DeviceKey.objects.get()
    address = reverse("observations:key-revoke", args=[key.pk])
    page = text(admin.get(address))
    assert f"Revoke vw_{key.prefix}_… of North" in page
    assert "No patient reports through it." in page
    assert "It is the gateway’s only valid key." in page
    assert post(secret, []).status_code == 202
    assert f'action="{address}"' not in text(admin.get(reverse("observations:gateway-list")))


def test_before_revoking_one_sees_which_other_keys_are_valid(admin, gateway):
    for _ in range(2):
        make_key(gateway)
    make_key(gateway, expires_at=timezone.now() - dt.timedelta(hours=1))
    key, other, ended = DeviceKey.objects.order_by("pk")
    page = text(admin.get(reverse("observations:key-revoke", args=[key.pk])))
    assert f"sends with vw_{other.prefix}_… instead." in page
    assert ended.prefix not in page


def test_a_successor_that_nobody_uses_is_told_until_it_is_used(admin, gateway):
    """In a week the old key ends, and the readings with it."""
    make_key(gateway)
    fresh = secret_on(
        admin.post(reverse("observations:key-rotate", args=[DeviceKey.objects.get().pk]))
    )
    page = reverse("observations:gateway-list")
    assert "has not been used yet" in text(admin.get(page))
    inbox.accept(key=fresh, body=b'{"readings": []}')
    drain.drain_all()
    assert "has not been used yet" not in text(admin.get(page))


def test_a_gateway_that_needs_somebody_stands_first(admin, gateway):
    make_key(gateway)
    make_gateway(gateway.allowed.get().provider, name="Zealous without a key")
    answer = admin.get(reverse("observations:gateway-list"))
    names = [one.gateway.name for one in answer.context["gateways"]]
    assert names == ["Zealous without a key", "North"]
    assert "No key is valid: nothing can come in" in text(answer)


@pytest.mark.parametrize("verb", ["key-rotate", "key-revoke", "key-issue"])
def test_a_gateway_of_others_is_not_found(admin, gateway, verb):
    GatewayProvider.objects.update(provider=make_provider("RYG", name="Elsewhere Trust"))
    make_key(gateway)
    pk = gateway.pk if verb == "key-issue" else DeviceKey.objects.get().pk
    assert admin.post(reverse(f"observations:{verb}", args=[pk])).status_code == 404
    assert "North" not in text(admin.get(reverse("observations:gateway-list")))


def test_an_organisation_that_is_served_no_more_manages_no_key(admin, gateway):
    yesterday = timezone.localdate() - dt.timedelta(days=1)
    GatewayProvider.objects.update(ends=yesterday)
    assert admin.post(reverse("observations:key-issue", args=[gateway.pk])).status_code == 404


def test_a_wrong_clock_and_parked_uploads_are_told(admin, gateway):
    gateway.clock_offset = 7200
    gateway.save()
    inbox.accept(key=make_key(gateway), body=b'{"readings": []}')
    Inbox.objects.update(parked_at=timezone.now())
    page = text(admin.get(reverse("observations:gateway-list")))
    assert "Its clock is 2 h ahead" in page
    assert "1 upload could not be read and waits" in page


def test_an_administrator_says_how_long_a_gateway_may_be_silent(admin, gateway):
    address = reverse("observations:gateway-watch", args=[gateway.pk])
    assert 'value="30"' in text(admin.get(address))
    for wrong in ("", "soon", "-1", "1441"):
        assert admin.post(address, {"quiet_minutes": wrong}).status_code == 422
    assert admin.post(address, {"quiet_minutes": "45"}).status_code == 302
    gateway.refresh_from_db()
    assert gateway.quiet_minutes == 45


def test_a_gateway_that_is_down_says_since_when_and_may_be_let_be(admin, gateway):
    hour = dt.timedelta(hours=1)
    now = timezone.now()
    told = {"last_heard_at": now - hour, "beat_at": now - hour, "down_since": now - hour}
    type(gateway).objects.update(**told)
    page = text(admin.get(reverse("observations:gateway-list")))
    assert "Down since " in page
    assert "Counts as down after 30 minutes without a word" in page
    address = reverse("observations:gateway-watch", args=[gateway.pk])
    admin.post(address, {"quiet_minutes": "0"})
    gateway.refresh_from_db()
    assert (gateway.down_since, gateway.down_at) == (None, None)
    assert "Down since " not in text(admin.get(reverse("observations:gateway-list")))
