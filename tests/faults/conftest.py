"""One house for all faults: a running one costs seconds, and each test leaves it in order."""

from collections.abc import Iterator

import pytest

from tests.faults import house as houses
from tests.faults.calm import Calm
from tests.faults.house import House
from tests.faults.ledger import Ledger
from tests.faults.load import Load


@pytest.fixture(scope="session")
def _built() -> Iterator[House]:
    built = houses.build()
    try:
        built.open()
        yield built
    finally:
        built.close()


@pytest.fixture(scope="session")
def _books(_built: House) -> Iterator[Ledger]:
    calm = Calm.beside(_built)
    yield Ledger(_built, calm)
    calm.close()


@pytest.fixture
def house(_built: House) -> House:
    """All of it runs."""
    _built.start_all()
    return _built


@pytest.fixture
def ledger(house: House, _books: Ledger) -> Ledger:
    return _books


@pytest.fixture
def load(house: House, long_form: bool) -> Load:
    """Not yet running."""
    return Load(house, senders=4, pause=0.005, enough=5000) if long_form else Load(house)


@pytest.fixture
def times(long_form: bool) -> int:
    """How often a fault comes back in one test."""
    return 5 if long_form else 1
