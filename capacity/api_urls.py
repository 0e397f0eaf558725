"""Where the API of capacity lives, below /api/v1/."""

from django.urls import URLPattern

app_name = "capacity_api"

urlpatterns: list[URLPattern] = []
