"""Ids that sort by time."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from lib.ids import moment_of, uuid7, uuid7_at

moments = st.datetimes(datetime(1970, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))


def test_an_id_is_of_version_seven_and_made_now():
    before = datetime.now(UTC) - timedelta(milliseconds=1)
    made = uuid7()
    assert made.version == 7
    assert made.variant == "specified in RFC 4122"
    assert before <= moment_of(made) <= datetime.now(UTC)


def test_ids_made_in_one_microsecond_differ():
    assert len({uuid7_at(datetime(2024, 1, 1, tzinfo=UTC)) for _ in range(1000)}) == 1000


@given(at=moments, later=st.timedeltas(timedelta(microseconds=1), timedelta(days=400)))
def test_a_later_moment_gives_a_greater_id(at, later):
    assert uuid7_at(at) < uuid7_at(at + later)


@given(at=moments)
def test_an_id_tells_its_millisecond(at):
    assert moment_of(uuid7_at(at)) == at.replace(microsecond=at.microsecond // 1000 * 1000)
