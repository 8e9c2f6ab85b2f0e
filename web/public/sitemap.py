"""What search engines ask for first: the list of public pages, and where it is."""

from __future__ import annotations

from flask import Response, make_response, render_template, url_for
from flask.typing import ResponseReturnValue

from models.archive import public_pages
from models.archive.public_pages import ArchivePageName

from .. import base_path
from ..request import session
from .blueprint import blueprint
from .http_cache import cached


@blueprint.get("/sitemap.xml")
@cached
def sitemap() -> ResponseReturnValue:
    """Every page of the public archives (sitemaps.org)."""
    pages = [(f"{base_path.origin()}{_path(one)}", one.changed) for one in public_pages.find(session())]
    response = make_response(render_template("public/sitemap.xml", pages=pages))
    response.mimetype = "application/xml"
    return response


@blueprint.get("/robots.txt")
@cached
def robots() -> ResponseReturnValue:
    """Where the sitemap is. Pages that search engines must not keep say so themselves (RFC 9309)."""
    where = f"{base_path.origin()}{url_for('public.sitemap', lang=None)}"
    return Response(f"User-agent: *\nAllow: /\n\nSitemap: {where}\n", mimetype="text/plain")


def _path(page: ArchivePageName) -> str:
    slug = page.newsletter
    if page.number is not None:
        return url_for("public.issue", slug=slug, number=page.number, lang=None)
    if page.article is not None:
        return url_for("public.article", slug=slug, name=page.article, lang=None)
    if page.topic is not None:
        return url_for("public.topic", slug=slug, name=page.topic, lang=None)
    return url_for("public.issues", slug=slug, lang=None)
