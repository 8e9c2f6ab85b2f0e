"""The doctor asks the identity provider, where there is one."""

from __future__ import annotations

from sqlalchemy import Engine

from models.staff.permission import Role
from models.staff.single_sign_on import group_role
from models.store import db
from ops.doctor.check_result import Grade
from ops.doctor.identity_provider import identity_provider
from tests.conftest import set_environment
from tests.oidc_provider import OidcProvider


def grades() -> list[tuple[Grade, bool]]:
    return [(found.grade, bool(found.remedy)) for found in identity_provider()]


def test_an_identity_provider_is_examined(oidc: OidcProvider, database: Engine) -> None:
    assert grades() == [(Grade.DOUBTFUL, True)], "no group has a role"
    with db.session_scope() as session:
        group_role.add(session, "広報課", Role.AUTHOR, None, "test")
    assert grades() == [(Grade.GOOD, False)]
    oidc.instead["/keys"] = lambda: {"keys": []}
    assert grades() == [(Grade.BAD, True)]
    oidc.instead["/.well-known/openid-configuration"] = lambda: ("no", 500)
    assert grades() == [(Grade.BAD, True)]
    set_environment(OIDC_ISSUER=f"{oidc.issuer}/realm")
    oidc.instead.clear()
    [found] = identity_provider()
    assert (found.grade, "404" in found.text) == (Grade.BAD, True)
    set_environment(OIDC_ISSUER="")
    assert identity_provider() == []
