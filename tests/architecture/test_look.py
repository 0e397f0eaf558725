"""The look's promises that a machine can hold: contrast by day and night, and a strict CSP."""

import re
from pathlib import Path

import pytest
from django.conf import settings

SOURCES = Path(settings.BASE_DIR) / "static" / "src"
TEMPLATES = sorted((Path(settings.BASE_DIR) / "templates").rglob("*.html"))

# Text and its ground, by token; the notes of the pictures name the pairs.
TEXT_ON_GROUND = [
    ("text", "surface"),
    ("text", "page"),
    ("text", "raised"),
    ("text", "good"),
    ("text", "band-3"),
    ("text-2", "surface"),
    ("text-2", "page"),
    ("text-2", "raised"),
    ("text-2", "good"),
    ("link", "surface"),
    ("link", "page"),
    ("button-text", "button"),
    ("button-text", "button-down"),
    ("topbar-text", "topbar"),
    ("inverse-text", "inverse"),
    ("risk-3-text", "risk-3"),
    ("risk-2-text", "risk-2"),
    ("risk-1-text", "risk-1"),
    ("tint-1-text", "tint-1"),
    ("tint-1-small", "tint-1"),
    ("tint-2-text", "tint-2"),
    ("tint-2-small", "tint-2"),
    ("stale-text", "stale"),
    ("stale-text", "stale-stripe"),
    ("error", "surface"),
    ("error", "page"),
]


def tokens(theme: str) -> dict[str, str]:
    source = (SOURCES / "_tokens.scss").read_text()
    day, night = source.split("@mixin night")
    found = dict(re.findall(r"--([\w-]+): (#\w+);", day))
    if theme == "night":
        found |= dict(re.findall(r"--([\w-]+): (#\w+);", night))
    return found


def luminance(colour: str) -> float:
    digits = colour.lstrip("#")
    if len(digits) == 3:
        digits = "".join(digit * 2 for digit in digits)
    channels = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """As WCAG 2.2 defines it, 1 to 21."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_contrast_is_reckoned_as_wcag_does():
    assert contrast("#000", "#ffffff") == pytest.approx(21)
    # The pictures' notes give 6.4 for the NHS blue on white.
    assert contrast("#005eb8", "#fff") == pytest.approx(6.4, abs=0.05)


@pytest.mark.parametrize("theme", ["day", "night"])
@pytest.mark.parametrize(("text", "ground"), TEXT_ON_GROUND)
def test_text_can_be_read_on_its_ground(theme: str, text: str, ground: str):
    palette = tokens(theme)
    assert contrast(palette[text], palette[ground]) >= 4.5


@pytest.mark.parametrize("theme", ["day", "night"])
def test_lines_of_charts_stand_out_from_their_ground(theme: str):
    palette = tokens(theme)
    assert contrast(palette["ink"], palette["surface"]) >= 3
    assert contrast(palette["data"], palette["surface"]) >= 3


def test_every_colour_of_the_style_sheet_is_a_known_token():
    known = tokens("day").keys()
    for source in SOURCES.glob("*.scss"):
        used = set(re.findall(r"var\(--([\w-]+)\)", source.read_text()))
        assert used <= known, source.name


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_no_template_needs_a_looser_csp(template: Path):
    source = template.read_text()
    assert not re.search(r"\sstyle\s*=", source), "a style attribute"
    assert not re.search(r"<style\b", source), "a style element"
    assert not re.search(r"\son\w+\s*=\s*[\"']", source), "an inline handler"
    assert not re.search(r"\shx-on\b", source), "hx-on is evaluated"
    assert not re.search(r"<script(?![^>]*\b(src|type=\"application/json\"))", source), "a script"
