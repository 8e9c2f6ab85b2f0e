"""The table of access: every page of the staff, the permission that it wants, and with which newsletter.

:mod:`.access` holds to it.
"""

from __future__ import annotations

from flask import request

from models.issues import newsletter as newsletters
from models.staff.permission import Permission

from ..request import session
from .access_rule import AccessPlace, AccessRule, of_article, of_issue, of_slug, of_template
from .login_session import member


def of_query() -> int | None:
    """The newsletter that ``?newsletter=`` names; without it, the first with which the person may do this."""
    if slug := request.args.get("newsletter", ""):
        return newsletters.known_id(session(), slug)
    wanted = rule().permission
    assert wanted is not None, request.endpoint
    return next((one.id for one in newsletters.list_all(session(), member().scope(wanted))), None)


_P = Permission
_PUBLIC = AccessRule(None, AccessPlace.PUBLIC)
_OWN_ACCOUNT = AccessRule(None, AccessPlace.OWN_ACCOUNT)

# fmt: off
RULES: dict[str, AccessRule] = {
    "staff.login": _PUBLIC,
    "staff.submit_login": _PUBLIC,
    "staff.logout": _OWN_ACCOUNT,
    "staff.home": _OWN_ACCOUNT,
    # Logging in, and getting a new password: each looks for itself who is half logged in, or whose link it is
    **dict.fromkeys(
        (
            "staff.login_passkey", "staff.submit_login_passkey", "staff.second_step", "staff.submit_second_step",
            "staff.second_step_passkey", "staff.set_up_at_login", "staff.submit_set_up_at_login",
            "staff.set_up_passkey_at_login", "staff.forgotten_password", "staff.ask_for_new_password",
            "staff.new_password", "staff.save_new_password", "staff.new_password_passkey",
        ),
        _PUBLIC,
    ),
    # Single sign-on
    **dict.fromkeys(
        (
            "staff.start_sign_in", "staff.finish_sign_in", "staff.back_channel_logout", "staff.accept_at_provider",
            "staff.ask_to_enter", "staff.enter",
        ),
        _PUBLIC,
    ),
    **dict.fromkeys(
        ("staff.connected", "staff.signed_in", "staff.show_kept", "staff.confirm_at_provider"), _OWN_ACCOUNT
    ),
    "staff.connect": AccessRule(None, AccessPlace.OWN_ACCOUNT, step_up=True),
    # My account
    **dict.fromkeys(
        (
            "staff.account", "staff.save_account", "staff.own_password", "staff.save_own_password", "staff.sessions",
            "staff.end_session", "staff.end_other_sessions", "staff.second_factors", "staff.rename_passkey",
            "staff.confirm", "staff.submit_confirm", "staff.confirm_passkey",
        ),
        _OWN_ACCOUNT,
    ),
    **dict.fromkeys(
        (
            "staff.set_up_app", "staff.save_app", "staff.remove_app", "staff.make_recovery_codes", "staff.new_passkey",
            "staff.new_passkey_options", "staff.save_passkey", "staff.remove_passkey",
        ),
        AccessRule(None, AccessPlace.OWN_ACCOUNT, step_up=True),
    ),
    # The bell: everybody sees their own
    **dict.fromkeys(
        ("staff.notifications", "staff.open_notification", "staff.read_notification", "staff.read_all_notifications"),
        _OWN_ACCOUNT,
    ),
    # Issues
    "staff.issues": AccessRule(_P.READ_ISSUES, AccessPlace.ANY),
    "staff.issue": AccessRule(_P.READ_ISSUES, of_issue),
    "staff.check_links": AccessRule(_P.READ_ISSUES, of_issue),
    "staff.preview_page": AccessRule(_P.READ_ISSUES, of_issue),
    "staff.preview_frame": AccessRule(_P.READ_ISSUES, of_issue),
    "staff.test_letter": AccessRule(_P.SEND_TESTS, of_issue),
    "staff.send_test_letter": AccessRule(_P.SEND_TESTS, of_issue),
    "staff.edit": AccessRule(_P.WRITE, of_issue),
    "staff.save": AccessRule(_P.WRITE, of_issue),
    "staff.write": AccessRule(_P.WRITE, of_issue),
    "staff.save_written": AccessRule(_P.WRITE, of_issue),
    "staff.live_preview": AccessRule(_P.WRITE, of_issue),
    "staff.live_preview_frame": AccessRule(_P.WRITE, of_issue),
    "staff.live_findings": AccessRule(_P.WRITE, of_issue),
    "staff.keep_copy": AccessRule(_P.WRITE, of_issue),
    "staff.left_copy": AccessRule(_P.WRITE, of_issue),
    "staff.upload_picture": AccessRule(_P.WRITE, of_issue),
    "staff.submit": AccessRule(_P.WRITE, of_issue),
    "staff.decide": AccessRule(_P.APPROVE, of_issue),
    "staff.withdraw": AccessRule(_P.WRITE, of_issue),
    "staff.draft_paper": AccessRule(_P.READ_ISSUES, of_issue),
    # Beginning an issue
    "staff.new_issue": AccessRule(_P.WRITE, of_query),
    "staff.create_issue": AccessRule(_P.WRITE, of_query),
    "staff.read_feed": AccessRule(_P.WRITE, of_query),
    "staff.take_feed": AccessRule(_P.WRITE, of_query),
    "staff.issue_templates": AccessRule(_P.READ_ISSUES, of_query),
    "staff.new_issue_template": AccessRule(_P.WRITE, of_issue),
    "staff.keep_issue_template": AccessRule(_P.WRITE, of_issue),
    "staff.rename_issue_template": AccessRule(_P.WRITE, of_template),
    "staff.delete_issue_template": AccessRule(_P.WRITE, of_template),
    # Versions
    "staff.issue_versions": AccessRule(_P.READ_ISSUES, of_issue),
    "staff.compare_issue_versions": AccessRule(_P.READ_ISSUES, of_issue),
    "staff.restore_issue_version": AccessRule(_P.WRITE, of_issue),
    "staff.article_versions": AccessRule(_P.READ_ISSUES, of_article),
    "staff.compare_article_versions": AccessRule(_P.READ_ISSUES, of_article),
    "staff.restore_article_version": AccessRule(_P.WRITE, of_article),
    # Articles
    "staff.articles": AccessRule(_P.READ_ISSUES, AccessPlace.ANY),
    "staff.article_search": AccessRule(_P.READ_ISSUES, of_query),
    "staff.new_article": AccessRule(_P.WRITE, of_query),
    "staff.create_article": AccessRule(_P.WRITE, of_query),
    "staff.upload_article_picture": AccessRule(_P.WRITE, of_query),
    "staff.article": AccessRule(_P.READ_ISSUES, of_article),
    "staff.edit_article": AccessRule(_P.WRITE, of_article),
    "staff.save_article": AccessRule(_P.WRITE, of_article),
    "staff.article_manuscript": AccessRule(_P.WRITE, of_article),
    "staff.save_article_manuscript": AccessRule(_P.WRITE, of_article),
    "staff.delete_article": AccessRule(_P.WRITE, of_article),
    "staff.calendar": AccessRule(_P.READ_ISSUES, AccessPlace.ANY),
    # Who gets it
    "staff.issue_readers_form": AccessRule(_P.READ_ISSUES, of_issue),
    "staff.try_issue_readers": AccessRule(_P.READ_ISSUES, of_issue),
    "staff.sample_issue_readers": AccessRule(_P.READ_SUBSCRIBERS, of_issue),
    "staff.save_issue_readers": AccessRule(_P.WRITE, of_issue),
    "staff.take_newer_segment": AccessRule(_P.WRITE, of_issue),
    "staff.issue_readers_again": AccessRule(_P.READ_ISSUES, of_issue),
    "staff.segments_again": AccessRule(_P.READ_ISSUES, of_slug),
    "staff.segments": AccessRule(_P.READ_ISSUES, of_slug),
    "staff.new_segment": AccessRule(_P.WRITE, of_slug),
    "staff.segment": AccessRule(_P.READ_ISSUES, of_slug),
    "staff.try_segment": AccessRule(_P.READ_ISSUES, of_slug),
    "staff.sample_segment": AccessRule(_P.READ_SUBSCRIBERS, of_slug),
    "staff.create_segment": AccessRule(_P.WRITE, of_slug),
    "staff.save_segment": AccessRule(_P.WRITE, of_slug),
    "staff.hide_segment": AccessRule(_P.WRITE, of_slug),
    # Readers
    "staff.readers": AccessRule(_P.READ_SUBSCRIBERS, AccessPlace.ANY),
    "staff.reader_list": AccessRule(_P.READ_SUBSCRIBERS, of_slug),
    "staff.search_readers": AccessRule(_P.READ_SUBSCRIBERS, of_slug),
    "staff.reader": AccessRule(_P.READ_SUBSCRIBERS, of_slug),
    "staff.reader_again": AccessRule(_P.READ_SUBSCRIBERS, of_slug),
    "staff.edit_reader": AccessRule(_P.EDIT_SUBSCRIBERS, of_slug),
    "staff.save_reader": AccessRule(_P.EDIT_SUBSCRIBERS, of_slug),
    "staff.new_reader": AccessRule(_P.EDIT_SUBSCRIBERS, of_slug),
    "staff.add_reader": AccessRule(_P.EDIT_SUBSCRIBERS, of_slug),
    "staff.stop_reader": AccessRule(_P.EDIT_SUBSCRIBERS, of_slug),
    "staff.lift_stop": AccessRule(_P.EDIT_SUBSCRIBERS, of_slug),
    "staff.ask_for_new_address": AccessRule(_P.EDIT_SUBSCRIBERS, of_slug),
    "staff.export_reader": AccessRule(_P.EXPORT_SUBSCRIBERS, of_slug, step_up=True),
    "staff.erase_reader": AccessRule(_P.EDIT_SUBSCRIBERS, of_slug, step_up=True),
    "staff.returned_mail": AccessRule(_P.READ_SUBSCRIBERS, of_slug),
    "staff.returned_message": AccessRule(_P.READ_SUBSCRIBERS, of_slug),
    "staff.provider_events": AccessRule(_P.READ_SUBSCRIBERS, of_slug),
    "staff.returns_by_lane": AccessRule(_P.READ_SUBSCRIBERS, of_slug),
    # On its way
    "staff.move": AccessRule(_P.SEND, of_issue),
    "staff.schedule": AccessRule(_P.SEND, of_issue, step_up=True),
    "staff.confirm_sending": AccessRule(_P.SEND, of_issue),
    "staff.send": AccessRule(_P.SEND, of_issue, step_up=True),
    "staff.take_over": AccessRule(_P.SEND, of_issue, step_up=True),
    "staff.take_step": AccessRule(_P.SEND, of_issue),
    "staff.progress": AccessRule(_P.READ_ISSUES, of_issue),
    "staff.progress_json": AccessRule(_P.READ_ISSUES, of_issue),
    "staff.progress_figures": AccessRule(_P.READ_ISSUES, of_issue),
    "staff.progress_events": AccessRule(_P.READ_ISSUES, of_issue),
    "staff.change_speed": AccessRule(_P.SEND, of_issue),
    "staff.letters": AccessRule(_P.READ_ISSUES, of_issue),
    "staff.settle_letter": AccessRule(_P.SEND, of_issue),
    "staff.resume_lane": AccessRule(_P.SEND, of_issue),
    "staff.retry_failed": AccessRule(_P.SEND, of_issue),
    # Putting right what is out
    "staff.correction": AccessRule(_P.READ_ISSUES, of_issue),
    "staff.apply_repair": AccessRule(_P.SEND, of_issue),
    "staff.draft_correction": AccessRule(_P.WRITE, of_issue),
    "staff.save_note": AccessRule(_P.SEND, of_issue),
    "staff.correct_link": AccessRule(_P.SEND, of_issue),
    "staff.decide_on_proposal": AccessRule(_P.APPROVE, of_issue),
    # People
    "staff.people": AccessRule(_P.MANAGE_PEOPLE, AccessPlace.ANY),
    "staff.new_person": AccessRule(_P.MANAGE_PEOPLE, AccessPlace.ANY),
    "staff.invite_person": AccessRule(_P.MANAGE_PEOPLE, AccessPlace.ANY, step_up=True),
    "staff.person": AccessRule(_P.MANAGE_PEOPLE, AccessPlace.ANY),
    "staff.save_roles": AccessRule(_P.MANAGE_PEOPLE, AccessPlace.ANY, step_up=True),
    "staff.save_term": AccessRule(_P.MANAGE_PEOPLE, AccessPlace.ANY),
    "staff.deactivate_person": AccessRule(_P.MANAGE_PEOPLE, AccessPlace.ANY),
    "staff.activate_person": AccessRule(_P.MANAGE_PEOPLE, AccessPlace.ANY, step_up=True),
    "staff.handover": AccessRule(_P.MANAGE_PEOPLE, AccessPlace.ANY),
    "staff.hand_over": AccessRule(_P.MANAGE_PEOPLE, AccessPlace.ANY, step_up=True),
    "staff.reset_second_factor": AccessRule(_P.MANAGE_PEOPLE, AccessPlace.ANY, step_up=True),
    "staff.invite_again": AccessRule(_P.MANAGE_PEOPLE, AccessPlace.ANY),
    "staff.invited": _PUBLIC,
    "staff.accept_invitation": _PUBLIC,
    "staff.first": _PUBLIC,
    "staff.make_first": _PUBLIC,
    # Reports
    "staff.report": AccessRule(_P.READ_REPORTS, of_issue),
    "staff.report_table": AccessRule(_P.EXPORT_REPORTS, of_issue),
    "staff.click_map": AccessRule(_P.READ_REPORTS, of_issue),
    "staff.click_map_frame": AccessRule(_P.READ_REPORTS, of_issue),
    "staff.newsletter_report": AccessRule(_P.READ_REPORTS, AccessPlace.ANY),
    "staff.reading_report": AccessRule(_P.READ_REPORTS, AccessPlace.ANY),
    "staff.newsletter_table": AccessRule(_P.EXPORT_REPORTS, of_query),
    "staff.compare_issues": AccessRule(_P.READ_REPORTS, AccessPlace.ANY),
    "staff.comparison_table": AccessRule(_P.EXPORT_REPORTS, of_query),
    "staff.month_report": AccessRule(_P.READ_REPORTS, AccessPlace.ANY),
    "staff.report_csv": AccessRule(_P.EXPORT_REPORTS, of_issue),
    "staff.certificate": AccessRule(_P.READ_REPORTS, of_issue),
    "staff.issue_certificate": AccessRule(_P.EXPORT_REPORTS, of_issue),
    "staff.certificate_csv": AccessRule(_P.EXPORT_REPORTS, of_issue),
    "staff.briefing": AccessRule(_P.READ_REPORTS, AccessPlace.ANY),
    "staff.rankings": AccessRule(_P.READ_REPORTS, AccessPlace.ANY),
    "staff.ranking_csv": AccessRule(_P.EXPORT_REPORTS, of_query),
    "staff.ranking_evidence": AccessRule(_P.READ_REPORTS, of_query),
    "staff.ranking_evidence_json": AccessRule(_P.EXPORT_REPORTS, of_query),
    "staff.ranking_clicks_csv": AccessRule(_P.EXPORT_REPORTS, of_query),
    "staff.ranking_reach_json": AccessRule(_P.EXPORT_REPORTS, of_query),
    "staff.draft_ranking": AccessRule(_P.WRITE, of_query),
    # A newsletter's own pages
    "staff.newsletters": AccessRule(_P.EDIT_NEWSLETTER, AccessPlace.ANY),
    "staff.new_newsletter": AccessRule(_P.EDIT_NEWSLETTER, AccessPlace.ALL),
    "staff.create_newsletter": AccessRule(_P.EDIT_NEWSLETTER, AccessPlace.ALL),
    "staff.newsletter": AccessRule(_P.EDIT_NEWSLETTER, of_slug),
    "staff.newsletter_settings": AccessRule(_P.EDIT_NEWSLETTER, of_slug),
    "staff.save_newsletter_settings": AccessRule(_P.EDIT_NEWSLETTER, of_slug),
    "staff.newsletter_route": AccessRule(_P.EDIT_NEWSLETTER, of_slug),
    "staff.save_newsletter_route": AccessRule(_P.EDIT_NEWSLETTER, of_slug),
    "staff.appoint_substitute": AccessRule(_P.EDIT_NEWSLETTER, of_slug),
    "staff.dismiss_substitute": AccessRule(_P.EDIT_NEWSLETTER, of_slug),
    "staff.newsletter_topics": AccessRule(_P.EDIT_NEWSLETTER, of_slug),
    "staff.save_newsletter_topics": AccessRule(_P.EDIT_NEWSLETTER, of_slug),
    "staff.merge_topics_form": AccessRule(_P.EDIT_NEWSLETTER, of_slug),
    "staff.merge_topics": AccessRule(_P.EDIT_NEWSLETTER, of_slug),
    "staff.newsletter_audiences": AccessRule(_P.EDIT_NEWSLETTER, of_slug),
    "staff.save_newsletter_audiences": AccessRule(_P.EDIT_NEWSLETTER, of_slug),
    "staff.newsletter_fields": AccessRule(_P.EDIT_NEWSLETTER, of_slug),
    "staff.save_newsletter_fields": AccessRule(_P.EDIT_NEWSLETTER, of_slug),
    "staff.newsletter_products": AccessRule(_P.EDIT_NEWSLETTER, of_slug),
    "staff.save_newsletter_products": AccessRule(_P.EDIT_NEWSLETTER, of_slug),
    "staff.newsletter_testers": AccessRule(_P.EDIT_NEWSLETTER, of_slug),
    "staff.save_newsletter_testers": AccessRule(_P.EDIT_NEWSLETTER, of_slug),
    "staff.newsletter_slots": AccessRule(_P.EDIT_NEWSLETTER, of_slug),
    "staff.save_newsletter_slots": AccessRule(_P.EDIT_NEWSLETTER, of_slug),
    "staff.newsletter_look": AccessRule(_P.EDIT_NEWSLETTER, of_slug),
    "staff.save_newsletter_look": AccessRule(_P.EDIT_NEWSLETTER, of_slug),
    "staff.newsletter_look_letter": AccessRule(_P.EDIT_NEWSLETTER, of_slug),
    "staff.newsletter_dkim": AccessRule(_P.EDIT_NEWSLETTER, of_slug),
    "staff.make_dkim_key": AccessRule(_P.EDIT_NEWSLETTER, of_slug),
    "staff.save_newsletter_dkim": AccessRule(_P.EDIT_NEWSLETTER, of_slug),
    "staff.newsletter_file": AccessRule(_P.EDIT_NEWSLETTER, of_slug),
    "staff.newsletter_yaml": AccessRule(_P.EDIT_NEWSLETTER, of_slug),
    "staff.take_newsletter_file": AccessRule(_P.EDIT_NEWSLETTER, of_slug),
    "staff.newsletter_import": AccessRule(_P.EDIT_NEWSLETTER, AccessPlace.ALL),
    "staff.create_newsletter_from_file": AccessRule(_P.EDIT_NEWSLETTER, AccessPlace.ALL),
    # Readers in and out
    "staff.imports": AccessRule(_P.IMPORT_SUBSCRIBERS, of_slug),
    "staff.upload_list": AccessRule(_P.IMPORT_SUBSCRIBERS, of_slug),
    "staff.list_import": AccessRule(_P.IMPORT_SUBSCRIBERS, of_slug),
    "staff.import_progress": AccessRule(_P.IMPORT_SUBSCRIBERS, of_slug),
    "staff.refused_lines": AccessRule(_P.IMPORT_SUBSCRIBERS, of_slug),
    "staff.choose_list_encoding": AccessRule(_P.IMPORT_SUBSCRIBERS, of_slug),
    "staff.map_list_columns": AccessRule(_P.IMPORT_SUBSCRIBERS, of_slug),
    "staff.run_import": AccessRule(_P.IMPORT_SUBSCRIBERS, of_slug, step_up=True),
    "staff.cancel_import": AccessRule(_P.IMPORT_SUBSCRIBERS, of_slug),
    "staff.undo_list_import": AccessRule(_P.IMPORT_SUBSCRIBERS, of_slug, step_up=True),
    "staff.exports": AccessRule(_P.EXPORT_SUBSCRIBERS, of_slug),
    "staff.ask_for_export": AccessRule(_P.EXPORT_SUBSCRIBERS, of_slug, step_up=True),
    "staff.export_progress": AccessRule(_P.EXPORT_SUBSCRIBERS, of_slug),
    "staff.download_export": AccessRule(_P.EXPORT_SUBSCRIBERS, of_slug),
    # What all newsletters share
    **dict.fromkeys(
        (
            "staff.lanes", "staff.new_lane", "staff.add_lane", "staff.lane", "staff.save_lane", "staff.pause_lane",
            "staff.go_on_with_lane", "staff.relays", "staff.test_relay", "staff.new_relay", "staff.add_relay",
            "staff.relay", "staff.save_relay", "staff.remove_relay", "staff.sender_domain", "staff.examine_domain",
        ),
        AccessRule(_P.EDIT_DELIVERY, AccessPlace.ALL),
    ),
    # The audit log
    "staff.audit_log": AccessRule(_P.READ_AUDIT, AccessPlace.ANY),
    "staff.audit_csv": AccessRule(_P.READ_AUDIT, AccessPlace.ANY),
}
# fmt: on
"""Every page by its endpoint. tests/contracts/test_access_table.py says which one has no line."""

PASSWORD_PAGES = frozenset(f"staff.{name}" for name in (
    "submit_login", "login_passkey", "submit_login_passkey", "forgotten_password", "ask_for_new_password",
    "new_password", "save_new_password", "new_password_passkey", "accept_invitation", "own_password",
    "save_own_password",
))  # fmt: skip
"""Closed where PASSWORD_LOGIN is off: ways in, or to one, that the identity provider knows nothing of."""


def rule() -> AccessRule:
    """The line of the page that is asked for."""
    return RULES[request.endpoint or ""]
