"""Where the pages of capacity live."""

from django.urls import path, register_converter

from capacity import dates as dates  # addresses may hold a day
from capacity import views
from capacity.views import border, leave, papers, plans, providers, staffed, together


class PlaceKindConverter:
    """Of what a page of flows tells."""

    regex = "icbs|providers|wards"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(PlaceKindConverter, "places")

app_name = "capacity"
_PLACE = "<places:kind>/<str:code>"

_thursday = "icbs/<str:code>/thursdays/<day:day>"
_due = "returns/<str:code>/<day:day>"

urlpatterns = [
    path("", views.icb_list, name="icb-list"),
    path("definitions/", views.definition_list, name="definition-list"),
    path("leave/", leave.leave_setting, name="leave-setting"),
    path("england/", views.england_detail, name="england-detail"),
    path("england/table.csv", views.england_table, name="england-table"),
    path("providers/<str:code>/", providers.provider_detail, name="provider-detail"),
    path("providers/<str:code>/table.csv", providers.provider_table, name="provider-table"),
    path("together/", together.together_detail, name="together-detail"),
    path("together/paper/", papers.together_paper, name="together-paper"),
    path("together/table.csv", together.together_table, name="together-table"),
    path("published/new/", views.published_upload, name="published-upload"),
    path("published/<str:code>/", views.published_icb, name="published-icb"),
    path("published/<str:code>/table.csv", views.published_icb_table, name="published-icb-table"),
    path("icbs/<str:code>/", views.icb_detail, name="icb-detail"),
    path("icbs/<str:code>/table.csv", views.icb_table, name="icb-table"),
    path("icbs/<str:code>/page.csv", views.icb_page, name="icb-page"),
    path("icbs/<str:code>/paper/", papers.icb_paper, name="icb-paper"),
    path("icbs/<str:code>/days.csv", views.icb_days, name="icb-days"),
    path("icbs/<str:code>/across-borders/", border.icb_border, name="icb-border"),
    path(
        "icbs/<str:code>/across-borders/table.csv",
        border.icb_border_table,
        name="icb-border-table",
    ),
    path("icbs/<str:code>/plan/", plans.icb_plan, name="icb-plan"),
    path("icbs/<str:code>/plan/table.csv", plans.icb_plan_table, name="icb-plan-table"),
    path("icbs/<str:code>/plan/beds/", plans.plan_create, name="plan-create"),
    path("icbs/<str:code>/plan/target/", plans.target_create, name="target-create"),
    path("plans/<int:pk>/withdraw/", plans.plan_withdraw, name="plan-withdraw"),
    path("wards/<str:code>/", views.ward_detail, name="ward-detail"),
    path("wards/<str:code>/hours/", views.ward_hours, name="ward-hours"),
    path("wards/<str:code>/staffed/", staffed.ward_staffed, name="ward-staffed"),
    path("wards/<str:code>/page.csv", views.ward_page, name="ward-page"),
    path("wards/<str:code>/days.csv", views.ward_days, name="ward-days"),
    path(f"{_PLACE}/holding-back/", views.hindrance_list, name="hindrance-list"),
    path(f"{_PLACE}/holding-back.csv", views.hindrance_table, name="hindrance-table"),
    path(f"{_PLACE}/flows/", views.flow_list, name="flow-list"),
    path(f"{_PLACE}/flows.csv", views.flow_table, name="flow-table"),
    path(f"{_PLACE}/stays/", views.length_list, name="length-list"),
    path(f"{_PLACE}/stays.csv", views.length_table, name="length-table"),
    path(f"{_PLACE}/control/", views.control_detail, name="control-detail"),
    path(f"{_PLACE}/control.csv", views.control_table, name="control-table"),
    path(f"{_PLACE}/control/changes/", views.stated_change_create, name="stated-change-create"),
    path(
        f"{_PLACE}/control/changes/<int:pk>/withdraw/",
        views.stated_change_withdraw,
        name="stated-change-withdraw",
    ),
    path(f"{_PLACE}/before-and-after/", views.change_detail, name="change-detail"),
    path(f"{_PLACE}/before-and-after.csv", views.change_table, name="change-table"),
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
