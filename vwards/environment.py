"""Reads settings from the environment, and says in one line what is wrong with one."""

import os
from collections.abc import Callable
from datetime import date
from typing import TypeVar
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

T = TypeVar("T")
YES = {"1", "true", "yes", "on"}
NO = {"0", "false", "no", "off", ""}
POSTGRES_SCHEMES = {"postgres", "postgresql"}
# A database whose machine has gone without a word is given up after seconds, not after two hours.
PATIENCE = {
    "connect_timeout": "5",
    "keepalives_idle": "15",
    "keepalives_interval": "5",
    "keepalives_count": "3",
    "tcp_user_timeout": "30000",
}


def text(name: str, default: str | None = None) -> str:
    """The variable, stripped; without a default it must be set."""
    value = os.environ.get(name, "").strip()
    if value:
        return value
    if default is None:
        raise ImproperlyConfigured(f"{name} is not set in the environment.")
    return default


def flag(name: str, *, default: bool) -> bool:
    value = os.environ.get(name)
    if value is None:
        return default
    if value.strip().lower() in YES:
        return True
    if value.strip().lower() in NO:
        return False
    raise ImproperlyConfigured(f"{name} must be 1 or 0, not {value!r}.")


def whole(name: str, *, default: int) -> int:
    return _parsed(name, int, default, "a whole number")


def friday(name: str, *, default: str) -> date:
    """A date, written 2023-12-29, that must be a Friday."""
    day = _parsed(name, date.fromisoformat, date.fromisoformat(default), "a date")
    if day.isoweekday() != 5:
        raise ImproperlyConfigured(f"{name} must be a Friday, and {day} is none.")
    return day


def listed(name: str, default: str = "") -> list[str]:
    """A list parted by commas."""
    return [part.strip() for part in text(name, default).split(",") if part.strip()]


def database(name: str, default: str | None = None) -> dict[str, object]:
    """Django's settings for `postgresql://user:password@host:port/name?option=value`."""
    parts = urlsplit(text(name, default))
    if parts.scheme not in POSTGRES_SCHEMES or not parts.path.strip("/"):
        raise ImproperlyConfigured(f"{name} must look like postgresql://user:password@host/name.")
    return {
        "ENGINE": "lib.postgres",
        "NAME": unquote(parts.path.strip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or ""),
        "PORT": _port(name, parts),
        "OPTIONS": {**PATIENCE, **dict(parse_qsl(parts.query))},
    }


def redis_url(name: str, default: str | None = None) -> str:
    value = text(name, default)
    if not value.startswith(("redis://", "rediss://", "unix://")):
        raise ImproperlyConfigured(f"{name} must look like redis://host:6379/0.")
    return value


def _port(name: str, parts: SplitResult) -> str:
    try:
        return str(parts.port or "")
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} has a port that is no number.") from error


def _parsed(name: str, parse: Callable[[str], T], default: T, wanted: str) -> T:
    value = os.environ.get(name, "").strip()
    if not value:
        return default
    try:
        return parse(value)
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} must be {wanted}, not {value!r}.") from error
