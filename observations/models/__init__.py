"""Devices and who holds them, the inbox, readings, scores, findings, alerts and bells."""

from observations.models.alerts import (
    Alert,
    AlertEvent,
    Bell,
    BellDelivery,
    Finding,
    Prompt,
    Trigger,
)
from observations.models.devices import (
    Device,
    DeviceKey,
    DeviceStatus,
    EnrolmentToken,
    Gateway,
    GatewayProvider,
    Holding,
    Supplier,
)
from observations.models.inbox import Inbox, Receipt, Retraction, UnclaimedReading
from observations.models.partitions import PartitionChange, PartitionCopy
from observations.models.readings import Correction, Reading
from observations.models.standing import DueTime, Heartbeat, LatestVital, Score, Standing

__all__ = [
    "Alert",
    "AlertEvent",
    "Bell",
    "BellDelivery",
    "Correction",
    "Device",
    "DeviceKey",
    "DeviceStatus",
    "DueTime",
    "EnrolmentToken",
    "Finding",
    "Gateway",
    "GatewayProvider",
    "Heartbeat",
    "Holding",
    "Inbox",
    "LatestVital",
    "PartitionChange",
    "PartitionCopy",
    "Prompt",
    "Reading",
    "Receipt",
    "Retraction",
    "Score",
    "Standing",
    "Supplier",
    "Trigger",
    "UnclaimedReading",
]
