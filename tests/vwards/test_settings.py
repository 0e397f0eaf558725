"""What a deployment's settings promise, read in a process of their own."""

import json
import os
import subprocess
import sys

import pytest
from django.conf import settings

from vwards.local.checks import DEPLOYED

SHOWN = [
    "DEBUG",
    "SECURE_SSL_REDIRECT",
    "SESSION_COOKIE_SECURE",
    "CSRF_COOKIE_SECURE",
    "MFA_REQUIRED",
    "REAL_PATIENTS_ALLOWED",
]
PROGRAM = (
    "import json; from vwards import settings as s;"
    f"print(json.dumps({{name: getattr(s, name) for name in {SHOWN!r}}}))"
)
ANSWERED_FOR = {
    "CLINICAL_SAFETY_OFFICER": "A. Person",
    "SAFETY_CASE_VERSION": "1.0",
    "REGULATORY_STATUS": "class IIa",
}


def _read(**variables: str) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": os.environ["PATH"], **variables}
    return subprocess.run(
        [sys.executable, "-c", PROGRAM],
        capture_output=True,
        text=True,
        cwd=settings.BASE_DIR,
        env=environment,
        check=False,
    )


def test_a_deployment_is_closed_by_default():
    read = json.loads(_read(**DEPLOYED).stdout)
    assert read == {
        "DEBUG": False,
        "SECURE_SSL_REDIRECT": True,
        "SESSION_COOKIE_SECURE": True,
        "CSRF_COOKIE_SECURE": True,
        "MFA_REQUIRED": True,
        "REAL_PATIENTS_ALLOWED": False,
    }


@pytest.mark.parametrize("missing", ["SECRET_KEY", "PSEUDONYM_SECRET", "DATABASE_URL", "REDIS_URL"])
def test_a_deployment_without_its_secret_or_server_does_not_start(missing):
    given = {name: value for name, value in DEPLOYED.items() if name != missing}
    done = _read(**given)
    assert done.returncode != 0
    assert done.stderr.strip().endswith(f"{missing} is not set in the environment.")


@pytest.mark.parametrize("missing", [None, *ANSWERED_FOR])
def test_real_patients_need_all_three_answers(missing):
    answers = {name: value for name, value in ANSWERED_FOR.items() if name != missing}
    read = json.loads(_read(**DEPLOYED, **answers).stdout)
    assert read["REAL_PATIENTS_ALLOWED"] is (missing is None)


def test_times_are_aware_and_shown_in_london():
    assert settings.USE_TZ is True
    assert settings.TIME_ZONE == "Europe/London"


def test_the_content_policy_allows_nothing_inline_and_nobody_else():
    directives = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]
    sources = {source for allowed in directives.values() for source in allowed}
    assert sources == {"'none'", "'self'", "data:"}


def test_a_hung_redis_costs_a_request_little():
    assert settings.REDIS_TIMEOUT_SECONDS <= 0.5
