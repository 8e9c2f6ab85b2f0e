"""Every page of the staff has its line in the table of access, and no line is for a page that is not there."""

from __future__ import annotations

from web.app import create_app
from web.staff.access_rule import AccessPlace
from web.staff.access_table import PASSWORD_PAGES, RULES

BEFORE_LOGIN = {
    "staff.login", "staff.submit_login", "staff.login_passkey", "staff.submit_login_passkey",
    # half a login: each of them looks for itself whose it is
    "staff.second_step", "staff.submit_second_step", "staff.second_step_passkey", "staff.set_up_at_login",
    "staff.submit_set_up_at_login", "staff.set_up_passkey_at_login",
    "staff.invited", "staff.accept_invitation", "staff.first", "staff.make_first",
    # a new password by mail
    "staff.forgotten_password", "staff.ask_for_new_password", "staff.new_password", "staff.save_new_password",
    "staff.new_password_passkey",
    # at the identity provider, and beside it
    "staff.start_sign_in", "staff.finish_sign_in", "staff.back_channel_logout", "staff.accept_at_provider",
    "staff.ask_to_enter", "staff.enter",
}  # fmt: skip
"""Pages for whoever comes by: one more is a decision, and belongs into this list."""


def test_every_page_of_the_staff_has_its_line_case_e20() -> None:
    pages = {rule.endpoint for rule in create_app().url_map.iter_rules() if rule.rule.startswith("/staff")}
    assert pages - set(RULES) == set(), "say in web/staff/access_table.py who may ask for these"
    assert set(RULES) - pages == set(), "web/staff/access_table.py speaks of pages that are not there"


def test_pages_of_passwords_are_pages() -> None:
    assert set(RULES) >= PASSWORD_PAGES


def test_nobody_comes_in_without_a_login() -> None:
    assert {endpoint for endpoint, line in RULES.items() if line.place is AccessPlace.PUBLIC} == BEFORE_LOGIN


def test_a_page_without_a_permission_is_about_nobodys_newsletter() -> None:
    for endpoint, line in RULES.items():
        assert (line.permission is None) == (line.place in (AccessPlace.PUBLIC, AccessPlace.OWN_ACCOUNT)), endpoint
