"""Every address of the project says who may open it, and the answer is held to it."""

from collections.abc import Callable

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from accounts.models import User
from tests.cast import EVERYBODY
from tests.matrix.registry import addresses, entries, rows
from tests.matrix.rows import OPEN, SIGN_IN, Row

SignedIn = Callable[[User], Client]
each_row = pytest.mark.parametrize("row", rows(), ids=lambda row: f"{row.method} {row.name}")


def test_every_address_says_who_may_open_it():
    assert addresses() - {entry.name for entry in entries()} == set()


def test_no_row_speaks_of_an_address_that_is_gone():
    assert {entry.name for entry in entries()} - addresses() == set()


def test_every_row_names_people_of_the_cast():
    named = {name for row in rows() for name in {*row.allowed, *row.refusals}}
    assert named <= EVERYBODY


@each_row
def test_who_gets_through(row: Row, request: pytest.FixtureRequest, signed_in: SignedIn):
    address = _address(row, request)
    members = {name: request.getfixturevalue(name) for name in sorted(EVERYBODY)}
    got = {name: _ask(signed_in(user), row, address) for name, user in members.items()}
    wrong = {name: answer for name, answer in got.items() if not _as_said(row, name, answer)}
    assert wrong == {}


@each_row
def test_a_stranger_gets_the_sign_in_form_or_401(row: Row, request: pytest.FixtureRequest, db):
    answer = _ask(Client(), row, _address(row, request))
    if row.stranger == OPEN:
        assert answer in row.through
    elif row.stranger == SIGN_IN:
        assert answer == SIGN_IN
    else:
        assert answer == row.stranger


@pytest.mark.parametrize(
    "row", [row for row in rows() if row.allowed and row.wrong_verb], ids=lambda row: row.name
)
def test_the_wrong_verb_is_told_so(row: Row, request: pytest.FixtureRequest, signed_in: SignedIn):
    somebody = request.getfixturevalue(sorted(row.allowed)[0])
    answer = signed_in(somebody).generic(row.wrong_verb.upper(), _address(row, request))
    assert answer.status_code == 405


def _address(row: Row, request: pytest.FixtureRequest) -> str:
    return reverse(row.name, kwargs=request.getfixturevalue(row.kwargs) if row.kwargs else None)


def _ask(browser: Client, row: Row, address: str) -> int | str:
    """What is answered, with whatever it changed taken back."""
    send = getattr(browser, row.method)
    kind = {"content_type": "application/json"} if row.json else {}
    with transaction.atomic():
        answer: HttpResponse = send(address, row.data, **kind)
        transaction.set_rollback(True)
    to_sign_in = answer.status_code == 302 and answer["Location"].startswith("/accounts/login/")
    return SIGN_IN if to_sign_in else answer.status_code


def _as_said(row: Row, name: str, answer: int | str) -> bool:
    if name in row.allowed:
        return answer in row.through
    return answer == row.refusals.get(name, row.otherwise)
