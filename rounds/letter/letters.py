"""The letters that leave the house."""

from rounds.letter.typesetting import pdf
from rounds.patient.summary import Summary
from rounds.presenters.summary import SummaryPresenter


def summary_letter(known: Summary) -> bytes:
    """The same bytes each time, as long as the stay says the same."""
    return pdf("summary.typ", SummaryPresenter(known).letter, at=known.ended_at)
