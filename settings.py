"""Every setting of Kairan: its environment name, type, default and one line of why.

A setting comes from the environment variable of the same name in capitals, else from a file of that
name in lower case below ``/run/secrets`` (how Docker hands out secrets), else from the default here.
"""

from __future__ import annotations

import os
from datetime import time
from functools import cache
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

import setting_checks

SECRETS_DIR = Path("/run/secrets")


class Settings(BaseSettings):
    """All settings, read once per process by :func:`get`."""

    model_config = SettingsConfigDict(
        secrets_dir=SECRETS_DIR if SECRETS_DIR.is_dir() else None, extra="ignore", frozen=True, env_ignore_empty=True
    )

    # The parts that Kairan stands on
    database_url: str = Field(
        "postgresql+psycopg:///kairan",
        description="PostgreSQL 15 or later, as an SQLAlchemy address; unset, `kairan run` starts its own.",
    )
    redis_url: str = Field(
        "redis://127.0.0.1:6379/0",
        description="Valkey or Redis: broker, counters, hit stream; unset, `kairan run` starts its own.",
    )
    salts_url: str = Field(
        "",
        description="Valkey or Redis that keeps nothing on a disk, for the salts of pseudonyms; unset, `kairan run` "
        "starts its own, and elsewhere readers who are not identified are not counted.",
    )
    smtp_url: str = Field(
        "smtp://127.0.0.1:2525",
        description="The relay, `smtp://`, `smtp+starttls://` or `smtps://` with user and password; "
        "unset, `kairan run` catches letters instead.",
    )
    dns_servers: str = Field(
        "",
        description="Name servers that the records of signing keys are looked up at, such as `192.0.2.1` or "
        "`192.0.2.1:5353`, with spaces between; unset, those of this machine.",
    )
    sending_servers: str = Field(
        "",
        description="The servers from which receivers get letters, for `kairan doctor`: name and address each, such as "
        "`mail.example.jp/192.0.2.1`, with spaces between; unset, the public addresses of the relays.",
    )
    kairan_data: Path = Field(
        Path("data"), description="The folder that holds embedded servers' data, caught letters and spools."
    )
    kairan_mailbox: Path | None = Field(
        None,
        description="The folder of caught letters that /dev/mailbox shows; `kairan run` sets it when it catches "
        "letters. Never set it where strangers reach the web server.",
    )

    # Who we are to the outside
    base_url: str = Field(
        "http://127.0.0.1:8025",
        description="Where readers reach the web server; every link begins with it. It may have a path, such as /mail, "
        "where a proxy hands only that on.",
    )
    secret_key: SecretStr = Field(
        SecretStr(""),
        description="At least 32 random characters; tokens, sessions and address hashes are keyed with it. "
        "`kairan run` keeps one in the data folder.",
    )
    default_language: Literal["ja", "en"] = Field(
        "ja", description="The language of a page whose visitor asks for none that we have."
    )
    trusted_proxies: int = Field(0, ge=0, description="Reverse proxies in front, whose X-Forwarded-For is believed.")

    # The web server
    web_host: str = Field("127.0.0.1", description="The address on which the web server listens.")
    web_port: int = Field(8025, ge=1, le=65535, description="The port on which the web server listens.")
    web_workers: int = Field(2, ge=1, description="Web processes; one per core is right.")
    signup_limit: str = Field(
        "10 per minute; 60 per hour",
        description="Sign-ups from one client address; a further one takes its browser a calculation, or a wait.",
    )
    signup_letters: int = Field(
        5000, ge=1, description="Letters that sign-up forms may cause in an hour; then people are asked to come later."
    )
    signup_letters_domain: int = Field(200, ge=1, description="The same for one domain, except the largest ones.")
    signup_seconds: float = Field(
        1.0, ge=0, description="Seconds under which nobody fills in the sign-up form; quicker ones are asked again."
    )
    login_limit: str = Field(
        "20 per minute; 100 per hour",
        description="Wrong staff logins from one client address after which further ones take seconds each.",
    )
    session_idle_minutes: float = Field(120, gt=0, description="Minutes without a request until staff log in again.")
    session_hours: float = Field(12, gt=0, description="Hours after a login when staff log in again in any case.")
    second_factor_required_for: tuple[Literal["author", "approver", "sender", "analyst", "administrator"], ...] = Field(
        (),
        description='Roles whose people log in with a second factor, as in `["administrator", "sender"]`; whoever has '
        "none is led to setting one up.",
    )
    # Single sign-on: see docs/single-sign-on.md
    oidc_issuer: str = Field(
        "",
        description="The identity provider, as its /.well-known/openid-configuration names it; unset, there is none.",
    )
    oidc_client_id: str = Field("", description="What the provider knows this installation by.", validate_default=True)
    oidc_client_secret: SecretStr = Field(
        SecretStr(""), description="The secret that belongs to it; unset where the provider gave none."
    )
    oidc_scopes: str = Field(
        "openid email profile", description="What is asked for; some providers tell groups only for a scope more."
    )
    oidc_groups_claim: str = Field(
        "groups", description="The claim that names somebody's groups, with dots for its path, as `realm_access.roles`."
    )
    oidc_name: str = Field("", description="What the provider is called on the button; unset, 職員認証.")
    oidc_addresses_verified: bool = Field(
        False,
        description="Take every mail address that the provider tells for verified, also without `email_verified`. Only "
        "where nobody but its administrators can write them.",
    )
    oidc_bind_addresses: bool = Field(
        False,
        description="Let who comes from the provider for the first time have the account that has their verified "
        "address already; otherwise `kairan staff identity connect` says whose it is.",
    )
    oidc_second_factor: str = Field(
        "",
        description="Words in the claims `amr` or `acr`, such as `mfa`, that stand for a second factor at the "
        "provider; unset, Kairan asks for its own.",
    )
    password_login: bool = Field(
        True,
        description="Whether staff may log in with passwords; `off` needs OIDC_ISSUER, and leaves `kairan staff enter` "
        "as the way in while the provider is away.",
    )

    # Links in letters
    confirm_days: int = Field(7, ge=1, description="How many days a confirmation link works.")
    letter_link_days: int = Field(
        90,
        ge=1,
        description="Days after a letter in which its link may choose topics and the like; leaving always works.",
    )
    address_undo_days: int = Field(
        14, ge=1, description="Days in which the old mailbox may undo a change of a reader's address."
    )

    database_seconds: float = Field(
        15.0, ge=1, description="Seconds after which a page gives up a statement: 503, and the reader tries again."
    )
    metrics_networks: str = Field(
        "127.0.0.0/8 ::1/128",
        description="The networks that may read /metrics and /dev/mailbox; others are told that they are not there.",
    )

    # The sender
    send_processes: int = Field(2, ge=1, description="Worker processes of `kairan run`; one per core is right.")
    connections: int = Field(4, ge=1, description="SMTP connections that one worker process keeps to a relay.")
    window_size: int = Field(500, ge=1, le=5000, description="Deliveries claimed and recorded at once.")
    batch_size: int = Field(5000, ge=1, description="Deliveries of one lane handed to one task.")
    lease_seconds: float = Field(
        20.0, gt=0, description="How long a silent worker keeps its batch before another one takes it over."
    )
    smtp_timeout_seconds: float = Field(120.0, gt=0, description="Seconds of a relay's silence that end a connection.")
    smtp_verify: bool = Field(True, description="Refuse a relay whose certificate does not verify.")
    retry_minutes: tuple[float, ...] = Field(
        (5, 15, 30, 60, 120, 240, 480, 720),
        description="Minutes before each next try after a 4xx answer; the last one repeats.",
    )
    retry_give_up_hours: float = Field(72.0, gt=0, description="Hours after which a deferred delivery fails.")
    sweep_seconds: float = Field(10.0, gt=0, description="How often lost work is looked for.")

    # Returned mail
    return_domain: str = Field(
        "",
        description="Domain whose mail comes to `kairan returns`, such as bounce.news.example.jp. Letters get a return "
        "path of their own there and, for leaving by mail, an address; unset, neither.",
    )
    return_days: int = Field(90, ge=1, description="Days after its letter in which a return path proves anything.")
    returns_lmtp: str = Field(
        "", description="Where `kairan returns` listens by LMTP for your own mail server, such as 127.0.0.1:2424."
    )
    returns_smtp: str = Field(
        "", description="Where it listens by SMTP, for mail from anywhere, such as 0.0.0.0:25; unset, nowhere."
    )
    returns_maildir: Path | None = Field(None, description="Maildir from which it takes mail; unset, none.")
    returns_imap_url: SecretStr = Field(
        SecretStr(""),
        description="IMAP mailbox of its own from which it takes mail, `imaps://` or `imap+starttls://`, such as "
        "imaps://bounces%40example.jp:PASSWORD@imap.example.jp/INBOX; `?cafile=FILE` names certificates to trust; "
        "unset, none.",
    )
    returns_imap_stored: str = Field(
        "Kairan",
        description="Folder to which messages of that mailbox move once they are stored; made where it is missing. "
        "`-`: they are deleted.",
    )
    returns_addresses: str = Field(
        "",
        description="Further addresses whose mail it takes, with spaces between; those of newsletters and of "
        "RETURN_DOMAIN need not be named. `*`: any, for a mail server that rewrites addresses.",
    )
    returns_authserv_id: str = Field(
        "",
        description="Name by which your mail server signs Authentication-Results (RFC 8601). Who asks to leave by "
        "mail without a token is believed where these say that From is theirs; unset, nobody is.",
    )
    returns_megabytes: int = Field(25, ge=1, le=1000, description="Megabytes up to which a returned message is taken.")
    returns_day_megabytes: int = Field(
        1000, ge=1, description="Megabytes of returned mail in 24 hours; what is more waits where it comes from."
    )
    returns_kept_days: int = Field(
        30, ge=1, description="Days in which a returned message is kept as it came; what it said is kept a year."
    )
    soft_bounce_issues: int = Field(
        3, ge=2, description="Issues in a row whose letters came back for passing reasons until an address is given up."
    )
    full_mailbox_issues: int = Field(5, ge=2, description="The same where the mailbox was full.")
    soft_bounce_days: int = Field(30, ge=0, description="Days over which these issues went out, at least.")
    hook_keys: dict[Literal["ses", "sendgrid", "mailgun", "postmark", "brevo", "relay"], SecretStr] = Field(
        {},
        description="What events of sending services are proved with, by service, as in "
        '`{"sendgrid": "MFkw…", "mailgun": "…"}`; one that is not named has no hook. See docs/delivery/events.md.',
    )
    hook_limit: str = Field(
        "6000 per minute", description="Requests to hooks from one network address; services send again what is more."
    )
    complaint_warning_percent: float = Field(
        0.1, gt=0, le=100, description="Complaints among an issue's accepted letters over which staff are warned."
    )
    complaint_pause_percent: float = Field(
        0.3, gt=0, le=100, validate_default=True, description="The same over which the issue pauses by itself."
    )
    complaint_least: int = Field(
        5, ge=1, description="Complaints below which that is chance; where one is due, five come once in 270 times."
    )
    unknown_pause_percent: float = Field(
        10.0, gt=0, le=100, description="Unknown mailboxes among a lane's letters over which the lane pauses by itself."
    )
    refused_pause_percent: float = Field(
        5.0, gt=0, le=100, description="The same of letters that come back refused as spam or by policy."
    )
    unknown_least: int = Field(200, ge=1, description="Letters of a lane below which neither of the two says anything.")

    # Hits
    hit_move_seconds: float = Field(1.0, gt=0, description="How often hits move from the stream to the database.")
    hit_memory_megabytes: int = Field(
        32, ge=4, description="Memory in which each web process keeps hits while disk, broker and database take none."
    )
    pseudonym_days: float = Field(
        7.0,
        gt=0,
        le=31,
        description="Days after an issue's first hit of a reader who is not identified, in which such readers are told "
        "apart; later ones are not counted.",
    )
    hit_detail_days: int = Field(90, ge=0, description="Days after which a hit's address and user agent are cut.")
    hit_retention_months: int = Field(36, ge=1, description="Months after which raw hits are dropped; roll-ups stay.")

    # The audit log
    audit_retention_days: int = Field(
        0, ge=0, description="Days after which whole days of the audit log are cut away; heads stay. 0: kept for ever."
    )

    # Letters to staff
    notification_digest_time: time = Field(
        time(8, 30), description="When staff who chose one letter a day hear of what waits for them, in Japan time."
    )

    # Logs
    log_format: Literal["text", "json"] = Field("text", description="How log lines look: for people or machines.")
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="What is logged.")

    # A value that nobody can read would be found out by the first page that needs it, or never: by the start instead.
    _base_url = field_validator("base_url")(setting_checks.base_url)
    _oidc_issuer = field_validator("oidc_issuer")(setting_checks.issuer)
    _oidc_client = field_validator("oidc_client_id")(setting_checks.client)
    _oidc_scopes = field_validator("oidc_scopes")(setting_checks.scopes)
    _way_in = field_validator("password_login")(setting_checks.way_in)
    _networks = field_validator("metrics_networks")(setting_checks.networks)
    _limits = field_validator("signup_limit", "login_limit", "hook_limit")(setting_checks.limits)
    _return_domain = field_validator("return_domain")(setting_checks.domain)
    _complaints = field_validator("complaint_pause_percent")(setting_checks.not_below_warning)
    _listening = field_validator("returns_lmtp", "returns_smtp")(setting_checks.host_and_port)

    @property
    def base_path(self) -> str:
        """The path of BASE_URL, as ``/mail``; mostly empty."""
        return urlsplit(self.base_url).path


@cache
def get() -> Settings:
    """The settings of this process, read once.

    Raises:
        pydantic.ValidationError: a variable has a value that its setting cannot take; the message names it.
    """
    return Settings()


def reload(**environment: str) -> Settings:
    """Put *environment* into this process's environment and read the settings again.

    The launcher and the tests use it after they have started servers whose addresses nobody knew before.
    """
    os.environ.update(environment)
    get.cache_clear()
    return get()
