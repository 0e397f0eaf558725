"""Which app answers at which address."""

from django.urls import include, path

from vwards import health

urlpatterns = [
    path("livez", health.livez, name="livez"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", health.metrics, name="metrics"),
    path("api/v1/", include("vwards.api")),
    path("fhir/R4", include("rounds.fhir_urls")),
    path("fhir/R4", include("observations.fhir_urls")),
    # Each poll of a board is looked for from the top: its addresses stand before the other pages'.
    path("", include("rounds.urls")),
    path("", include("accounts.urls")),
    path("capacity/", include("capacity.urls")),
    path("", include("patients.urls")),
    path("", include("observations.urls")),
]
