"""Where the API of patients lives, below /api/v1/."""

from django.urls import URLPattern

app_name = "patients_api"

urlpatterns: list[URLPattern] = []
