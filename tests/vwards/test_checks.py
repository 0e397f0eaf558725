"""`make check` finds an address in a lock file."""

import pytest

from vwards.local import checks


@pytest.fixture
def house(tmp_path, monkeypatch):
    for name in (*checks.LOCKS, checks.NPM_LOCK):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("{}")
    monkeypatch.setattr(checks, "REPOSITORY", tmp_path)
    return tmp_path


def test_the_lock_files_of_this_project_hold_none():
    assert list(checks._addresses()) == []


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("requirements.txt", "--index-url https://packages.example/simple"),
        ("requirements-dev.txt", "x @ https://packages.example/x.whl"),
        ("package-lock.json", '"resolved": "https://packages.example/x.tgz",'),
    ],
)
def test_an_address_is_found_with_its_file_and_line(house, name, line):
    (house / name).write_text(f"\n{line}\n")
    assert list(checks._addresses()) == [f"{name}:2: {line}"]
