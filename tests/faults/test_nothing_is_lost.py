"""What was answered with a receipt is stored, once, and judged as ever, whichever part falls over.

Each test breaks something under a running load; the ledger then compares with the senders' own
books and with a calm run of the same uploads.
"""

import json
import random
import sys
import time
from http import HTTPStatus
from typing import Any

import pytest

from tests.faults.house import House, within
from tests.faults.ledger import Ledger
from tests.faults.load import Load, make_upload

pytestmark = [
    pytest.mark.faults,
    pytest.mark.skipif(sys.platform != "linux", reason="its children die with it only there"),
]

STARTED = 100
# Only the drain writes readings, and holds this lock until it commits.
MID_BATCH = """
    SELECT count(*) FROM pg_locks
    WHERE relation = 'observations_reading'::regclass AND mode = 'RowExclusiveLock'
"""
RECEIPTS = "SELECT count(*) FROM observations_receipt"
PARKED = "SELECT count(*) FROM observations_inbox WHERE parked_at IS NOT NULL"
WAITING_TO_COMMIT = """
    SELECT count(*) FROM pg_stat_activity
    WHERE wait_event = 'SyncRep' AND query LIKE '%keep_uploads%'
"""
# What a defect in storing looks like from outside: this one reading, whoever tries.
POISON = """
    SET lock_timeout = '10s';
    CREATE FUNCTION poison() RETURNS trigger LANGUAGE plpgsql AS
        $$BEGIN RAISE 'a defect'; END$$;
    CREATE TRIGGER poison BEFORE INSERT ON observations_reading FOR EACH ROW
        WHEN (NEW.sender_id = '{}') EXECUTE FUNCTION poison()
"""


def test_workers_killed_in_the_middle_of_batches_lose_and_double_nothing(
    house: House, ledger: Ledger, load: Load, times: int
):
    with load.running():
        for _ in range(times):
            _kill_in_mid_batch(house)
            house.start_worker()
            assert goes_on(house, load), house.told()
    ledger.settle(load)


def test_valkey_emptied_and_killed_only_delays_what_it_carried(
    house: House, ledger: Ledger, load: Load, times: int
):
    with load.running():
        for _ in range(times):
            house.empty_valkey()
            assert goes_on(house, load), house.told()
            house.kill_valkey()
            assert is_accepted(load, 20), "an upload needs no broker"
            house.valkey.start()
            assert goes_on(house, load), house.told()
    assert load.in_doubt == 0
    ledger.settle(load)


def test_valkey_hung_holds_up_no_sender(house: House, ledger: Ledger, load: Load, times: int):
    with load.running():
        for _ in range(times):
            with house.frozen("valkey"):
                assert is_accepted(load, 40)
            assert goes_on(house, load), house.told()
    assert load.in_doubt == 0
    ledger.settle(load)


def test_postgresql_stopped_at_once_keeps_every_reading_that_had_its_receipt(
    house: House, ledger: Ledger, load: Load, times: int
):
    with load.running():
        for _ in range(times):
            assert goes_on(house, load), house.told()
            house.stop_postgres_at_once()
            promised = len(load.accepted)
            assert _is_in_doubt(load)
            assert len(load.accepted) <= promised + load.senders, "promised, and nobody keeps it"
            house.postgres.start()
            assert goes_on(house, load), house.told()
    ledger.settle(load)
    assert all(process.poll() is None for process in house.running.values()), house.told()


def test_a_web_server_killed_keeps_what_it_had_promised(
    house: House, ledger: Ledger, load: Load, times: int
):
    with load.running():
        for _ in range(times):
            assert is_accepted(load, 10)
            house.kill("web")
            assert _is_in_doubt(load)
            house.start_web()
            assert is_accepted(load, 10), house.told()
    ledger.settle(load)


def test_a_full_inbox_refuses_says_so_and_recovers(house: House, ledger: Ledger, load: Load):
    house.start_web("narrow", INBOX_LIMIT="30")
    assert within(STARTED, lambda: house.answers("narrow")), house.told()
    load.webs = ("narrow",)
    with load.running():
        with house.frozen("worker"):
            assert within(STARTED, lambda: len(load.refused) > 10), house.told()
            assert house.waiting() >= 30
        refused = len(load.refused)
        assert goes_on(house, load), house.told()
    house.kill("narrow")
    assert load.in_doubt == 0
    assert len(load.refused) >= refused
    ledger.settle(load)


def test_a_poison_upload_is_parked_and_told_while_the_others_go_on(
    house: House, ledger: Ledger, load: Load
):
    poison = make_upload(house, random.Random("poison"))
    house.rows(POISON.format(poison.stored[0]))
    with load.running():
        assert is_accepted(load, 3)
        load.send(poison)
        assert within(STARTED, lambda: house.ask(PARKED) == 1), house.told()
        assert goes_on(house, load), house.told()
    (receipt,) = (key for key, upload in load.accepted.items() if upload is poison)
    told = _told(house, receipt)
    assert (told["received"], told["pending"]) == (len(poison.ids),) * 2
    assert {one["why"] for one in told["readings"]} == {"parked"}
    assert within(STARTED, lambda: house.waiting() == 1), house.told()
    house.rows("DROP FUNCTION poison CASCADE")
    house.manage("retry_parked")
    ledger.settle(load)
    assert _told(house, receipt)["pending"] == 0


def test_a_receipt_is_given_only_when_the_commit_is_on_the_disk(
    house: House, ledger: Ledger, load: Load
):
    """A commit that waits for a standby's word is one that is not done; without synchronous_commit
    it would not wait."""
    house.configure(synchronous_standby_names="nobody")
    try:
        with load.running():
            assert within(STARTED, lambda: house.ask(WAITING_TO_COMMIT) > 0), house.told()
            promised = len(load.accepted)
            time.sleep(0.3)
            assert len(load.accepted) == promised
            house.configure(synchronous_standby_names="")
            assert goes_on(house, load), house.told()
    finally:
        house.configure(synchronous_standby_names="")
    ledger.settle(load)


@pytest.mark.parametrize("setting", ["fsync", "synchronous_commit", "full_page_writes"])
def test_a_durable_server_here_is_one(house: House, setting: str):
    assert house.ask(f"SHOW {setting}") == "on"


def goes_on(house: House, load: Load, uploads: int = 10) -> bool:
    """So many more are stored than were accepted before."""
    known = house.ask(RECEIPTS) + house.waiting()
    return within(STARTED, lambda: house.ask(RECEIPTS) >= known + uploads)


def is_accepted(load: Load, uploads: int) -> bool:
    known = len(load.accepted)
    return within(STARTED, lambda: len(load.accepted) >= known + uploads)


def _is_in_doubt(load: Load) -> bool:
    known = load.in_doubt
    return within(STARTED, lambda: load.in_doubt > known + 4)


def _told(house: House, receipt: str) -> dict[str, Any]:
    status, answer = house.get("web", f"/api/v1/receipts/{receipt}/")
    assert status == HTTPStatus.OK, answer
    found: dict[str, Any] = json.loads(answer)
    return found


def _kill_in_mid_batch(house: House) -> None:
    """Frozen first, so that nothing can be committed between the look and the blow."""

    def caught() -> bool:
        if not house.ask(MID_BATCH):
            return False
        with house.frozen("worker"):
            time.sleep(0.05)
            if house.ask(MID_BATCH):
                house.kill("worker")
                return True
        return False

    assert within(STARTED, caught), house.told()
