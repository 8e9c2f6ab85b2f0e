"""Lanes: deliveries that share a destination and its limits. Relays: the servers that we hand mail to."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

from sqlalchemy import String
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from ..store.base import Base, after_create


class Lane(Base):
    """A destination and what it takes. ``domains`` that end a reader's domain choose it; none means the rest."""

    __tablename__ = "lane"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(100))
    domains: Mapped[list[str]] = mapped_column(ARRAY(String(255)), default=list)
    position: Mapped[int] = mapped_column(default=0)
    connections: Mapped[int | None]
    """At most so many connections of all workers together; None means no limit of its own."""
    letters_per_connection: Mapped[int | None]
    per_second: Mapped[float | None]
    per_hour: Mapped[int | None]
    quiet_from: Mapped[time | None]
    quiet_until: Mapped[time | None]
    """No letters between these times of day in Asia/Tokyo."""
    jitter_seconds: Mapped[int] = mapped_column(default=0)
    """A start on the full hour is put off by up to so many seconds."""
    warmup: Mapped[list[Any]] = mapped_column(default=list)
    """Letters allowed on day 1, 2, … since ``warmup_from``; no limit after the last."""
    warmup_from: Mapped[datetime | None]
    paused_at: Mapped[datetime | None]
    pause_reason: Mapped[str] = mapped_column(default="")


after_create(
    Lane,
    """
    INSERT INTO lane (slug, name, domains, position, connections, letters_per_connection, jitter_seconds, warmup,
                      pause_reason)
    VALUES
      ('docomo', 'NTTドコモ', '{docomo.ne.jp}', 10, 4, 100, 0, '[]', ''),
      ('au', 'au', '{ezweb.ne.jp,au.com,uqmobile.jp}', 20, 4, 100, 0, '[]', ''),
      ('softbank', 'ソフトバンク',
       '{softbank.ne.jp,i.softbank.jp,vodafone.ne.jp,ymobile.ne.jp,disney.ne.jp}', 30, 4, 100, 0, '[]', ''),
      ('gmail', 'Gmail', '{gmail.com,googlemail.com}', 40, NULL, NULL, 0, '[]', ''),
      ('microsoft', 'Microsoft', '{outlook.com,outlook.jp,hotmail.com,hotmail.co.jp,live.com,live.jp,msn.com}',
       50, NULL, NULL, 0, '[]', ''),
      ('yahoo-japan', 'Yahoo! JAPAN', '{yahoo.co.jp,ymail.ne.jp}', 60, NULL, NULL, 0, '[]', ''),
      ('other', 'その他', '{}', 1000, NULL, NULL, 0, '[]', '')
    """,
)


class Relay(Base):
    """An SMTP server that we hand mail to. Without a row, ``SMTP_URL`` is the only one."""

    __tablename__ = "relay"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(100), unique=True)
    url: Mapped[str] = mapped_column(String(500))
    """As ``SMTP_URL``; a password may be given as ``file:PATH`` so that it does not stand here."""
    weight: Mapped[int] = mapped_column(default=1)
    active: Mapped[bool] = mapped_column(default=True)
