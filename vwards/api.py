"""The root of /api/v1/: each app's addresses, and the schema."""

from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView

app_name = "api"

urlpatterns = [
    path("schema/", SpectacularAPIView.as_view(), name="schema"),
    path("", include("accounts.api_urls")),
    path("", include("capacity.api_urls")),
    path("", include("patients.api_urls")),
    path("", include("observations.api_urls")),
    path("", include("rounds.api_urls")),
]
