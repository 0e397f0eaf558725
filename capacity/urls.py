"""Where the pages of capacity live."""

from django.urls import URLPattern

app_name = "capacity"

urlpatterns: list[URLPattern] = []
