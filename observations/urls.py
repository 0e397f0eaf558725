"""Pages of observations."""

from django.urls import URLPattern, path

from observations.views import alerts, gateways, kit, readings, strays, tray

app_name = "observations"

urlpatterns: list[URLPattern] = [
    path("wards/<str:code>/alerts/", alerts.alert_list, name="alert-list"),
    path("alerts/<uuid:pk>/acknowledge/", alerts.alert_acknowledge, name="alert-acknowledge"),
    path("alerts/<uuid:pk>/act/", alerts.alert_act, name="alert-act"),
    path("alerts/<uuid:pk>/escalate/", alerts.alert_escalate, name="alert-escalate"),
    path("alerts/<uuid:pk>/hand-on/", alerts.alert_hand_on, name="alert-hand-on"),
    path("alerts/<uuid:pk>/close/", alerts.alert_close, name="alert-close"),
    path("admissions/<uuid:pk>/concern/", alerts.concern_create, name="concern-create"),
    path(
        "admissions/<uuid:pk>/readings/correct/", readings.reading_correct, name="reading-correct"
    ),
    path("wards/<str:code>/kit/", kit.device_list, name="device-list"),
    path("wards/<str:code>/kit/issue/", kit.device_issue, name="device-issue"),
    path("devices/<int:pk>/", kit.device_show, name="device-show"),
    path("devices/<int:pk>/status/", kit.device_status, name="device-status"),
    path("holdings/<int:pk>/return/", kit.holding_return, name="holding-return"),
    path("holdings/<int:pk>/deliver/", kit.holding_deliver, name="holding-deliver"),
    path("holdings/<int:pk>/chase/", kit.holding_chase, name="holding-chase"),
    path("holdings/<int:pk>/correct/", kit.holding_correct, name="holding-correct"),
    path("prompts/<int:pk>/finish/", kit.prompt_finish, name="prompt-finish"),
    path("wards/<str:code>/tray/", tray.tray_list, name="tray-list"),
    path("tray/<int:pk>/", tray.tray_decide, name="tray-decide"),
    path("gateways/", gateways.gateway_list, name="gateway-list"),
    path("gateways/strays/", strays.stray_list, name="stray-list"),
    path("gateways/<int:pk>/strays/", strays.stray_place, name="stray-place"),
    path("gateways/<int:pk>/watch/", gateways.gateway_watch, name="gateway-watch"),
    path("gateways/<int:pk>/keys/", gateways.key_issue, name="key-issue"),
    path("keys/<int:pk>/rotate/", gateways.key_rotate, name="key-rotate"),
    path("keys/<int:pk>/revoke/", gateways.key_revoke, name="key-revoke"),
]
