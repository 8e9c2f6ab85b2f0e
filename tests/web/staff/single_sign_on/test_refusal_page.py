"""What people are told who do not come in through the identity provider."""

from __future__ import annotations

import pytest
from flask import Flask

from models.staff.single_sign_on.sign_in_refusal import RefusalReason, SignInRefused
from web.staff.single_sign_on import refusal_page


@pytest.mark.parametrize("reason", RefusalReason)
def test_each_reason_has_a_page_that_says_what_to_do(app: Flask, reason: RefusalReason) -> None:
    with app.test_request_context("/staff/sign-in", headers={"Accept-Language": "ja"}):
        answer = refusal_page.respond(SignInRefused(reason), "")
    assert answer.status_code in (400, 403, 409, 410, 502, 503)
    page = answer.get_data(as_text=True)
    assert 'lang="ja"' in page
    assert "ください" in page
