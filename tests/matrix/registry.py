"""Gathers the rows of all apps, and the addresses that the project really has."""

from collections.abc import Iterator
from importlib import import_module
from pkgutil import iter_modules

from django.urls import URLPattern, URLResolver, get_resolver

import tests.matrix as package
from tests.matrix.rows import Elsewhere, Row

NOT_AN_APP = {"rows", "registry"}


def modules() -> list[str]:
    found = (module.name for module in iter_modules(package.__path__))
    return sorted(f"{package.__name__}.{name}" for name in found if name not in NOT_AN_APP)


def entries() -> list[Row | Elsewhere]:
    return [row for name in modules() for row in import_module(name).ROWS]


def rows() -> list[Row]:
    return [row for row in entries() if isinstance(row, Row)]


def addresses() -> set[str]:
    """Every address by its full name; one without a name by its route, which a row can't match."""
    return set(_walk(get_resolver(), ""))


def _walk(resolver: URLResolver, namespace: str) -> Iterator[str]:
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLPattern):
            yield f"{namespace}{pattern.name}" if pattern.name else str(pattern.pattern)
        else:
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from _walk(pattern, inner)


# pytest reads this when it loads the module as a plugin: the apps' fixtures come with it.
pytest_plugins = modules()
