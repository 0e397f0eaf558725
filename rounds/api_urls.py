"""Where the API of rounds lives, below /api/v1/."""

from django.urls import URLPattern, path

from rounds.api import WardBoard

app_name = "rounds_api"

urlpatterns: list[URLPattern] = [
    path("wards/<slug:code>/board/", WardBoard.as_view(), name="ward-board"),
]
