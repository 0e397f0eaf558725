"""Rounds and reviews, tasks, handovers, and what patients say of their care."""

from rounds.models.experience import Answer, Experience, Question, Questionnaire
from rounds.models.handovers import Handover, HandoverLine, HandoverNote, WardWatch
from rounds.models.reviews import Review, ReviewDraft
from rounds.models.rounds import Round, RoundPlace
from rounds.models.tasks import Task
from rounds.models.video import VideoLink

__all__ = [
    "Answer",
    "Experience",
    "Handover",
    "HandoverLine",
    "HandoverNote",
    "Question",
    "Questionnaire",
    "Review",
    "ReviewDraft",
    "Round",
    "RoundPlace",
    "Task",
    "VideoLink",
    "WardWatch",
]
