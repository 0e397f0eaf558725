"""The age bands in which this service tells who was admitted."""

from bisect import bisect_right
from typing import Final

EDGES: Final = (18, 40, 65, 75, 85)
# An age in nobody's band but the last.
BEYOND: Final = 200


def band_of(age: int) -> int:
    """0 under the first edge, as PostgreSQL's `width_bucket` numbers them."""
    return bisect_right(EDGES, age)
