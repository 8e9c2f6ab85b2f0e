"""Logging in at the office's identity provider: OpenID Connect 1.0, the authorization code with PKCE.

From the browser inwards: ``sign_in``, ``onward`` and ``entry`` (pages), ``refusal_page`` (what people are told),
``attempt`` (what a browser keeps meanwhile), ``code_flow``, ``id_token`` (what the provider says of a person),
``provider`` (what it says of itself), ``bounded_http`` (how it is asked). Who somebody is to us is the business of
:mod:`models.staff.single_sign_on.provider_identity`.
"""
