"""Logs as events: one line each, with a request id, JSON where a machine reads them."""

from traceback import TracebackException
from types import TracebackType
from typing import Any, Final

import django.db
import psycopg2
import structlog

Info = tuple[type[BaseException], BaseException, TracebackType | None]
# Classes of SQLSTATE: a value that is none, a row that breaks a rule.
_ABOUT_DATA: Final = ("22", "23")
SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]


def without_starts(_logger: Any, _name: str, event: Any) -> Any:
    """A request that finished says all that one which started could."""
    if event.get("event") == "request_started":
        raise structlog.DropEvent
    return event


def without_query(_logger: Any, _name: str, event: Any) -> Any:
    """Who is looked for by name or NHS number stands behind the question mark."""
    request = event.get("request")
    if isinstance(request, str):
        event["request"] = request.partition("?")[0]
    return event


def exception_text(exc_info: Info) -> str:
    """A traceback without the rows that PostgreSQL quotes in its messages."""
    told = TracebackException(*exc_info)
    _unquote(told, exc_info[1])
    return "".join(told.format())


def _unquote(told: TracebackException | None, error: BaseException | None) -> None:
    if told is None or error is None:
        return
    refused = error.__cause__ if isinstance(error, django.db.Error) else error
    if isinstance(refused, psycopg2.Error) and refused.pgcode:
        told._str = _refusal(refused)  # type: ignore[attr-defined]  # has no public name
    _unquote(told.__cause__, error.__cause__)
    _unquote(told.__context__, error.__context__)


def _refusal(error: psycopg2.Error) -> str:
    """Its code, and the first line of what it says unless that is about a value or a row."""
    code, said = error.pgcode or "", error.diag
    about_data = code[:2] in _ABOUT_DATA
    return f"{code} {said.constraint_name or '' if about_data else said.message_primary}".strip()


def logging_config(*, level: str, as_json: bool) -> dict[str, Any]:
    renderer: Any = (
        structlog.processors.JSONRenderer()
        if as_json
        else structlog.dev.ConsoleRenderer(colors=False)
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "events": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": SHARED,
                "processors": [
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    structlog.processors.ExceptionRenderer(exception_text),
                    renderer,
                ],
            }
        },
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "events"}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            # One line a request is enough; django_structlog writes it.
            "django.server": {"level": "WARNING"},
            # The schedule sends several tasks a second: only what goes wrong with one is news.
            "celery.app.trace": {"level": "WARNING"},
            "celery.beat": {"level": "WARNING"},
            "celery.worker.strategy": {"level": "WARNING"},
            "django_structlog": {"level": level},
        },
    }


def configure_structlog() -> None:
    structlog.configure(
        processors=[
            without_starts,
            without_query,
            *SHARED,
            structlog.processors.StackInfoRenderer(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
