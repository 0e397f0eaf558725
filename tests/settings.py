"""The settings under test: production's, with this run's servers and no secrets worth keeping."""

import os

from tests import cluster

cluster.start()
# A Celery worker started by a test inherits both, so it serves the same queue.
OURS = f"test-{cluster.name()}-{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}"
os.environ.update(
    {
        "DEBUG": "0",
        "DEMO": "0",
        "BEHIND_TLS": "0",
        "MFA_REQUIRED": "0",
        "SECRET_KEY": "secret-of-the-tests",
        "PSEUDONYM_SECRET": "pseudonym-secret-of-the-tests",
        "REDIS_KEY_PREFIX": OURS,
        "CELERY_QUEUE": OURS,
        "LOG_LEVEL": "WARNING",
        # One database connection must not outlive the test that opened it.
        "CONN_MAX_AGE": "0",
    }
)
for name in ("CLINICAL_SAFETY_OFFICER", "SAFETY_CASE_VERSION", "REGULATORY_STATUS"):
    os.environ.pop(name, None)

from vwards.settings import *  # noqa: E402, F403 — the environment must be set before
from vwards.settings import DATABASES as PRODUCTION_DATABASES  # noqa: E402
from vwards.settings import MIDDLEWARE as PRODUCTION_MIDDLEWARE  # noqa: E402
from vwards.settings import STORAGES as PRODUCTION_STORAGES  # noqa: E402

# Each worker's database is a copy of the migrated one, where the servers are ours.
DATABASES = {
    "default": {
        **PRODUCTION_DATABASES["default"],
        "TEST": {"TEMPLATE": os.environ.get(cluster.WITH_TEMPLATE)},
    }
}
# Hashed names need collectstatic; tests/vwards/test_assets.py tries them.
STORAGES = {
    **PRODUCTION_STORAGES,
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
# The live server serves static files itself; WhiteNoise would warn of a missing STATIC_ROOT.
MIDDLEWARE = [name for name in PRODUCTION_MIDDLEWARE if not name.startswith("whitenoise.")]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
# Hashing a password half a second long is the point in production, and none here.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
