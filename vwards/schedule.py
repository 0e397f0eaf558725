"""The whole beat schedule; what a task does, and how often it may, is read here."""

from typing import Any

HEARTBEAT_SECONDS = 10


def every(seconds: float, task: str) -> dict[str, Any]:
    """A periodic task whose message dies before the next one: late work is not piled up."""
    return {"task": task, "schedule": seconds, "options": {"expires": max(seconds * 2, 2)}}


BEAT_SCHEDULE: dict[str, dict[str, Any]] = {
    "beat-heartbeat": every(HEARTBEAT_SECONDS, "vwards.health.beat"),
    # Uploads wake the worker themselves; this finds what a lost wake-up left, and shows life.
    "drain-inbox": every(1, "observations.tasks.drain_inbox"),
    "sweep-deadlines": every(5, "observations.tasks.sweep_deadlines"),
    # Of wards that nobody holds any more; the board says so by itself.
    "ring-unwatched": every(5, "rounds.tasks.ring_unwatched"),
    "send-bells": every(1, "observations.tasks.send_bells"),
    "keep-partitions": every(600, "observations.tasks.keep_partitions"),
    # Some steps of a month each time, until its days are one partition.
    "merge-partitions": every(900, "observations.tasks.merge_partitions"),
    # Who is away for more than a day is told by the board at once; the task follows.
    "ask-after-leave": every(60, "rounds.tasks.ask_after_leave"),
    # Once a night would do: it is one look, and a worker may be down that night.
    "purge-old-drafts": every(6 * 3600, "rounds.tasks.purge_old_drafts"),
    # Of wards where somebody came or went; until then they are counted by whoever asks.
    "keep-counts": every(5, "capacity.tasks.keep_counts"),
    # At 08:00 London the count is due; a correction is told within the minute too.
    "refresh-figures": every(60, "capacity.tasks.refresh_figures"),
    # Thursday's count, for good, once what was being written at 08:00 has settled.
    "freeze-thursdays": every(300, "capacity.tasks.freeze_thursdays"),
}
