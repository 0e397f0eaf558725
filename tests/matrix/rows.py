"""What a line of the permissions matrix says about one address.

An app's own `tests/matrix/<app>.py` exports ROWS and the fixtures that its addresses need:

    ROWS = [
        Row("rounds:ward-board", allowed={"ward_nurse", "read_only"}, kwargs="ward_code",
            otherwise=404),
        Row("patients:admission-discharge", allowed={"ward_nurse"}, kwargs="admission_pk",
            method="post", refusals={"read_only": 403}, otherwise=404),
        Row("observations:reading-list", allowed=set(), stranger=UNAUTHORISED, otherwise=401,
            why="opened by a device's key, not by a session"),
    ]

    @pytest.fixture
    def ward_code(ward):
        return {"code": ward.code}
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

SIGN_IN = "the sign-in form"
UNAUTHORISED = 401
OPEN = "open to everybody"


@dataclass(frozen=True)
class Row:
    name: str
    # Fixtures of tests/cast.py; everybody else is refused with `otherwise`, or as `refusals` says.
    allowed: Collection[str] = frozenset()
    otherwise: int = 403
    refusals: Mapping[str, int] = field(default_factory=dict)
    kwargs: str = ""  # a fixture that returns the address's keyword arguments
    method: str = "get"
    data: Mapping[str, Any] = field(default_factory=dict)
    json: bool = False
    through: Collection[int] = (200, 201, 202, 204, 302, 304)
    stranger: str | int = SIGN_IN
    wrong_verb: str = "delete"
    why: str = ""


@dataclass(frozen=True)
class Elsewhere:
    """An address whose permissions are not ours to ask here: by whom, or where, they are."""

    name: str
    why: str


# What most clinical pages say.

TREATING = {"ward_nurse", "ward_lead", "ward_doctor", "out_of_hours"}
CARING = TREATING | {"read_only"}
CLINICAL = CARING | {"other_nurse"}
# 422: the form comes back and says what is missing, to whoever may send it.
SENT = (200, 302, 422)


def changes(name: str, kwargs: str, method: str = "get") -> Row:
    """Care is changed by those who treat; read only is told no, all others that nobody is there."""
    return Row(
        name,
        allowed=TREATING,
        refusals={"read_only": 403},
        otherwise=404,
        kwargs=kwargs,
        method=method,
        through=SENT,
    )
