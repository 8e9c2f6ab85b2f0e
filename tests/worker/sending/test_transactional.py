"""Single letters on their way: signed as issues are, or waiting for the key."""

from __future__ import annotations

from datetime import timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest
from sqlalchemy import select

from models.issues.dkim_key import Key, KeyKind
from models.outbox import transactional as outbox
from models.outbox.transactional import TransactionalLetter, TransactionalState
from models.store import clock, db
from tests.sample import make_newsletter
from tests.templates.transactional.test_render import VALUES
from worker.sending import transactional

from ..issue_sending import ChangeSettings, smtp_server, url
from .test_dkim import verified
from .test_dkim_keys import KEYS, files

pytestmark = pytest.mark.usefixtures("own_services")


def post(*keys: Key, folder: Path) -> None:
    """A letter of each kind, in both languages: about a newsletter, and staff's own about none."""
    with db.session_scope() as session:
        about = make_newsletter(session, dkim=files(folder, *keys)).id
        for kind, values in VALUES.items():
            for language in ("ja", "en"):
                own = about if not kind.startswith(("staff_", "account_")) else None
                outbox.post(session, kind, f"{kind}@town.example", language=language, newsletter_id=own, **values)


def states() -> set[TransactionalState]:
    with db.session_scope() as session:
        return set(session.scalars(select(TransactionalLetter.state)))


@pytest.mark.parametrize("keys", [KEYS[:1], KEYS], ids=["rsa", "both"])
def test_every_single_letter_is_signed_case_h2(
    keys: list[Key], change_settings: ChangeSettings, tmp_path: Path
) -> None:
    with smtp_server() as server:
        change_settings(SMTP_URL=url(server))
        post(*keys, folder=tmp_path)
        transactional.send()
    assert states() == {TransactionalState.ACCEPTED}
    assert len(server.accepted) == 2 * len(VALUES)
    for letter in server.accepted:
        assert verified(letter.data, *keys) == [True] * len(keys)


@pytest.mark.parametrize("broken", ["", "no key"], ids=["gone", "overwritten"])
def test_a_single_letter_waits_for_its_key_case_h2(
    broken: str, change_settings: ChangeSettings, tmp_path: Path
) -> None:
    with smtp_server() as server:
        change_settings(SMTP_URL=url(server))
        post(KEYS[0], folder=tmp_path)
        file = tmp_path / "k1.pem"
        file.write_text(broken) if broken else file.unlink()
        transactional.send()
        assert states() == {TransactionalState.QUEUED}
        assert server.accepted == []
        with db.session_scope() as session:
            assert str(file) in session.scalars(select(TransactionalLetter.answer)).first()
        files(tmp_path, KEYS[0])
        with clock.moved(timedelta(minutes=16)):
            transactional.send()
        assert states() == {TransactionalState.ACCEPTED}
    assert all(verified(letter.data, KEYS[0]) == [True] for letter in server.accepted)


def test_a_letter_without_a_key_fails_in_the_end_case_h2(change_settings: ChangeSettings, tmp_path: Path) -> None:
    with smtp_server() as server:
        change_settings(SMTP_URL=url(server))
        post(KEYS[0], folder=tmp_path)
        (tmp_path / "k1.pem").unlink()
        with clock.moved(timedelta(hours=73)):
            transactional.send()
        assert states() == {TransactionalState.FAILED}
        assert server.accepted == []


def test_letters_of_a_japanese_domain_are_signed_case_h2(change_settings: ChangeSettings, tmp_path: Path) -> None:
    """Its From is not ASCII (RFC 6531), its key's domain is."""
    key = Key.new("例え.jp", "k1", KeyKind.RSA)
    with smtp_server() as server:
        change_settings(SMTP_URL=url(server))
        with db.session_scope() as session:
            made = make_newsletter(session, sender_address="たより@例え.jp", dkim=files(tmp_path, key))
            outbox.post(session, "goodbye", "花子@town.example", newsletter_id=made.id, **VALUES["goodbye"])
        transactional.send()
    [letter] = server.accepted
    assert message_from_bytes(letter.data, policy=default)["Subject"]
    assert verified(letter.data, key) == [True]
