"""A search tells so many and no more, those on the ward before those who wait."""

import pytest

from patients import finding
from tests.patients.factories import make_admission, make_patient, make_referral


@pytest.mark.parametrize(("most", "found"), [(1, 1), (2, 2), (3, 3), (50, 3)])
def test_a_search_ends_at_its_most(ward_nurse, ward, monkeypatch, most, found):
    monkeypatch.setattr(finding, "MOST", most)
    for _ in range(2):
        make_admission(ward=ward, patient=make_patient(family_name="Test-Ahmed"))
    make_referral(ward=ward, patient=make_patient(family_name="Test-Ahmed"))
    told = finding.find("ahmed", user=ward_nurse)
    assert len(told) == found
    assert [one.page for one in told] == [
        "rounds:patient-detail",
        "rounds:patient-detail",
        "patients:referral-detail",
    ][:found]
