"""The compose file, the Dockerfile and the proxy are held against the code they run."""

import ast
import re
import shutil
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.conf import settings
from django.core.management import get_commands, load_command_class
from django.urls import resolve

from vwards import probe
from vwards.local import servers

ROOT = Path(settings.BASE_DIR)
READERS = {"text", "flag", "whole", "listed", "database", "redis_url", "friday"}
# What would open a deployment up must not be settable from outside at all.
ONLY_HERE = {"DEBUG", "DEMO"}
SECRETS = {"SECRET_KEY", "PSEUDONYM_SECRET", "DATABASE_URL", "REDIS_URL", "METRICS_TOKEN"}
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES: dict[str, Any] = COMPOSE["services"]
OURS = {name: one for name, one in SERVICES.items() if str(one["image"]).startswith("vwards:")}


def _variables_read() -> set[str]:
    tree = ast.parse((ROOT / "vwards" / "settings.py").read_text())
    calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call))
    return {
        str(call.args[0].value)
        for call in calls
        if isinstance(call.func, ast.Attribute)
        and call.func.attr in READERS
        and isinstance(call.args[0], ast.Constant)
    }


def test_our_services_are_web_worker_beat_and_migrate():
    assert set(OURS) == {"web", "worker", "beat", "migrate"}


@pytest.mark.parametrize("service", OURS)
def test_each_variable_that_the_settings_read_is_set(service):
    assert _variables_read() - ONLY_HERE <= set(OURS[service]["environment"])


@pytest.mark.parametrize("service", OURS)
def test_nothing_is_set_that_nobody_reads(service):
    known = _variables_read() | {"PROMETHEUS_MULTIPROC_DIR"}
    assert set(OURS[service]["environment"]) <= known - ONLY_HERE


@pytest.mark.parametrize("name", sorted(SECRETS))
def test_no_secret_has_a_default(name):
    assert ":?" in OURS["web"]["environment"][name]


def test_no_variable_that_must_be_given_has_a_default_elsewhere():
    text = (ROOT / "docker-compose.yml").read_text()
    demanded = set(re.findall(r"\$\{(\w+):\?", text))
    defaulted = set(re.findall(r"\$\{(\w+):-", text))
    assert demanded.isdisjoint(defaulted)
    assert not re.findall(r"\$\{\w+\}|\$\w+", text), "say :? or :- for each variable"


@pytest.mark.parametrize("service", ["worker", "beat", "migrate"])
def test_each_command_exists(service):
    _check_command(OURS[service]["command"])


def test_the_image_starts_the_web_server_of_this_project():
    (command,) = re.findall(r"^CMD (\[.*\])$", (ROOT / "Dockerfile").read_text(), re.M)
    _check_command(ast.literal_eval(command))


def test_the_image_copies_every_app_and_what_they_need():
    text = (ROOT / "Dockerfile").read_text()
    for app in ("lib", "accounts", "capacity", "patients", "observations", "rounds", "vwards"):
        assert f"COPY {app} {app}\n" in text
    for source in re.findall(r"^COPY (?!--from)(.+) \S+$", text, re.M):
        for path in source.split():
            assert (ROOT / path).exists(), path


def test_the_image_runs_as_nobody_in_particular():
    users = re.findall(r"^USER (.+)$", (ROOT / "Dockerfile").read_text(), re.M)
    assert users == ["vwards"]


@pytest.mark.parametrize("service", ["web", "worker", "beat", "postgres", "redis"])
def test_each_lasting_service_has_a_health_check_and_restarts(service):
    assert SERVICES[service]["healthcheck"]["test"]
    assert SERVICES[service]["restart"] == "unless-stopped"


def test_each_health_address_exists():
    for service in ("web", "worker", "beat"):
        *program, what = SERVICES[service]["healthcheck"]["test"]
        assert program == ["CMD", "python", "-m", "vwards.probe"]
        assert resolve(what) if what.startswith("/") else what in {"worker", "beat"}
    proxy = (ROOT / "Caddyfile").read_text()
    (address,) = re.findall(r"health_uri (\S+)", proxy)
    assert resolve(address)


def test_the_proxy_and_the_probe_ask_where_the_web_server_listens():
    (port,) = re.findall(r'"--port", "(\d+)"', (ROOT / "Dockerfile").read_text())
    assert probe.WEB[1] == int(port)
    assert f"reverse_proxy web:{port}" in (ROOT / "Caddyfile").read_text()


def test_only_the_proxy_is_reached_from_outside():
    assert [name for name, one in SERVICES.items() if "ports" in one] == ["proxy"]
    assert COMPOSE["networks"]["inside"] == {"internal": True}
    assert {n: SERVICES[n]["networks"] for n in ("postgres", "redis")} == {
        "postgres": ["inside"],
        "redis": ["inside"],
    }


def test_postgresql_and_redis_keep_their_data():
    assert SERVICES["postgres"]["volumes"] == ["postgres:/var/lib/postgresql/data"]
    assert SERVICES["redis"]["volumes"] == ["redis:/data"]
    command = SERVICES["redis"]["command"]
    assert command[command.index("--appendonly") + 1] == "yes"


def test_the_probe_says_no_where_nothing_listens(monkeypatch):
    monkeypatch.setattr(probe, "WEB", ("127.0.0.1", 1))
    assert probe.healthy("/readyz") is False


def test_the_probe_says_yes_to_a_live_server(live_server, monkeypatch):
    monkeypatch.setattr(probe, "WEB", (live_server.thread.host, live_server.thread.port))
    assert probe.healthy("/readyz") is True
    assert probe.healthy("/livez-not") is False


def test_the_probe_knows_a_beat_that_beats(valkey):
    from vwards import health

    valkey.delete(health.HEARTBEAT_KEY)
    assert probe.healthy("beat") is False
    health.beat()
    assert probe.healthy("beat") is True


def _check_command(command: list[str]) -> None:
    assert shutil.which(command[0], path=str(ROOT / ".venv" / "bin")), command[0]
    if command[0] == "python":
        assert (ROOT / command[1]).exists()
        assert load_command_class(get_commands()[command[2]], command[2])
    elif command[0] == "celery":
        assert command[1:3] == ["-A", "vwards"]
        assert command[3] in {"worker", "beat"}
    else:
        module, _, name = command[1].partition(":")
        assert callable(getattr(import_module(module), name))


@pytest.mark.parametrize("setting", servers.FORGETFUL)
def test_nobody_turns_off_what_makes_a_commit_last(setting: str):
    """But the tests' own servers, and the demo while it is loaded; a 202 is a promise."""
    for name in ("docker-compose.yml", "Dockerfile", "vwards/settings.py"):
        assert not re.search(rf"\b{setting}\b", (ROOT / name).read_text())
