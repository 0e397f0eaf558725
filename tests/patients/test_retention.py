"""How long a record is kept: Records Management Code of Practice 2021, Appendix II."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patients.retention import kept_until

DAY = dt.date


@pytest.mark.parametrize(
    ("born", "last_seen", "until"),
    [
        pytest.param(DAY(1940, 3, 2), DAY(2026, 11, 21), DAY(2034, 11, 21), id="adult: 8 years"),
        pytest.param(DAY(2008, 11, 21), DAY(2026, 11, 21), DAY(2034, 11, 21), id="18 that day"),
        pytest.param(DAY(2008, 11, 22), DAY(2026, 11, 21), DAY(2034, 11, 22), id="17: until 26"),
        pytest.param(DAY(2010, 5, 1), DAY(2026, 11, 21), DAY(2035, 5, 1), id="16: until 25"),
        pytest.param(DAY(2026, 1, 1), DAY(2026, 11, 21), DAY(2051, 1, 1), id="a baby: until 25"),
        pytest.param(DAY(1940, 1, 1), DAY(2024, 2, 29), DAY(2032, 2, 29), id="a leap day"),
        pytest.param(DAY(2020, 2, 29), DAY(2030, 1, 1), DAY(2045, 3, 1), id="born on a leap day"),
    ],
)
def test_kept_until(born, last_seen, until):
    assert kept_until(born=born, last_seen=last_seen) == until


@given(born=st.dates(DAY(1900, 1, 1), DAY(2100, 1, 1)), lived=st.integers(0, 40_000))
def test_nobodys_record_is_kept_less_than_eight_years(born, lived):
    last_seen = born + dt.timedelta(days=lived)
    assert (kept_until(born=born, last_seen=last_seen) - last_seen).days >= 8 * 365 + 1
