"""What every page knows about the service it belongs to."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def service(_request: HttpRequest) -> dict[str, Any]:
    return {
        "service_name": settings.SERVICE_NAME,
        "nhs_service": settings.NHS_SERVICE,
        "demonstration": not settings.REAL_PATIENTS_ALLOWED,
        "release": settings.RELEASE,
    }
