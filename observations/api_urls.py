"""Where the API of observations lives, below /api/v1/."""

from django.urls import URLPattern, path

from observations.api.readings import reading_create

app_name = "observations_api"

urlpatterns: list[URLPattern] = [
    path("readings/", reading_create, name="reading-create"),
]
