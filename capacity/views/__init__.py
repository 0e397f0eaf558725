"""Pages of capacity: figures, never a patient."""

from capacity.views.definitions import definition_list
from capacity.views.england import (
    england_detail,
    england_table,
    published_icb,
    published_icb_table,
)
from capacity.views.hours import ward_hours
from capacity.views.icbs import icb_days, icb_detail, icb_list, icb_table
from capacity.views.published import published_upload
from capacity.views.wards import ward_days, ward_detail

__all__ = [
    "definition_list",
    "england_detail",
    "england_table",
    "icb_days",
    "icb_detail",
    "icb_list",
    "icb_table",
    "published_icb",
    "published_icb_table",
    "published_upload",
    "ward_days",
    "ward_detail",
    "ward_hours",
]
