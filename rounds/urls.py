"""Where the pages of rounds live."""

from django.urls import URLPattern

app_name = "rounds"

urlpatterns: list[URLPattern] = []
