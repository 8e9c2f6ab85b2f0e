"""Where letters lead that only the mailbox's owner gets: the copy of one's data, and erasing them."""

from __future__ import annotations

import json
from typing import Any

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue

from models.privacy import own_data
from models.readers import preferences
from models.readers.preferences import AlreadyErased
from models.readers.subscriber import Subscriber
from models.store.mail_address import masked

from ..language import _
from ..request import csrf_exempt, session
from .blueprint import blueprint


@blueprint.get("/data/<token>")
def own_data_page(token: str) -> str:
    """Where the letter's link leads: a button that fetches the copy."""
    reader = preferences.find_by_data_link(session(), token)
    return render_template("public/own_data.html", token=token, **_whose(reader))


@blueprint.get("/data/<token>/kairan-data.json")
def own_data_json(token: str) -> Response:
    """Everything that is kept about the reader, as a file."""
    reader = preferences.find_by_data_link(session(), token)
    whole = json.dumps(own_data.collect(session(), reader), ensure_ascii=False, indent=2)
    return Response(
        whole + "\n",
        mimetype="application/json",
        headers={"Content-Disposition": 'attachment; filename="kairan-data.json"'},
    )


@blueprint.get("/erase/<token>")
def confirm_erasure(token: str) -> str:
    """Where the letter's link leads: what would be erased, with a button."""
    try:
        reader = preferences.find_by_erasure_link(session(), token)
    except AlreadyErased:
        return render_template("public/erased.html")
    return render_template("public/confirm_erasure.html", **_whose(reader))


@blueprint.post("/erase/<token>")
@csrf_exempt
def submit_erasure(token: str) -> ResponseReturnValue:
    """Empty everything that tells who the reader is. Twice is once."""
    try:
        reader = preferences.find_by_erasure_link(session(), token, lock=True)
    except AlreadyErased:
        return render_template("public/erased.html")
    if request.form.get("sure") != "yes":
        errors = {"sure": _("Please tick the box if you are sure.")}
        return render_template("public/confirm_erasure.html", errors=errors, **_whose(reader)), 422
    own_data.erase(session(), reader)
    return render_template("public/erased.html")


def _whose(reader: Subscriber) -> dict[str, Any]:
    """The reader's address, masked, and the newsletter whose name and contact the page carries, as the letter did."""
    newsletter = next((one.newsletter for one in reader.subscriptions), None)
    return {"masked": masked(reader.address or ""), "newsletter": newsletter}
