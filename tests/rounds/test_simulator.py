"""The simulated devices, against a small server of our own and against the real way in."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from observations.draining import drain
from observations.models import Reading, UnclaimedReading
from rounds.demo.players import Faults, GatewayPlan, Player, Wearer, read_plan
from tests.observations.factories import SEVEN, make_gateway, make_held_hub, make_key
from tests.patients.factories import make_admission, make_clinician

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


class Server(ThreadingHTTPServer):
    """Keeps what it is sent, and answers as it is told to; 202 when nothing is left to say."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.uploads: list[dict[str, Any]] = []
        self.keys: list[str] = []
        self.answers: list[int] = []

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        server = self.server
        assert isinstance(server, Server)
        body = self.rfile.read(int(self.headers["Content-Length"]))
        server.keys.append(self.headers["Authorization"])
        server.uploads.append(json.loads(body))
        self.send_response(server.answers.pop(0) if server.answers else 202)
        self.send_header("Retry-After", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def serving() -> Iterator[Server]:
    server = Server()
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def server():
    with serving() as one:
        yield one


def wearer(serial: str = "H-1", **more: Any) -> Wearer:
    return Wearer(serial=serial, kinds=SEVEN, **more)


def player(
    address: str, *wearers: Wearer, faults: Faults | None = None, skew: float = 0.0, **more: Any
) -> Player:
    return Player(
        GatewayPlan("gate", more.pop("key", "vw_key"), wearers or (wearer(),), skew=skew),
        base_url=address,
        sets_a_second=100,
        seed=1,
        faults=faults or Faults(),
        cue=more.pop("cue", threading.Event()),
        stop=threading.Event(),
        clock=more.pop("clock", lambda: NOON),
    )


def test_a_set_is_sent_with_the_gateways_key_and_one_time(server):
    one = player(server.address)
    one.take_turn(one.plan.wearers[0])
    assert server.keys == ["Bearer vw_key"]
    rows = server.uploads[0]["readings"]
    assert {row["kind"] for row in rows} == set(SEVEN)
    assert {row["measured_at"] for row in rows} == {NOON.isoformat()}
    assert len({row["id"] for row in rows}) == len(rows)


def test_shared_kit_names_its_patient(server):
    one = player(server.address, wearer(patient="token"))
    one.take_turn(one.plan.wearers[0])
    assert {row["patient"] for row in server.uploads[0]["readings"]} == {"token"}


def test_a_duplicate_is_the_same_upload_again(server):
    one = player(server.address, faults=Faults(duplicates=1.0))
    one.take_turn(one.plan.wearers[0])
    assert len(server.uploads) == 2
    assert server.uploads[0] == server.uploads[1]


def test_what_is_buffered_comes_later_in_order_and_nothing_is_lost(server):
    one = player(server.address, faults=Faults(buffers=1.0))
    for _ in range(3):
        one.take_turn(one.plan.wearers[0])
    assert not server.uploads
    one.faults = Faults()
    one.take_turn(one.plan.wearers[0])
    ids = [upload["readings"][0]["id"] for upload in server.uploads]
    assert len(ids) == 4
    assert ids == sorted(ids)


@pytest.mark.parametrize("status", [429, 503])
def test_under_pressure_an_upload_is_kept_and_sent_again(server, status):
    server.answers = [status]
    one = player(server.address)
    one.take_turn(one.plan.wearers[0])
    one.take_turn(one.plan.wearers[0])
    ids = [upload["readings"][0]["id"] for upload in server.uploads]
    assert ids[0] == ids[1]
    assert len(ids) == 3
    assert not one.kept


def test_what_is_refused_for_good_is_not_sent_for_ever(server):
    server.answers = [401]
    one = player(server.address)
    one.take_turn(one.plan.wearers[0])
    assert not one.kept
    assert one.refused == 1


def test_without_a_server_an_upload_is_kept():
    with serving() as server:
        address = server.address
    one = player(address)
    one.take_turn(one.plan.wearers[0])
    assert len(one.kept) == 1


def test_a_wrong_clock_shows_in_both_times(server):
    one = player(server.address, faults=Faults(skewed=True), skew=140.0)
    one.take_turn(one.plan.wearers[0])
    wrong = (NOON + timedelta(seconds=140)).isoformat()
    assert server.uploads[0]["sent_at"] == wrong
    assert server.uploads[0]["readings"][0]["measured_at"] == wrong


def test_a_dead_device_never_gets_its_turn(server):
    one = player(server.address, wearer("dead"), wearer("alive"), faults=Faults(dead=1))
    turns = one._turns()
    assert {next(turns).serial for _ in range(6)} == {"alive"}


def test_re_issued_kit_empties_its_buffer_once(server):
    given = NOON - timedelta(days=1)
    one = player(server.address, wearer(held_since=given.isoformat()), faults=Faults(buffers=1e-9))
    for _ in range(2):
        one.take_turn(one.plan.wearers[0])
    old = [
        [row for row in upload["readings"] if row["measured_at"] < given.isoformat()]
        for upload in server.uploads
    ]
    assert [len(rows) for rows in old] == [len(SEVEN), 0]


def test_only_the_last_wearer_deteriorates_and_only_on_cue(server):
    cue, at = threading.Event(), NOON
    one = player(server.address, wearer("a"), wearer("b"), cue=cue, clock=lambda: at)
    first, last = one.plan.wearers
    assert one._severity(last, at) < 0.1
    cue.set()
    assert one._severity(last, at) == pytest.approx(0.2)
    assert one._severity(last, at + timedelta(minutes=5)) == pytest.approx(0.95)
    assert one._severity(first, at + timedelta(minutes=5)) < 0.1


def write_plan(path, *, key: str = "vw_key", serial: str = "H-1") -> str:
    row = {"serial": serial, "kinds": list(SEVEN), "usual": {"spo2": 95}, "story": "stable"}
    plan = {"gateways": [{"name": "gate", "key": key, "wearers": [row]}]}
    path.write_text(json.dumps(plan))
    return str(path)


def test_the_command_plays_for_as_long_as_it_is_told(server, tmp_path, capsys):
    plan = write_plan(tmp_path / "plan.json")
    call_command("simulate", url=server.address, plan=plan, rate=50.0, duration=0.6)
    assert server.uploads
    assert "0 refused" in capsys.readouterr().out


def test_a_plan_is_read_as_it_was_written(tmp_path):
    plans = read_plan(Path(write_plan(tmp_path / "plan.json")).read_text())
    assert plans[0].wearers[0].usual.spo2 == 95


@pytest.mark.parametrize("text", ["", "{}", '{"gateways": [{"name": "x"}]}', '{"gateways": []}'])
def test_what_is_no_plan_is_refused_in_one_line(tmp_path, text):
    path = tmp_path / "plan.json"
    path.write_text(text)
    with pytest.raises(CommandError, match=r"plan\.json"):
        call_command("simulate", plan=str(path), duration=0.1)


def test_a_missing_plan_says_what_to_do(tmp_path):
    with pytest.raises(CommandError, match="load_demo"):
        call_command("simulate", plan=str(tmp_path / "none.json"), duration=0.1)


@pytest.mark.django_db(transaction=True)
def test_what_a_device_sends_is_stored_for_who_holds_it(live_server):
    admission = make_admission()
    by = make_clinician(admission.ward)
    since = admission.admitted_at - timedelta(days=1)
    hub = make_held_hub(admission, by=by, at=since)
    key = make_key(make_gateway(admission.ward.lead_provider))
    now = datetime.now(UTC)
    one = player(live_server.url, wearer(hub.serial), key=key, clock=lambda: now)
    one.take_turn(one.plan.wearers[0])
    assert one.accepted == 1
    drain.drain_all()
    bounds = {
        "measured_at__gte": now - timedelta(hours=1),
        "measured_at__lt": now + timedelta(hours=1),
    }
    assert Reading.objects.filter(admission_id=admission.pk, **bounds).count() == len(SEVEN)
    assert not UnclaimedReading.objects.exists()
