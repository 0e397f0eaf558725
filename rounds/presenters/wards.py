"""A ward as a choice: who is there, and what nobody owns."""

from capacity.models import Ward
from capacity.presence import WardCount
from rounds.presenters.addresses import address


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
