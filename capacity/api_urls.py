"""Where the API of capacity lives, below /api/v1/."""

from django.urls import path

from capacity import api

app_name = "capacity_api"

urlpatterns = [
    path("capacity/published/", api.PublishedList.as_view(), name="published-list"),
    path("capacity/icbs/<str:code>/occupancy/", api.IcbOccupancy.as_view(), name="icb-occupancy"),
]
