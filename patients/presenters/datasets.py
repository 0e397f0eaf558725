"""How the minimum data set is told: days, versions, what is filled; and its lines for a file."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from capacity.models import Provider
from capacity.presenters.signing import state_of
from capacity.presenters.words import plural
from lib import london
from lib.downloads import Value
from patients.models import MinimumDataSet
from patients.snapshots import NOT_HELD

# The item's name in the file, and the field it comes from.
ITEMS = {
    "Record": "record",
    "Spell id": "spell_id",
    "Pseudonymised NHS number": "person_key",
    "Admission source": "admission_source",
    "Admission date": "admitted_on",
    "Discharge date": "discharged_on",
    "Length of stay": "length_of_stay",
    "Month and year of birth": "birth_month",
    "Age on admission": "age_on_admission",
    "Gender": "sex",
    "Ethnicity": "ethnicity_group",
    "LSOA": "lsoa",
    "Provider": "provider_code",
    "Referral group": "referral_group",
    "Referral date": "referred_on",
    "Accepted date": "accepted_on",
    "Primary ICD-10 group": "icd10_group",
    "Ward id": "ward_code",
    "Ward name": "ward_name",
    "Ward capacity": "ward_capacity",
    "Discharge method": "discharge_method",
    "Discharge destination": "destination",
    "Pathway": "pathway",
    "Step-up or step-down": "route",
    "Technology-enabled": "technology_enabled",
}
# Of a stay that goes on they are empty, and nothing is missing.
_OF_ENDED = frozenset({"discharged_on", "discharge_method", "destination"})
AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class DayPresenter:
    """A morning of one provider in the list."""

    provider: Provider
    day: dt.date
    latest: MinimumDataSet | None

    @property
    def title(self) -> str:
        return london.short_day(self.day)

    @property
    def state(self) -> str:
        return "not prepared" if self.latest is None else state_of(self.latest)

    @property
    def tag(self) -> str:
        if self.latest is None:
            return "due"
        return "signed" if self.latest.is_in_force else "draft"


@dataclass(frozen=True)
class DataSetPresenter:
    data_set: MinimumDataSet
    filled: dict[str, int]
    there: int

    @property
    def sentence(self) -> str:
        there = plural(self.there, "person", "people")
        return f"{self.data_set.provider}: {there} on the wards, {plural(self.lines, 'line')}"

    @property
    def lines(self) -> int:
        return self.filled["spell_id"]

    @property
    def when(self) -> str:
        return f"{london.long_day(self.data_set.day)}, 08:00"

    @property
    def state(self) -> str:
        return state_of(self.data_set)

    @property
    def file_name(self) -> str:
        draft = "-DRAFT" if self.data_set.is_draft else ""
        of = f"{self.data_set.provider.code}-{self.data_set.day}"
        return f"minimum-data-set-{of}-v{self.data_set.version}{draft}"

    @property
    def items(self) -> list[tuple[str, str]]:
        """Each item, and how much of it is filled."""
        return [(name, self._words(field)) for name, field in ITEMS.items()]

    def _words(self, field: str) -> str:
        if field in NOT_HELD:
            return "not held here, sent empty"
        number = self.filled[field]
        if field in _OF_ENDED:
            return f"{number:,}, of stays that ended"
        return "all" if number == self.lines else f"{number:,} of {self.lines:,}"


def file_lines(data_set: MinimumDataSet) -> Iterator[tuple[Value, ...]]:
    """With the snapshot's date in front; read from the database some hundred at a time."""
    yield ("Snapshot date", *ITEMS)
    rows = data_set.rows.order_by("pk").values_list(*ITEMS.values())
    for row in rows.iterator(chunk_size=AT_ONCE):
        yield (data_set.day.isoformat(), *(_value(one) for one in row))


def _value(value: object) -> Value:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value if isinstance(value, int) else "" if value is None else str(value)
