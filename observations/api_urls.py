"""Where the API of observations lives, below /api/v1/."""

from django.urls import URLPattern

app_name = "observations_api"

urlpatterns: list[URLPattern] = []
