"""Where FHIR R4 lives, below /fhir/R4/."""

from django.urls import URLPattern

app_name = "fhir"

urlpatterns: list[URLPattern] = []
