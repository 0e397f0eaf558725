"""Compares what senders were promised with what the house holds, and the house with a calm one."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable

from observations.models import Receipt
from tests.faults.calm import Calm, Sent
from tests.faults.house import House, within
from tests.faults.load import Load, Upload

Outcome = Receipt.Outcome
DRAINED_SECONDS = 100
RECEIPTS = """
    SELECT id::text, ids, outcomes, received_at FROM observations_receipt
    WHERE received_at >= %s ORDER BY received_at, id
"""
STORED = (
    "SELECT sender_id, count(*) FROM observations_reading WHERE sender_id LIKE 'f-%' GROUP BY 1"
)
IN_TRAY = "SELECT sender_id, count(*) FROM observations_unclaimedreading GROUP BY 1"
# All that must not depend on what went wrong; what rang and when it was stored may.
SAME = {
    "readings": (
        "SELECT admission_id, device_id, sender_id, measured_at, kind, number, code, late "
        "FROM observations_reading"
    ),
    "vitals": (
        "SELECT admission_id, kind, number, code, measured_at, sender_id "
        "FROM observations_latestvital"
    ),
    "scores": (
        "SELECT admission_id, measured_at, total, lowest, response, parts, oldest_at "
        "FROM observations_score"
    ),
    "findings": (
        "SELECT admission_id, rule, measured_at, priority, text, values::text "
        "FROM observations_finding WHERE withdrawn_at IS NULL"
    ),
    "standings": (
        "SELECT admission_id, measured_at, oldest_at, total, lowest, response, parts, "
        "previous_total, previous_at, last_reading_at FROM observations_standing"
    ),
    "tray": "SELECT serial, sender_id, kind, measured_at, why FROM observations_unclaimedreading",
}
DEADLOCKS = "SELECT sum(deadlocks)::int FROM pg_stat_database"


class Ledger:
    """Follows one house from test to test."""

    def __init__(self, house: House, calm: Calm) -> None:
        self.house, self.calm = house, calm
        self._since = dt.datetime.now(dt.UTC)

    def settle(self, load: Load) -> None:
        """Waits until nothing waits; then nothing is lost, doubled or judged differently."""
        assert within(DRAINED_SECONDS, lambda: self.house.waiting() == 0), self.house.told()
        receipts = self.house.rows(RECEIPTS, self._since)
        self._since = dt.datetime.now(dt.UTC)
        uploads = {upload.ids: upload for upload in load.accepted.values()}
        assert load.accepted.keys() <= {receipt for receipt, *_ in receipts}
        told = [(uploads[tuple(ids)], outcomes, at) for _, ids, outcomes, at in receipts]
        _expect_each_told_once((upload, outcomes) for upload, outcomes, _ in told)
        self._expect_each_there_once(uploads.values())
        # What was refused, and not sent once more and accepted then.
        self._expect_none_there(one for one in load.refused if one.ids not in uploads)
        self.calm.replay(_as_sent(upload, at) for upload, _, at in told)
        self.expect_calm()
        self.expect_no_deadlock()

    def expect_calm(self) -> None:
        for name, statement in SAME.items():
            ours, calm = (
                sorted(self.house.rows(statement, calm=calm), key=str) for calm in (False, True)
            )
            assert ours, name
            assert ours == calm, name

    def expect_no_deadlock(self) -> None:
        """By its log too: PostgreSQL forgets its counters when it is stopped at once."""
        assert self.house.ask(DEADLOCKS) == 0
        assert "deadlock detected" not in self.house.postgres.log.read_text(errors="replace")

    def _expect_each_there_once(self, accepted: Iterable[Upload]) -> None:
        stored, tray = dict(self.house.rows(STORED)), dict(self.house.rows(IN_TRAY))
        for upload in accepted:
            assert {stored.get(one) for one in upload.stored} == {1}
            assert all(tray.get(one) == 1 for one in upload.unclaimed)
            assert not any(one in stored for one in (*upload.unclaimed, *upload.rejected))

    def _expect_none_there(self, refused: Iterable[Upload]) -> None:
        known = {one for (one, _) in self.house.rows(STORED) + self.house.rows(IN_TRAY)}
        assert all(known.isdisjoint(upload.ids) for upload in refused)


def _expect_each_told_once(told: Iterable[tuple[Upload, list[int]]]) -> None:
    """However often it was sent, a reading is new once and a duplicate ever after."""
    new: Counter[str] = Counter()
    expected: set[str] = set()
    for upload, outcomes in told:
        assert len(outcomes) == len(upload.ids)
        of = dict(zip(upload.ids, map(Outcome, outcomes), strict=True))
        assert {of[one] for one in upload.stored} <= {
            Outcome.STORED,
            Outcome.LATE,
            Outcome.DUPLICATE,
        }
        assert {of[one] for one in upload.rejected} <= {Outcome.REJECTED}
        assert {of[one] for one in upload.unclaimed} <= {Outcome.UNCLAIMED, Outcome.DUPLICATE}
        new.update(one for one in upload.stored if of[one] != Outcome.DUPLICATE)
        expected.update(upload.stored)
    assert new == Counter(expected)


def _as_sent(upload: Upload, at: dt.datetime) -> Sent:
    return upload.key, upload.body, at.isoformat()
