"""Where the API of rounds lives, below /api/v1/."""

from django.urls import URLPattern

app_name = "rounds_api"

urlpatterns: list[URLPattern] = []
