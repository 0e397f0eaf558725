"""Where the pages of observations live."""

from django.urls import URLPattern

app_name = "observations"

urlpatterns: list[URLPattern] = []
