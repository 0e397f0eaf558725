"""Nobody is reached from capacity: not by its tables, its pages nor its addresses."""

import re
from pathlib import Path
from typing import cast

import pytest
from django.apps import apps
from django.conf import settings
from django.db.models import Model

FORBIDDEN = re.compile(
    r"nhs_?number|given_?name|family_?name|first_?name|last_?name|birth|born|address|postcode"
    r"|phone|email|contact",
    re.IGNORECASE,
)
# Of a ward, not of a person: whom to call at any hour.
OF_A_WARD = {
    ("WardPeriod", "phone"),
    ("WardHours", "out_of_hours_phone"),
}
TEMPLATES = sorted((Path(settings.BASE_DIR) / "templates" / "capacity").glob("*.html"))
SOURCES = sorted((Path(settings.BASE_DIR) / "capacity").rglob("*.py"))


def fields():
    return [
        (model.__name__, field.name)
        for model in apps.get_app_config("capacity").get_models()
        if "Event" not in model.__name__
        for field in model._meta.get_fields()
        if field.concrete
    ]


def test_no_table_holds_a_direct_identifier():
    named = {(model, field) for model, field in fields() if FORBIDDEN.search(field)}
    assert named - OF_A_WARD == set()
    assert len(fields()) > 100  # the search saw the tables


def test_no_table_points_to_a_patient():
    for model in apps.get_app_config("capacity").get_models():
        for field in model._meta.get_fields():
            if field.concrete and field.is_relation:
                other = cast("type[Model]", field.related_model)._meta.app_label
                assert other in {"capacity", "accounts", "pghistory"}, (model, field)


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_no_page_leads_to_a_page_with_patients(template):
    addresses = re.findall(r'{%\s*url\s+"([^"]+)"', template.read_text())
    assert {name.partition(":")[0] for name in addresses} <= {"capacity"}


def test_the_code_knows_no_room_above_it():
    above = re.compile(r"^\s*(from|import) (patients|observations|rounds)\b", re.MULTILINE)
    assert [path for path in SOURCES if above.search(path.read_text())] == []
    assert len(SOURCES) > 30
