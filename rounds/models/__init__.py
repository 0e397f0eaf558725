"""Rounds and reviews, tasks, handovers."""

from rounds.models.handovers import Handover, HandoverLine
from rounds.models.reviews import Review, Round
from rounds.models.tasks import Task

__all__ = ["Handover", "HandoverLine", "Review", "Round", "Task"]
