"""Rounds and reviews, tasks, handovers."""

from rounds.models.handovers import Handover, HandoverLine
from rounds.models.reviews import Review, ReviewDraft
from rounds.models.rounds import Round, RoundPlace
from rounds.models.tasks import Task

__all__ = ["Handover", "HandoverLine", "Review", "ReviewDraft", "Round", "RoundPlace", "Task"]
