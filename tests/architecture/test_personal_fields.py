"""A new model, or a new place for free text, fails until somebody says what of it is personal."""

from collections.abc import Iterator

import pytest
from django.apps import apps
from django.db import models

from tests.architecture.personal_fields import NOTHING, PERSONAL

OURS = ("lib", "accounts", "capacity", "patients", "observations", "rounds")
ROOMY = (models.TextField, models.JSONField, models.BinaryField)


def our_models() -> Iterator[type[models.Model]]:
    for app in OURS:
        for model in apps.get_app_config(app).get_models():
            if not hasattr(model, "pgh_tracked_model"):
                yield model


def fields_of(model: type[models.Model]) -> set[str]:
    return {f.name for f in model._meta.get_fields() if f.concrete}


each_model = pytest.mark.parametrize(
    "model", list(our_models()), ids=lambda model: model._meta.label
)


def test_every_model_says_which_of_its_fields_are_personal():
    assert {model._meta.label for model in our_models()} == set(PERSONAL)


@each_model
def test_what_is_said_to_be_personal_exists(model: type[models.Model]):
    said = PERSONAL.get(model._meta.label, NOTHING)
    assert (said.names | said.about | said.harmless) <= fields_of(model)


@each_model
def test_free_text_is_personal_until_somebody_says_it_is_harmless(model: type[models.Model]):
    said = PERSONAL.get(model._meta.label, NOTHING)
    roomy = {field.name for field in model._meta.fields if isinstance(field, ROOMY)}
    assert roomy - said.names - said.about - said.harmless == set()


def test_capacity_names_nobody():
    assert [
        label for label, said in PERSONAL.items() if label[:9] == "capacity." and said.names
    ] == []
