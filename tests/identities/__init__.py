"""Signing in through ESIA and OpenID Connect, asked of providers that answer over real HTTP."""
