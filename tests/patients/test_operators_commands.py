"""A new installation from an operator's commands: reference data, wards, an administrator."""

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.models import User
from accounts.policies import ADMINISTRATORS, reach
from capacity.models import IntegratedCareBoard, Ward
from capacity.presence import ward_counts
from patients.models import Pathway, WardPathway

pytestmark = pytest.mark.django_db

FILE = """
[[providers]]
code = "RT5"
name = "Leicestershire Partnership NHS Trust"
kind = "community"

[[wards]]
code = "RT5-soar-valley"
name = "Soar Valley virtual ward"
provider = "RT5"
icb = "QK1"
opens = 2026-01-05
beds = 24
pathways = ["frailty", "acute-respiratory-infection"]
[wards.hours]
opens = 08:00:00
closes = 20:00:00
phone = "0116 496 0000"
out_of_hours_team = "GP out of hours"
out_of_hours_phone = "111"
"""


@pytest.fixture
def reference():
    call_command("load_reference")


def opened(tmp_path, text):
    path = tmp_path / "wards.toml"
    path.write_text(text, encoding="utf-8")
    call_command("open_wards", str(path))


def test_the_reference_data_is_all_of_england_and_may_be_loaded_twice(reference):
    call_command("load_reference")
    assert IntegratedCareBoard.objects.count() == 42
    assert Pathway.objects.filter(code="frailty").count() == 1


def test_a_ward_opens_with_its_beds_hours_and_pathways(reference, tmp_path):
    opened(tmp_path, FILE)
    ward = Ward.objects.get(code="RT5-soar-valley")
    count = ward_counts(Ward.objects.filter(pk=ward.pk), timezone.now())[ward.pk]
    assert (count.beds, count.free) == (24, 24)
    assert ward.hours.get().out_of_hours_phone == "111"
    assert WardPathway.objects.filter(ward=ward).count() == 2


def test_opening_twice_changes_nothing(reference, tmp_path):
    opened(tmp_path, FILE)
    opened(tmp_path, FILE)
    assert Ward.objects.get().beds.count() == 24


@pytest.mark.parametrize(
    ("was", "becomes", "told"),
    [
        ('icb = "QK1"', 'icb = "QXX"', "there is no ICB QXX"),
        ('provider = "RT5"', 'provider = "RZZ"', "there is no provider RZZ"),
        ("beds = 24", "beds = 0", "beds"),
        ("beds = 24\n", "", "required field `beds`"),
        ("beds = 24", "beds = 24\nbed = 1", "unknown field `bed`"),
        ('"frailty"', '"frailties"', "there is no pathway frailties"),
        ('kind = "community"', 'kind = "trust"', "kind is one of"),
        ('code = "RT5-soar-valley"', 'code = "soar-valley"', "begins with its lead provider"),
        ("opens = 08:00:00\n", "", "required field `opens`"),
        ("[[wards]]", "[[wards", "Expected"),
    ],
)
def test_a_mistake_in_the_file_is_one_clear_line_and_opens_nothing(
    reference, tmp_path, was, becomes, told
):
    with pytest.raises(CommandError, match=told):
        opened(tmp_path, FILE.replace(was, becomes))
    assert not Ward.objects.exists()


def test_a_missing_file_is_told(tmp_path):
    with pytest.raises(CommandError, match="No such file"):
        call_command("open_wards", str(tmp_path / "none.toml"))


def test_the_first_administrator_gets_a_link_to_set_a_password(capsys):
    call_command(
        "appoint_administrator",
        email="A.Person@example.org",
        provider="RT5",
        site="https://wards.example.org",
    )
    user = User.objects.get(email="a.person@example.org")
    assert reach(user, ADMINISTRATORS).providers == {"RT5"}
    assert not user.has_usable_password()
    assert "https://wards.example.org/accounts/password/reset/key/" in capsys.readouterr().out


def test_appointing_the_same_person_twice_is_told():
    call_command("appoint_administrator", email="a@example.org", provider="RT5")
    with pytest.raises(CommandError):
        call_command("appoint_administrator", email="a@example.org", provider="RT5")
