"""The demo region, seen from its rows."""
