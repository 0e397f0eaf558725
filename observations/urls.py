"""Pages of observations."""

from django.urls import URLPattern, path

from observations.views import alerts

app_name = "observations"

urlpatterns: list[URLPattern] = [
    path("wards/<str:code>/alerts/", alerts.alert_list, name="alert-list"),
    path("alerts/<uuid:pk>/acknowledge/", alerts.alert_acknowledge, name="alert-acknowledge"),
    path("alerts/<uuid:pk>/act/", alerts.alert_act, name="alert-act"),
    path("alerts/<uuid:pk>/escalate/", alerts.alert_escalate, name="alert-escalate"),
    path("alerts/<uuid:pk>/hand-on/", alerts.alert_hand_on, name="alert-hand-on"),
    path("alerts/<uuid:pk>/close/", alerts.alert_close, name="alert-close"),
    path("admissions/<uuid:pk>/concern/", alerts.concern_create, name="concern-create"),
]
