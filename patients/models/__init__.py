"""People, the pathways they may follow, their referrals, admissions and plans."""

from patients.models.admissions import Admission, ExpectedDischarge, LeaveDetail
from patients.models.care import MonitoringMode, Pause, PlanLine, PrescribedOxygen
from patients.models.discharges import Discharge, FollowUp, MedicineChange
from patients.models.home import Check, KeySafe, SafeguardingNote
from patients.models.known import AskedRecord, HomeRecord, SafetyRecord
from patients.models.minimum import MinimumDataSet, MinimumDataSetRow
from patients.models.pathways import (
    EarlierPathway,
    Pathway,
    PathwayDraft,
    PathwayVersion,
    WardPathway,
)
from patients.models.people import Contact, Identifier, Patient, Place
from patients.models.records import RecordChange
from patients.models.referrals import Referral, ReferralClock

__all__ = [
    "Admission",
    "AskedRecord",
    "Check",
    "Contact",
    "Discharge",
    "EarlierPathway",
    "ExpectedDischarge",
    "FollowUp",
    "HomeRecord",
    "Identifier",
    "KeySafe",
    "LeaveDetail",
    "MedicineChange",
    "MinimumDataSet",
    "MinimumDataSetRow",
    "MonitoringMode",
    "Pathway",
    "PathwayDraft",
    "PathwayVersion",
    "Patient",
    "Pause",
    "Place",
    "PlanLine",
    "PrescribedOxygen",
    "RecordChange",
    "Referral",
    "ReferralClock",
    "SafeguardingNote",
    "SafetyRecord",
    "WardPathway",
]
