"""Organisations, beds, stays and the figures made of them."""

from capacity.models.beds import Bed, BedAllocation, BedClosure, StaffedBeds
from capacity.models.changes import StatedChange
from capacity.models.corrections import CountCorrection, SettledDay
from capacity.models.delays import Delay
from capacity.models.figures import (
    DailyBeds,
    DailyPatients,
    DailySums,
    PublishedFigure,
    StaleFigure,
    Target,
)
from capacity.models.kept import KeptBeds, KeptPatients, KeptWard
from capacity.models.leave import LeaveSetting
from capacity.models.organisations import (
    IntegratedCareBoard,
    Population,
    Provider,
    Region,
    Succession,
)
from capacity.models.plans import PlannedBeds
from capacity.models.population_bands import PopulationBand
from capacity.models.sitreps import SitRep
from capacity.models.stays import Leave, ReferralFact, Spell, Stay
from capacity.models.thursdays import FrozenBeds, FrozenPatients, Thursday
from capacity.models.wards import Ward, WardExclusion, WardHours, WardPeriod

__all__ = [
    "Bed",
    "BedAllocation",
    "BedClosure",
    "CountCorrection",
    "DailyBeds",
    "DailyPatients",
    "DailySums",
    "Delay",
    "FrozenBeds",
    "FrozenPatients",
    "IntegratedCareBoard",
    "KeptBeds",
    "KeptPatients",
    "KeptWard",
    "Leave",
    "LeaveSetting",
    "PlannedBeds",
    "Population",
    "PopulationBand",
    "Provider",
    "PublishedFigure",
    "ReferralFact",
    "Region",
    "SettledDay",
    "SitRep",
    "Spell",
    "StaffedBeds",
    "StaleFigure",
    "StatedChange",
    "Stay",
    "Succession",
    "Target",
    "Thursday",
    "Ward",
    "WardExclusion",
    "WardHours",
    "WardPeriod",
]
