"""Names of any alphabet between words and numbers of ours."""

from typing import Final
from unicodedata import bidirectional

_FROM_THE_RIGHT: Final = frozenset({"R", "AL"})
_APART: Final = "\u2068", "\u2069"


def apart(text: str) -> str:
    """A text read from right to left, kept apart from what follows: after it, in one line, the NHS
    number 999 000 1014 would be shown as 1014 000 999. Others as they are."""
    if not any(bidirectional(letter) in _FROM_THE_RIGHT for letter in text):
        return text
    return text.join(_APART)
