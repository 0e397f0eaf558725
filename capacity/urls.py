"""Where the pages of capacity live."""

from django.urls import path

from capacity import views

app_name = "capacity"

urlpatterns = [
    path("", views.icb_list, name="icb-list"),
    path("definitions/", views.definition_list, name="definition-list"),
    path("england/", views.england_detail, name="england-detail"),
    path("england/table.csv", views.england_table, name="england-table"),
    path("published/new/", views.published_upload, name="published-upload"),
    path("published/<str:code>/", views.published_icb, name="published-icb"),
    path("published/<str:code>/table.csv", views.published_icb_table, name="published-icb-table"),
    path("icbs/<str:code>/", views.icb_detail, name="icb-detail"),
    path("icbs/<str:code>/table.csv", views.icb_table, name="icb-table"),
    path("icbs/<str:code>/days.csv", views.icb_days, name="icb-days"),
    path("wards/<str:code>/", views.ward_detail, name="ward-detail"),
    path("wards/<str:code>/days.csv", views.ward_days, name="ward-days"),
]
