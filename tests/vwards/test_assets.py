"""The built style sheets and scripts are whole, hashed in a release, and ask nobody outside."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.management import call_command

from vwards.settings import BASE_DIR

BUILT = BASE_DIR / "static" / "build"
HASHED = "whitenoise.storage.CompressedManifestStaticFilesStorage"


@pytest.fixture(scope="module")
def built() -> Path:
    assert (BUILT / "app.css").exists(), "build them first: make assets"
    return BUILT


def test_a_release_finds_every_file_that_the_styles_refer_to(built, tmp_path, settings):
    """The manifest's storage refuses a url() whose file is missing."""
    settings.STATIC_ROOT = tmp_path
    settings.STATICFILES_DIRS = [BASE_DIR / "static"]
    settings.INSTALLED_APPS = ["django.contrib.staticfiles", "django_htmx"]
    settings.STORAGES = {**settings.STORAGES, "staticfiles": {"BACKEND": HASHED}}
    settings.WHITENOISE_KEEP_ONLY_HASHED_FILES = False
    call_command("collectstatic", interactive=False, verbosity=0)
    assert re.fullmatch(
        r"/static/build/app\.[0-9a-f]{12}\.css", staticfiles_storage.url("build/app.css")
    )
    assert list(tmp_path.glob("build/app.*.js.gz"))


@pytest.mark.parametrize("name", ["app.css", "app.js", "zoom.js"])
def test_no_built_file_calls_out(built, name):
    text = (built / name).read_text()
    assert not re.findall(r"(?:url\(|@import|fetch\(|import\()\s*[\"']?(?:https?:)?//", text)


def test_the_service_needs_no_font_of_its_own(built):
    assert "@font-face" not in (built / "app.css").read_text()


def test_static_files_come_from_this_host():
    assert settings.STATIC_URL == "/static/"
