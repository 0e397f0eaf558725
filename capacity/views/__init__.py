"""Pages of capacity: figures, never a patient."""

from capacity.views.definitions import definition_list
from capacity.views.england import (
    england_detail,
    england_table,
    published_icb,
    published_icb_table,
)
from capacity.views.flows import (
    change_detail,
    change_table,
    control_detail,
    control_table,
    flow_list,
    flow_table,
    hindrance_list,
    hindrance_table,
    length_list,
    length_table,
    stated_change_create,
    stated_change_withdraw,
)
from capacity.views.hours import ward_hours
from capacity.views.icbs import icb_days, icb_detail, icb_list, icb_page, icb_table
from capacity.views.published import published_upload
from capacity.views.returns import (
    return_csv,
    return_detail,
    return_list,
    return_prepare,
    return_reopen,
    return_sign,
    return_xlsx,
)
from capacity.views.thursdays import (
    publication_csv,
    publication_xlsx,
    thursday_detail,
    thursday_list,
)
from capacity.views.wards import ward_days, ward_detail, ward_page

__all__ = [
    "change_detail",
    "change_table",
    "control_detail",
    "control_table",
    "definition_list",
    "england_detail",
    "england_table",
    "flow_list",
    "flow_table",
    "hindrance_list",
    "hindrance_table",
    "icb_days",
    "icb_detail",
    "icb_list",
    "icb_page",
    "icb_table",
    "length_list",
    "length_table",
    "publication_csv",
    "publication_xlsx",
    "published_icb",
    "published_icb_table",
    "published_upload",
    "return_csv",
    "return_detail",
    "return_list",
    "return_prepare",
    "return_reopen",
    "return_sign",
    "return_xlsx",
    "stated_change_create",
    "stated_change_withdraw",
    "thursday_detail",
    "thursday_list",
    "ward_days",
    "ward_detail",
    "ward_hours",
    "ward_page",
]
