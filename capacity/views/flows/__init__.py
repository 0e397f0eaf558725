"""Pages of flows and stays: of an ICB, a provider or a ward alike."""

from capacity.views.flows.changes import change_detail, change_table
from capacity.views.flows.control import (
    control_detail,
    control_table,
    stated_change_create,
    stated_change_withdraw,
)
from capacity.views.flows.hindrances import hindrance_list, hindrance_table
from capacity.views.flows.movements import flow_list, flow_table, length_list, length_table

__all__ = [
    "change_detail",
    "change_table",
    "control_detail",
    "control_table",
    "flow_list",
    "flow_table",
    "hindrance_list",
    "hindrance_table",
    "length_list",
    "length_table",
    "stated_change_create",
    "stated_change_withdraw",
]
