"""Which pathway costs the most bed-nights: people ready to leave who stay, and people turned away.

Both are told in nights, so that they can stand beside each other: a night that somebody spends
ready to leave is one that nobody else can have, and a referral declined for want of a bed is the
stay that would have followed, as long as half of such stays are.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Ground = Literal["waited", "turned_away"]


@dataclass(frozen=True, slots=True)
class Held:
    """One pathway over some time. `waited`: nights of people ready to leave; `turned_away`:
    referrals declined for want of a bed; `stay`: median nights of a stay there."""

    pathway: str
    waited: int = 0
    cause: str = ""
    turned_away: int = 0
    stay: float = 0.0

    @property
    def not_given(self) -> float:
        """Nights of the stays that those turned away would have had."""
        return self.turned_away * self.stay

    @property
    def lost(self) -> float:
        return self.waited + self.not_given

    @property
    def ground(self) -> Ground:
        """What the greater part of it is."""
        return "waited" if self.waited >= self.not_given else "turned_away"

    def beds(self, days: int) -> float:
        """As if so many beds had stood idle all the time."""
        return self.lost / days


def ranked(held: Iterable[Held]) -> list[Held]:
    """Who costs the most first; a pathway that costs nothing holds nobody back."""
    costly = (one for one in held if one.waited or one.turned_away)
    return sorted(costly, key=lambda one: (-one.lost, -one.turned_away, one.pathway))
