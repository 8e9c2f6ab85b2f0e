"""The server's side of AUTH (RFC 4954): PLAIN, LOGIN, CRAM-MD5."""

from __future__ import annotations

import base64
import hmac
from collections.abc import Awaitable, Callable, Mapping


async def login_is_right(
    mechanism: str, initial: str, logins: Mapping[str, str], ask: Callable[[bytes], Awaitable[str]]
) -> bool:
    """Whether the client knows one of *logins* (user to password). *ask* sends a challenge and gives the answer."""
    if mechanism == "PLAIN":
        _, user, password = base64.b64decode(initial).decode().split("\0")
        return logins.get(user) == password
    if mechanism == "LOGIN":
        user = await ask(b"Username:")
        return logins.get(user) == await ask(b"Password:")
    challenge = b"<1.2@test.example>"
    user, _, digest = (await ask(challenge)).partition(" ")
    return user in logins and digest == hmac.new(logins[user].encode(), challenge, "md5").hexdigest()
