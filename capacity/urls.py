"""Where the pages of capacity live."""

from django.urls import path

from capacity import dates as dates  # addresses may hold a day
from capacity import views
from capacity.views import plans, providers, together

app_name = "capacity"

_thursday = "icbs/<str:code>/thursdays/<day:day>"
_due = "returns/<str:code>/<day:day>"

urlpatterns = [
    path("", views.icb_list, name="icb-list"),
    path("definitions/", views.definition_list, name="definition-list"),
    path("england/", views.england_detail, name="england-detail"),
    path("england/table.csv", views.england_table, name="england-table"),
    path("providers/<str:code>/", providers.provider_detail, name="provider-detail"),
    path("providers/<str:code>/table.csv", providers.provider_table, name="provider-table"),
    path("together/", together.together_detail, name="together-detail"),
    path("together/table.csv", together.together_table, name="together-table"),
    path("published/new/", views.published_upload, name="published-upload"),
    path("published/<str:code>/", views.published_icb, name="published-icb"),
    path("published/<str:code>/table.csv", views.published_icb_table, name="published-icb-table"),
    path("icbs/<str:code>/", views.icb_detail, name="icb-detail"),
    path("icbs/<str:code>/table.csv", views.icb_table, name="icb-table"),
    path("icbs/<str:code>/days.csv", views.icb_days, name="icb-days"),
    path("icbs/<str:code>/plan/", plans.icb_plan, name="icb-plan"),
    path("icbs/<str:code>/plan/table.csv", plans.icb_plan_table, name="icb-plan-table"),
    path("icbs/<str:code>/plan/beds/", plans.plan_create, name="plan-create"),
    path("icbs/<str:code>/plan/target/", plans.target_create, name="target-create"),
    path("plans/<int:pk>/withdraw/", plans.plan_withdraw, name="plan-withdraw"),
    path("wards/<str:code>/", views.ward_detail, name="ward-detail"),
    path("wards/<str:code>/hours/", views.ward_hours, name="ward-hours"),
    path("wards/<str:code>/days.csv", views.ward_days, name="ward-days"),
    path("icbs/<str:code>/thursdays/", views.thursday_list, name="thursday-list"),
    path(f"{_thursday}/", views.thursday_detail, name="thursday-detail"),
    path(f"{_thursday}/publication.csv", views.publication_csv, name="publication-csv"),
    path(f"{_thursday}/publication.xlsx", views.publication_xlsx, name="publication-xlsx"),
    path("returns/", views.return_list, name="return-list"),
    path(f"{_due}/prepare/", views.return_prepare, name="return-prepare"),
    path("returns/<int:pk>/", views.return_detail, name="return-detail"),
    path("returns/<int:pk>/sign/", views.return_sign, name="return-sign"),
    path("returns/<int:pk>/reopen/", views.return_reopen, name="return-reopen"),
    path("returns/<int:pk>/sitrep.csv", views.return_csv, name="return-csv"),
    path("returns/<int:pk>/sitrep.xlsx", views.return_xlsx, name="return-xlsx"),
]
