"""What of FHIR needs the whole desk; the rest is in observations.fhir_urls."""

from django.urls import URLPattern, re_path

from rounds.fhir.stays import end_of_stay

app_name = "fhir_stays"

urlpatterns: list[URLPattern] = [
    re_path(
        r"^/Encounter/(?P<name>[A-Za-z0-9.\-]{1,64})/\$end-of-stay/?$",
        end_of_stay,
        name="end-of-stay",
    ),
]
