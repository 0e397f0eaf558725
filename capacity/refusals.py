"""Why a bed cannot be had, each in plain words that a page can show as they are."""


class BedRefused(Exception):  # noqa: N818 — an answer to a person, not a fault
    """Nothing was written; `message` says why, to the person who asked."""

    message = "This bed cannot be used."

    def __init__(self, message: str = "") -> None:
        self.message = message or type(self).message
        super().__init__(self.message)


class BedTaken(BedRefused):
    message = "Somebody else is in this bed."


class BedClosed(BedRefused):
    message = "This bed is closed."


class BedHeld(BedRefused):
    message = "This bed is held for somebody else."


class WardNotOpen(BedRefused):
    message = "This ward is not open on that day."


class BedOfAnotherWard(BedRefused):
    message = "This bed belongs to another ward."


class NoBedWithoutReason(BedRefused):
    message = "Say why the patient has no bed of their own."


class NotOnAWard(BedRefused):
    message = "This patient is not on a ward."


class TimeRefused(BedRefused):
    message = "That time does not fit with what is recorded before and after it."


class ReturnRefused(Exception):  # noqa: N818 — an answer to a person, not a fault
    """Nothing was written; `message` says why, to the person who prepares or signs a return."""

    def __init__(self, message: str) -> None:
        self.message = message
        super().__init__(message)


class AlreadyOnLeave(BedRefused):
    message = "This patient is already on leave."
