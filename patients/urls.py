"""Where the pages of patients live."""

from django.urls import URLPattern

app_name = "patients"

urlpatterns: list[URLPattern] = []
