"""Devices and who holds them, the inbox, readings, scores, findings, alerts and bells."""

from observations.models.alerts import Alert, AlertEvent, Trigger
from observations.models.bells import Bell, BellDelivery
from observations.models.devices import Device, DeviceStatus
from observations.models.findings import Finding
from observations.models.gateways import DeviceKey, Gateway, GatewayProvider, Supplier
from observations.models.holdings import EnrolmentToken, Holding
from observations.models.inbox import Inbox, Receipt, Retraction, UnclaimedReading
from observations.models.partitions import PartitionChange, PartitionCopy
from observations.models.prompts import Prompt
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
