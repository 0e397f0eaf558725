"""What a key has sent is counted even while Redis is away, and by the minute."""

import redis

from observations.intake import wakeups
from observations.intake.wakeups import Wakeups


class Away:
    def pipeline(self, *, transaction):
        raise redis.ConnectionError


def test_while_redis_is_away_a_minute_is_still_a_minute(monkeypatch):
    minute = [100]
    monkeypatch.setattr(wakeups, "_minute", lambda: minute[0])
    monkeypatch.setattr(wakeups, "REST", 0.0)
    ours = Wakeups(lambda: None)
    monkeypatch.setattr(ours, "_connection", Away)
    monkeypatch.setattr(ours, "_start", lambda: None)
    ours.accepted(7, 900)
    ours._tick()
    ours.accepted(7, 100)
    assert ours.sent_this_minute(7) == 1000
    minute[0] += 1
    assert ours.sent_this_minute(7) == 0
    ours.accepted(7, 5)
    assert ours.sent_this_minute(7) == 5


def test_what_redis_was_told_and_was_not_told_add_up(valkey, monkeypatch):
    minute = [200]
    monkeypatch.setattr(wakeups, "_minute", lambda: minute[0])
    ours = Wakeups(lambda: None)
    monkeypatch.setattr(ours, "_start", lambda: None)
    for readings in (900, 50):
        ours.accepted(8, readings)
        ours._tick()
    ours.accepted(8, 5)
    assert ours.sent_this_minute(8) == 955


def test_what_is_on_its_way_to_redis_counts_already(valkey, monkeypatch):
    ours, seen = Wakeups(lambda: None), []
    tell = ours._tell
    monkeypatch.setattr(wakeups, "_minute", lambda: 300)
    monkeypatch.setattr(ours, "_start", lambda: None)

    def telling(said, minute):
        seen.append(ours.sent_this_minute(9))
        return tell(said, minute)

    monkeypatch.setattr(ours, "_tell", telling)
    ours.accepted(9, 40)
    ours._tick()
    assert [*seen, ours.sent_this_minute(9)] == [40, 40]
