"""What an action refuses to a person, in words that a page can show as they are."""

from __future__ import annotations


class ActionRefusedError(Exception):
    """Nothing was written; `message` says why in plain words."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message
