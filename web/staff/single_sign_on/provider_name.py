"""What the identity provider is called on pages."""

from __future__ import annotations

from flask_babel import gettext as _

import settings


def provider_name() -> str:
    """The name that the installation gave it, or a plain one."""
    return settings.get().oidc_name or _("Office login")
