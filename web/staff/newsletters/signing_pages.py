"""The signature of a newsletter's letters (DKIM): a key is made, its record shown and looked up, then it is used.

A private key is never shown: it is made here and goes into a file of the server.
"""

from __future__ import annotations

from typing import Any

from flask import request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from models.issues import dkim_record, newsletter_edit, signing_keys
from models.issues.dkim_key import KeyKind
from models.issues.dkim_record import RecordAnswer, RecordState
from models.issues.newsletter import Newsletter
from models.issues.signing_keys import NamedKey
from models.staff import audit
from models.store import input_rule
from models.store.errors import Invalid

from ...language import language
from ...request import session
from ..login_session import blueprint, member
from . import section as frame

KINDS = {"rsa": (KeyKind.RSA,), "both": (KeyKind.RSA, KeyKind.ED25519)}


@blueprint.get("/newsletters/<slug>/dkim")
def newsletter_dkim(slug: str) -> ResponseReturnValue:
    """The keys, with their records; ``?check=yes`` asks the DNS for them."""
    newsletter = frame.find(slug)
    return _page(newsletter, answers=_look_up(_known(newsletter)) if request.args.get("check") == "yes" else {})


@blueprint.post("/newsletters/<slug>/dkim/new")
def make_dkim_key(slug: str) -> ResponseReturnValue:
    """Make a key for the domain of the sender's address; nothing is signed with it yet."""
    newsletter = frame.find(slug)
    typed = {name: input_rule.line(request.form.get(name, "")) for name in ("selector", "kind")}
    try:
        if "." in typed["selector"]:
            raise Invalid(
                "the name of a key has small letters, digits and hyphens, such as kairan2026", field="selector"
            )
        kinds = KINDS.get(typed["kind"], KINDS["rsa"])
        made = signing_keys.make(signing_keys.sender_domain(newsletter), typed["selector"], kinds)
    except OSError:
        wrong = _("The server cannot write the key into its data folder. Tell whoever runs the server.")
        return _page(newsletter, 422, errors={"": wrong}, typed=typed)
    except Invalid as error:
        return _page(newsletter, 422, errors={error.field: error.say(language())}, typed=typed)
    for one in made:
        audit.record(session(), member(), "make signing key", f"newsletter/{newsletter.id}", domain=one.domain,
                     selector=one.selector)  # fmt: skip
    return frame.done(
        frame.address_of("dkim", newsletter), _("The key is made. Give its record to whoever runs your DNS.")
    )


@blueprint.post("/newsletters/<slug>/dkim")
def save_newsletter_dkim(slug: str) -> ResponseReturnValue:
    """Sign with the chosen keys from now on, and with no other; what the DNS does not know yet is asked about."""
    newsletter = frame.find(slug, lock=True)
    known, wanted = _known(newsletter), request.form.getlist("key")
    if frame.is_stale(newsletter_edit.version(newsletter, ["dkim"])):
        return _page(newsletter, 409, errors=frame.stale_error(), stale=True, chosen=wanted,
                     version=request.form.get("version", ""))  # fmt: skip
    chosen = [one for one in known if name_of(one) in wanted]
    answers = _look_up(chosen)
    entries = [{"domain": one.domain, "selector": one.selector, "key_file": one.file} for one in chosen]
    try:
        question = frame.keep(newsletter, lambda: signing_keys.use(session(), newsletter, entries, member()),
                              _warnings(newsletter, chosen, answers))  # fmt: skip
    except Invalid as error:
        session().rollback()
        return _page(newsletter, 422, errors={"key": error.say(language())}, chosen=wanted, answers=answers)
    if question:
        return _page(newsletter, 409, question=question, chosen=wanted, answers=answers)
    return frame.done(frame.address_of("dkim", newsletter))


def name_of(key: NamedKey) -> str:
    """The name of a key's record, by which the page tells keys apart."""
    return f"{key.selector}._domainkey.{key.domain}"


def _known(newsletter: Newsletter) -> list[NamedKey]:
    return [*signing_keys.in_use(newsletter), *signing_keys.waiting(newsletter)]


def _look_up(keys: list[NamedKey]) -> dict[str, RecordAnswer]:
    return {name_of(one): dkim_record.look_up(one.key.record_name, one.key.record) for one in keys if one.key}


def _warnings(newsletter: Newsletter, chosen: list[NamedKey], answers: dict[str, RecordAnswer]) -> list[str]:
    used = {name_of(one) for one in signing_keys.in_use(newsletter)}
    found = []
    for key in chosen:
        name = name_of(key)
        if name in used:
            continue
        if (answer := answers.get(name)) and answer.state is not RecordState.RIGHT:
            found.append(_("The record of %(name)s is not right in the DNS yet. Letters that are "
                           "signed with it may be taken "
                           "for forged.", name=name))  # fmt: skip
        if not signing_keys.is_aligned(key.domain, newsletter.sender_address):
            found.append(_("%(name)s is not of the sender's domain, so receivers do not count it.", name=name))
    if used and not chosen:
        found.append(_("Letters will not be signed any more. Many receivers put letters without a signature aside."))
    return found


def _page(newsletter: Newsletter, status: int = 200, **values: Any) -> ResponseReturnValue:
    used = signing_keys.in_use(newsletter)
    version = newsletter_edit.version(newsletter, ["dkim"])
    defaults: dict[str, Any] = {
        "answers": {}, "typed": {"selector": "", "kind": "rsa"}, "version": version,
        "chosen": [name_of(one) for one in used],
    }  # fmt: skip
    return frame.page("dkim", newsletter, "dkim", status, keys=_known(newsletter), used={name_of(one) for one in used},
                      name_of=name_of, states=RecordState, domain=signing_keys.sender_domain(newsletter),
                      selector=signing_keys.default_selector(), language_code=language(), current=version,
                      **{**defaults, **values})  # fmt: skip
