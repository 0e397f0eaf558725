"""What was used last stays, and no more than that."""

from lib.recent import Recent


def test_what_was_not_used_for_longest_goes_first():
    kept: Recent[str, int] = Recent(most=2)
    kept.put("a", 1)
    kept.put("b", 2)
    assert kept.get("a") == 1
    kept.put("c", 3)
    assert (kept.get("a"), kept.get("b"), kept.get("c")) == (1, None, 3)
    assert len(kept) == 2


def test_forgetting_leaves_nothing():
    kept: Recent[str, int] = Recent(most=2)
    kept.put("a", 1)
    kept.clear()
    assert kept.get("a") is None
