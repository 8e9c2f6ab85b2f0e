"""The identity provider at which staff log in (OpenID Connect), where there is one."""

from __future__ import annotations

from sqlalchemy.exc import SQLAlchemyError

from models.staff.single_sign_on import group_role
from models.store import db
from web.staff.single_sign_on import provider
from web.staff.single_sign_on.bounded_http import ProviderDown, ProviderWrong
from web.staff.single_sign_on.provider import ProviderBusy

from .check_result import CheckResult, Grade

_PART = "single sign-on"


def identity_provider() -> list[CheckResult]:
    """It answers as itself, has keys, and some group stands for a role; nothing where there is none."""
    if not provider.is_used():
        return []
    provider.forget()
    try:
        with provider.question():
            issuer, keys = provider.addresses().issuer, provider.keys(None)
    except ProviderDown as error:
        remedy = "Until it is back, `kairan staff enter` lets people in. Can this machine reach OIDC_ISSUER?"
        return [CheckResult(_PART, Grade.BAD, str(error), remedy)]
    except (ProviderWrong, ProviderBusy) as error:
        return [CheckResult(_PART, Grade.BAD, str(error), "Compare OIDC_ISSUER with what the provider says.")]
    if not keys:
        return [CheckResult(_PART, Grade.BAD, f"{issuer} has no key of RSA or EC", "Let it sign with RS256 or ES256.")]
    try:
        with db.session_scope() as session:
            groups = len(group_role.list_all(session))
    except SQLAlchemyError:
        groups = 1  # another check says that the database is away
    if not groups:
        remedy = "Say which group stands for which role: kairan staff group add"
        return [CheckResult(_PART, Grade.DOUBTFUL, f"{issuer} answers, and no group has a role", remedy)]
    return [CheckResult(_PART, Grade.GOOD, f"{issuer} answers")]
