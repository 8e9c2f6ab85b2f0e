"""Who may enter the data folder: its owner, whoever starts Kairan and however it was before."""

from __future__ import annotations

import os
import pwd
import subprocess
from pathlib import Path

import psycopg
import pytest

from ops.run import postgres_user, programs
from ops.run.data_folder import close_folder, prepare_folder, secret_key
from ops.run.embedded import Postgres
from ops.run.spoiled_files import SpoiledFile
from tests.servers import free_port

from .test_launcher import Installation, installation

__all__ = ["installation"]


def stranger_reads(path: Path) -> bool:
    """Whether another local account can read a file."""
    if os.geteuid() != 0:
        return bool(path.parent.stat().st_mode & 0o077)
    account = pwd.getpwnam("nobody")
    answer = subprocess.run(
        ["cat", str(path)], user=account.pw_uid, group=account.pw_gid, extra_groups=[], capture_output=True, check=False
    )
    return answer.returncode == 0


def test_case_a11_another_account_reads_nothing_of_a_running_kairan(installation: Installation) -> None:
    installation.data.mkdir(mode=0o755)  # as an older version, or a person, has made it
    installation.start()
    files = [path for path in installation.data.rglob("*") if path.is_file()]
    assert {"run.json", "web.log", "lock"} <= {path.name for path in files}
    assert installation.data.stat().st_mode & 0o777 == 0o700
    assert [path for path in files if stranger_reads(path)] == []
    assert installation.end() == 0


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has PostgreSQL run under another account")
def test_case_a11_a_database_in_an_open_folder_is_moved_with_its_rows(installation: Installation) -> None:
    data = installation.data
    data.mkdir()
    data.chmod(0o711)
    server = Postgres(data / "postgres")
    with psycopg.connect(server.start().replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute("CREATE TABLE note AS SELECT 1 AS number")
    server.stop()
    assert server.data == data / "postgres" / "cluster"
    prepare_folder(data)
    again = Postgres(data / "postgres")
    with psycopg.connect(again.start().replace("+psycopg", "")) as connection:
        assert connection.execute("SELECT number FROM note").fetchall() == [(1,)]
    again.stop()
    assert data.stat().st_mode & 0o777 == 0o700
    assert not (data / "postgres" / "cluster").exists()
    assert again.data.parent.parent == data.parent, "on the same disk"
    assert again.data.stat().st_mode & 0o777 == 0o700


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount")
def test_case_a11_a_volume_lets_through_the_account_of_postgresql_alone() -> None:
    volume = Path("/tmp") / f"kt-volume-{free_port()}"  # where every account may go
    volume.mkdir(mode=0o755)
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", volume], check=False).returncode:
        volume.rmdir()
        pytest.skip("this container may not mount")
    try:
        prepare_folder(volume)
        (volume / "postgres").mkdir(mode=0o711)
        wanted = volume / "postgres" / "cluster"
        assert postgres_user.data_folder(wanted, postgres_user.user_for(wanted)) == wanted
        close_folder(volume)
        assert volume.stat().st_mode & 0o777 == 0o710
        assert volume.stat().st_gid == pwd.getpwnam("nobody").pw_gid
    finally:
        subprocess.run(["umount", volume], check=True)
        volume.rmdir()


@pytest.mark.parametrize("part", ["web", "worker", "beat"])
def test_case_a11_parts_alone_close_it_too(part: str, installation: Installation) -> None:
    installation.data.mkdir()
    installation.data.chmod(0o755)
    environment = installation.environment | {
        "SECRET_KEY": "0123456789abcdefghijklmnopqrstuvwxyzABCD",
        "REDIS_URL": "redis://127.0.0.1:1/0",
    }
    process = subprocess.Popen(
        programs.kairan(part), env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        while installation.data.stat().st_mode & 0o777 != 0o700:
            assert process.poll() is None
    finally:
        process.kill()
        process.wait()


@pytest.mark.parametrize("spoiled", [b"", b"\0" * 65, b"\xff\xfe" * 30], ids=["nothing", "zeros", "noise"])
def test_case_d10_a_spoiled_key_file_is_named_with_what_to_do(tmp_path: Path, spoiled: bytes) -> None:
    made = secret_key(tmp_path)
    assert secret_key(tmp_path) == made
    file = tmp_path / "secret_key"
    file.write_bytes(spoiled)
    with pytest.raises(SpoiledFile, match=f"{file} is .*backup"):
        secret_key(tmp_path)
    assert file.read_bytes() == spoiled, "nothing takes the place of a key that may come back"
    answer = subprocess.run(
        programs.kairan("mailbox", "list"),
        env=os.environ | {"KAIRAN_DATA": str(tmp_path), "SECRET_KEY": ""}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert "Traceback" not in answer.stderr


@pytest.mark.parametrize("spoiled", [b"", b"\0" * 65, b"\xff\xfe" * 30], ids=["nothing", "zeros", "noise"])
def test_case_d10_a_spoiled_place_of_the_database_is_named_and_no_new_one_made(tmp_path: Path, spoiled: bytes) -> None:
    location = tmp_path / "postgres" / "cluster.location"
    location.parent.mkdir()
    location.write_bytes(spoiled)
    with pytest.raises(SpoiledFile, match=f"{location} is .*{tmp_path}-postgres-…/cluster"):
        Postgres(tmp_path / "postgres").start()
    assert location.read_bytes() == spoiled
