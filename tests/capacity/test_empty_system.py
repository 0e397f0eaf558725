"""A system in which no ward has opened yet: each page says so, rather than tell noughts as news."""

import re
from html import unescape

import pytest
from django.urls import reverse

from capacity.actions.reference import load_reference_data
from tests.cast import person, with_role

OF_ICB = ("hindrance-list", "flow-list", "length-list", "control-detail", "change-detail")
PAGES = {
    "England": ("together-detail", [], ""),
    "region": ("together-detail", [], "?region=Y60"),
    "footprint": ("together-detail", [], "?icb=QK1&icb=QUA"),
    "paper of England": ("together-paper", [], ""),
    "ICB": ("icb-detail", ["QK1"], ""),
    "paper": ("icb-paper", ["QK1"], ""),
    "borders": ("icb-border", ["QK1"], ""),
    "plan": ("icb-plan", ["QK1"], ""),
    "Thursdays": ("thursday-list", ["QK1"], ""),
    "returns": ("return-list", [], ""),
    **{name: (name, ["icbs", "QK1"], "") for name in OF_ICB},
}
AWKWARD = re.compile(
    r"\b0 of (?:0|its|whom)|\ball 0\b|\b0 (?:patients|people|stays ended|left)\b|^;|"
    r"\b(\d+) of the \1 have no ward|\bhas 0 beds, 0\.0 per 100,000 .* net|\b(?:nan|none%)\b",
    re.IGNORECASE,
)


@pytest.fixture
def planner(db):
    load_reference_data()
    user = with_role(person("national", "planner"), "icb_manager", "england", "")
    return with_role(user, "returns_officer", "provider", "RT5")


@pytest.mark.parametrize("which", PAGES)
def test_no_page_tells_noughts_as_news(which, planner, signed_in):
    name, args, query = PAGES[which]
    answer = signed_in(planner).get(reverse(f"capacity:{name}", args=args) + query)
    assert answer.status_code == 200
    words = re.findall(r"<(?:h1|p|li|dd)[ >].*?</(?:h1|p|li|dd)>", answer.content.decode(), re.S)
    told = [" ".join(unescape(re.sub(r"<[^>]+>", " ", one)).split()) for one in words]
    assert [one for one in told if AWKWARD.search(one)] == []


def test_a_country_without_a_ward_is_not_a_country_without_beds(planner, signed_in):
    client = signed_in(planner)
    for query in ("", "?region=Y60"):
        told = client.get(reverse("capacity:together-detail") + query).context["shown"]
        assert told.sentence.endswith(" has no ward in this service: nothing is counted here.")
        assert told.elsewhere_words == ""


def test_what_is_nought_all_over_is_not_drawn(planner, signed_in):
    client = signed_in(planner)
    for name in ("flow-list", "control-detail"):
        address = reverse(f"capacity:{name}", args=["icbs", "QK1"])
        body = client.get(address).content.decode()
        assert 'class="chart-bar' not in body
        assert "chart-axis" not in body
    paper = client.get(reverse("capacity:icb-paper", args=["QK1"])).content.decode()
    assert "No days counted yet" in paper
    assert ">; people on leave" not in paper
    assert "holds QK1 back" not in paper


def test_the_data_set_of_nobody_says_so(planner, signed_in):
    body = signed_in(planner).get(reverse("patients:dataset-list")).content.decode()
    assert "Nothing to send" in body
