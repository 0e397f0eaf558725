"""One address gives the page to people and the part to htmx."""

import pytest
from django.test import RequestFactory

from lib import fragments


@pytest.mark.parametrize(
    ("headers", "wanted"),
    [
        ({}, False),
        ({"HX-Request": "true"}, True),
        ({"HX-Request": "true", "HX-Boosted": "true"}, False),
        ({"HX-Request": "true", "HX-History-Restore-Request": "true"}, False),
    ],
)
def test_only_a_swap_gets_the_part(headers, wanted):
    request = RequestFactory().get("/", headers=headers)
    assert fragments.wants_fragment(request) is wanted


@pytest.mark.parametrize(("headers", "name"), [({}, "page"), ({"HX-Request": "true"}, "part")])
def test_the_answer_varies_by_what_htmx_asked(headers, name, settings, tmp_path):
    for template in ("page", "part"):
        (tmp_path / f"{template}.html").write_text(f"{template} of {{{{ ward }}}}")
    settings.TEMPLATES = [
        {"BACKEND": "django.template.backends.django.DjangoTemplates", "DIRS": [tmp_path]}
    ]
    request = RequestFactory().get("/", headers=headers)
    response = fragments.render(
        request, "page.html", {"ward": "Soar Valley"}, fragment="part.html", status=422
    )
    assert response.content.decode() == f"{name} of Soar Valley"
    assert response.status_code == 422
    assert "HX-Request" in response["Vary"]
