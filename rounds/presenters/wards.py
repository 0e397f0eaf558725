"""A ward as a choice: who is there, what nobody owns, and what waits for whoever chooses."""

from capacity.models import Ward
from capacity.presence import WardCount
from lib.addresses import address
from rounds.models import Handover
from rounds.presenters.holding import waiting_words


class WardPresenter:
    def __init__(self, ward: Ward, count: WardCount, unowned: int) -> None:
        self.name = ward.name
        self.provider = str(ward.lead_provider)
        self.url = address("rounds:ward-board", ward.code)
        self.unowned = unowned
        self.words = f"{count.patients} patients in {count.beds} beds, {count.free} free"

    @property
    def alerts(self) -> str:
        if not self.unowned:
            return "every alert has an owner"
        return f"{self.unowned} alert{'' if self.unowned == 1 else 's'} nobody owns"


class OfferedPresenter:
    """A handover that waits for whoever looks; `handover` carries its number of patients."""

    def __init__(self, handover: Handover) -> None:
        self.ward = handover.ward.name
        self.url = address("rounds:handover-detail", handover.pk)
        giver, many = handover.offered_by.short_name, handover.patients  # type: ignore[attr-defined]  # annotated
        self.words = waiting_words(many, giver, handover.offered_at)
